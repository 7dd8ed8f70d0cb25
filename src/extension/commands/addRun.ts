import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { Background } from '../background';
import type { RunPanels } from '../panels/runPanels';

/** *Lossline: Add Run…*: follows a file or folder that lies anywhere. Called on a file of the explorer, it takes that. */
export async function addRun(background: Background, panels: RunPanels, argument: unknown): Promise<void> {
  const uri = argument instanceof vscode.Uri ? argument : await chooseFile();
  if (uri === undefined) return;
  try {
    const runs = await background.add(uri.fsPath);
    if (runs.length === 0) {
      void vscode.window.showWarningMessage(vscode.l10n.t('No log of a training run was found in {0}.', uri.fsPath));
    } else if (runs.length === 1) panels.open(runs[0]!.id);
    else await vscode.commands.executeCommand('lossline.runs.focus');
  } catch (error) {
    void vscode.window.showErrorMessage(messageOf(error));
  }
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const title = vscode.l10n.t('Log file or run folder');
  // Only one kind can be chosen on Linux and Windows: a file there, both on macOS.
  const uris = await vscode.window.showOpenDialog({ canSelectFiles: true, canSelectFolders: true, title });
  return uris?.[0];
}
