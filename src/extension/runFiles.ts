import * as vscode from 'vscode';
import type { Background } from './background';

/** Files that are told to the editor at most: beyond them the menus offer less. */
const MAX_FILES = 5000;

/** Tells the editor which files are logs of followed runs, so that its menus can offer their panel: `lossline.runFiles`. */
export function announceRunFiles(background: Background): vscode.Disposable {
  let told = '';
  return background.onDidChange(() => {
    const files = background.runs.flatMap((run) => run.files).slice(0, MAX_FILES);
    const now = files.sort().join('\n');
    if (now === told) return;
    told = now;
    void vscode.commands.executeCommand('setContext', 'lossline.runFiles', files);
  });
}
