import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { RunSummary } from '../../protocol/run';
import type { Background } from '../background';
import type { PanelSet } from '../panels/panelSet';
import type { RunPanel } from '../panels/runPanel';
import { addRemote, type RemoteKind } from './addRemote';

type Kind = 'file' | 'folder' | RemoteKind;

/**
 * *Lossline: Add Run…*: follows a file, a folder, or a source on another machine. Called on a file of the explorer, it takes
 * that without a question.
 */
export async function addRun(background: Background, panels: PanelSet<RunPanel>, argument: unknown): Promise<void> {
  const runs = argument instanceof vscode.Uri ? await addPath(background, argument) : await addChosen(background);
  if (runs === undefined) return;
  if (runs.length === 0)
    void vscode.window.showWarningMessage(vscode.l10n.t('No log of a training run was found there.'));
  else if (runs.length === 1) panels.open(runs[0]!.id);
  else await vscode.commands.executeCommand('lossline.runs.focus');
}

async function addChosen(background: Background): Promise<readonly RunSummary[] | undefined> {
  const placeHolder = vscode.l10n.t('Where is the log of the run?');
  const kind = (await vscode.window.showQuickPick(kinds(), { placeHolder, matchOnDetail: true }))?.source;
  if (kind === undefined) return undefined;
  if (kind !== 'file' && kind !== 'folder') return addRemote(background, kind);
  const title = kind === 'file' ? vscode.l10n.t('Log file') : vscode.l10n.t('Run folder');
  const options = { canSelectFiles: kind === 'file', canSelectFolders: kind === 'folder', title };
  const uri = (await vscode.window.showOpenDialog(options))?.[0];
  return uri === undefined ? undefined : addPath(background, uri);
}

async function addPath(background: Background, uri: vscode.Uri): Promise<readonly RunSummary[] | undefined> {
  try {
    return await background.add(uri.fsPath);
  } catch (error) {
    void vscode.window.showErrorMessage(messageOf(error));
    return undefined;
  }
}

function kinds(): (vscode.QuickPickItem & { source: Kind })[] {
  const item = (source: Kind, icon: string, label: string, detail: string) => ({
    source,
    label: `$(${icon}) ${label}`,
    detail,
  });
  const { t } = vscode.l10n;
  return [
    item('file', 'file', t('File'), t('A log on this machine')),
    item('folder', 'folder', t('Folder'), t('All runs in a folder of this machine')),
    item('ssh', 'remote', t('SSH Host'), t('A log or folder on another machine, through your own ssh')),
    item(
      'command',
      'terminal',
      t('Command'),
      t('The output of a command: kubectl logs -f, docker logs -f, srun, ray job logs'),
    ),
    item('url', 'globe', t('URL'), t('A log behind a web address')),
    item('slurm', 'server', t('Slurm Job'), t('The output of a job, by its number')),
    item('tensorboard', 'graph', t('TensorBoard Server'), t('The runs of a TensorBoard that is running')),
    item('mlflow', 'graph', t('MLflow Server'), t('The runs of an MLflow tracking server')),
    item('wandb', 'graph', t('W&B Run'), t('A run of Weights & Biases, hosted or your own')),
  ];
}
