import * as vscode from 'vscode';
import type { RunId } from '../../core/model';
import { isRemote } from '../../core/sources/location';
import type { Background } from '../background';

/** Opens the log file of a run; the user chooses when it has several. Binary logs are shown in the file explorer. */
export async function openLog(background: Background, run: RunId): Promise<void> {
  const files = background.run(run)?.files ?? [];
  const file = files.length > 1 ? await vscode.window.showQuickPick(files) : files[0];
  if (file === undefined) return;
  if (isRemote(file)) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} is not a file of this machine.', file));
    return;
  }
  const uri = vscode.Uri.file(file);
  const binary = /events\.out\.tfevents|\.wandb$/.test(file);
  await vscode.commands.executeCommand(binary ? 'revealInExplorer' : 'vscode.open', uri);
}
