import * as vscode from 'vscode';
import type { Background } from './background';

/** Files that are told to the editor at most: beyond them the menus offer less. */
const MAX_FILES = 5000;

/**
 * Tells the editor for its menus and the walkthrough whether runs are followed (`lossline.hasRuns`), and which files are
 * their logs (`lossline.runFiles`).
 */
export function announceRunFiles(background: Background): vscode.Disposable {
  let told = '';
  return background.onDidChange(() => {
    const files = background.runs.flatMap((run) => run.files).slice(0, MAX_FILES);
    const now = files.sort().join('\n');
    if (now === told) return;
    told = now;
    void vscode.commands.executeCommand('setContext', 'lossline.runFiles', files);
    void vscode.commands.executeCommand('setContext', 'lossline.hasRuns', files.length > 0);
  });
}
