import * as vscode from 'vscode';
import { type Location, parseLocation, secretKey } from '../core/sources/location';

/** Names of the servers that a key is kept for; the keys themselves are in the editor's secret storage. */
const SERVERS = 'lossline.keyedServers';

/**
 * Keys of servers: asked for when one is wanted, kept in the editor's secret storage only, one per server. They go to the
 * background process with the request that needs them and are never written to settings, logs or panels.
 */
export class Secrets {
  constructor(readonly context: vscode.ExtensionContext) {}

  /** The key for the server of a source; `undefined` when there is none, or the source takes none. */
  async of(source: string): Promise<string | undefined> {
    const server = serverOf(source);
    return server === null ? undefined : this.context.secrets.get(storageKey(server));
  }

  /** Asks for the key of a source's server and keeps it. `undefined` when the user gives none, or the source takes none. */
  async ask(source: string): Promise<string | undefined> {
    const location = parseLocation(source);
    const server = secretKey(location);
    if (server === null) return undefined;
    const key = await vscode.window.showInputBox({
      title: server,
      prompt: promptFor(location),
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (/[\r\n]/.test(text) ? vscode.l10n.t('A key is one line.') : undefined),
    });
    if (key === undefined || key.trim() === '') return undefined;
    await this.context.secrets.store(storageKey(server), key.trim());
    await this.context.globalState.update(SERVERS, [...new Set([...this.#servers(), server])]);
    return key.trim();
  }

  /** *Lossline: Forget Keys*: removes every key; returns how many there were. */
  async forgetAll(): Promise<number> {
    const servers = this.#servers();
    for (const server of servers) await this.context.secrets.delete(storageKey(server));
    await this.context.globalState.update(SERVERS, undefined);
    return servers.length;
  }

  #servers(): readonly string[] {
    return this.context.globalState.get<string[]>(SERVERS) ?? [];
  }
}

/** `null` for what is no source of a server. */
function serverOf(source: string): string | null {
  try {
    return secretKey(parseLocation(source));
  } catch {
    return null;
  }
}

function storageKey(server: string): string {
  return `lossline.key:${server}`;
}

function promptFor(location: Location): string {
  switch (location.kind) {
    case 'wandb':
      return vscode.l10n.t('API key of your W&B account. It is kept in the secret storage of the editor.');
    case 'mlflow':
      return vscode.l10n.t(
        'Token, or user:password, for this MLflow server. It is kept in the secret storage of the editor.',
      );
    default:
      return vscode.l10n.t('Token for this server. It is kept in the secret storage of the editor.');
  }
}
