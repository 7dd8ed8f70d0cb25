import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import { formatLocation, parseLocation } from '../../core/sources/location';
import type { RunSummary } from '../../protocol/run';
import * as protocol from '../../protocol/server';
import type { Background } from '../background';
import { keepSource } from '../sources';

/** Kinds of sources that are not local files. */
export type RemoteKind = 'ssh' | 'command' | 'url' | 'slurm' | 'tensorboard' | 'mlflow' | 'wandb';

/** How one kind is asked for: what the user types, and the source that it makes. */
interface Question {
  readonly prompt: string;
  readonly placeHolder: string;
  /** Throws `source.invalid` in words. */
  source(text: string): string;
}

/**
 * Asks for a source of one kind, follows it, asks for a key when its server wants one, and keeps the source in the settings.
 * Returns its runs; `undefined` when the user gives up or it cannot be followed, which is then told.
 */
export async function addRemote(background: Background, kind: RemoteKind): Promise<readonly RunSummary[] | undefined> {
  if (!vscode.workspace.isTrusted) return refuseUntrusted();
  const source = kind === 'ssh' ? await askSsh(background) : await ask(questionFor(kind));
  if (source === undefined) return undefined;
  try {
    const runs = await followWithKey(background, source);
    if (runs !== undefined) await keepSource(source);
    return runs;
  } catch (error) {
    void vscode.window.showErrorMessage(messageOf(error));
    return undefined;
  }
}

async function refuseUntrusted(): Promise<undefined> {
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const message = vscode.l10n.t('Other machines, commands and servers can be followed only in a trusted workspace.');
  if ((await vscode.window.showWarningMessage(message, manage)) === manage) {
    await vscode.commands.executeCommand('workbench.trust.manage');
  }
  return undefined;
}

/** Follows a source; once more with a key when the server asks for one. */
async function followWithKey(background: Background, source: string): Promise<readonly RunSummary[] | undefined> {
  try {
    return await withProgress(background, source);
  } catch (error) {
    if ((error as { data?: { code?: string } }).data?.code !== 'remote.auth') throw error;
    if ((await background.secrets.ask(source)) === undefined) throw error;
    return withProgress(background, source);
  }
}

function withProgress(background: Background, source: string): Thenable<readonly RunSummary[]> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Connecting to {0}…', source),
  };
  return vscode.window.withProgress(options, () => background.add(source));
}

/** Asks for a host, offering those of the ssh configuration, and for a path there. */
async function askSsh(background: Background): Promise<string | undefined> {
  const hosts = await background.request<protocol.SourcesHosts['params'], protocol.SourcesHosts['result']>(
    protocol.SOURCES_HOSTS,
    null,
  );
  const host = hosts.length === 0 ? await askHost() : await pickHost(hosts);
  if (host === undefined) return undefined;
  return ask({
    prompt: vscode.l10n.t('Log file or folder of runs on {0}', host),
    placeHolder: '~/runs/train.log',
    source: (path) => parsed(`ssh://${host}${path.startsWith('/') ? path : `/~/${path.replace(/^~\//, '')}`}`),
  });
}

async function pickHost(hosts: readonly string[]): Promise<string | undefined> {
  const other = { label: vscode.l10n.t('Another host…'), alwaysShow: true };
  const items = [...hosts.map((label) => ({ label, alwaysShow: false })), other];
  const placeHolder = vscode.l10n.t('Host of your ssh configuration');
  const choice = await vscode.window.showQuickPick(items, { placeHolder });
  return choice === other ? askHost() : choice?.label;
}

function askHost(): Promise<string | undefined> {
  return ask({
    prompt: vscode.l10n.t('Host that `ssh` reaches without asking for a password'),
    placeHolder: 'user@host',
    source: (host) => {
      parsed(`ssh://${host}/x`);
      return host.trim();
    },
  });
}

async function ask(question: Question): Promise<string | undefined> {
  const { prompt, placeHolder } = question;
  const validateInput = (text: string): string | undefined => {
    try {
      question.source(text.trim());
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  };
  const text = await vscode.window.showInputBox({ prompt, placeHolder, validateInput, ignoreFocusOut: true });
  return text === undefined ? undefined : question.source(text.trim());
}

function questionFor(kind: Exclude<RemoteKind, 'ssh'>): Question {
  const prefixed = (prefix: string) => (text: string) => parsed(text.startsWith(prefix) ? text : `${prefix}${text}`);
  const server = (prefix: string) => (text: string) =>
    parsed(text.startsWith(prefix) ? text : `${prefix}${/^https?:/i.test(text) ? text : `http://${text}`}`);
  switch (kind) {
    case 'command':
      return {
        prompt: vscode.l10n.t('Command whose output is the log. No shell reads it; it is started again when it fails.'),
        placeHolder: 'kubectl logs -f my-pod',
        source: (text) => parsed(/^cmd(\+\S+)?:/.test(text) ? text : `cmd:${text}`),
      };
    case 'url':
      return {
        prompt: vscode.l10n.t('Address of the log'),
        placeHolder: 'https://host/train.log',
        source: (text) => parsed(text, 'http'),
      };
    case 'slurm':
      return {
        prompt: vscode.l10n.t('Slurm job, or job@login-node'),
        placeHolder: '12345@login',
        source: prefixed('slurm:'),
      };
    case 'tensorboard':
      return {
        prompt: vscode.l10n.t('Address of the TensorBoard server'),
        placeHolder: 'http://localhost:6006',
        source: server('tensorboard+'),
      };
    case 'mlflow':
      return {
        prompt: vscode.l10n.t('Address of the MLflow server'),
        placeHolder: 'http://localhost:5000',
        source: server('mlflow+'),
      };
    case 'wandb':
      return {
        prompt: vscode.l10n.t('W&B run: entity/project/run, or its address'),
        placeHolder: 'team/project/run',
        source: (text) => parsed(/^(https?:|wandb[+:])/i.test(text) ? text : `wandb:${text}`),
      };
  }
}

/** The source in its one form. Throws `source.invalid`. */
function parsed(text: string, kind?: string): string {
  const location = parseLocation(text);
  if (kind !== undefined && location.kind !== kind && location.kind !== 'wandb') {
    throw new Error(vscode.l10n.t('An address begins with http:// or https://.'));
  }
  return formatLocation(location);
}
