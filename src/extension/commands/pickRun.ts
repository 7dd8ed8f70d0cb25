import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { RunSummary } from '../../protocol/run';
import type { Background } from '../background';
import { runDescription, stateWord } from '../format';

/**
 * The run a command is about: the one it was called on, the only one, or the user's choice. `undefined` when there is
 * none or the user chose nothing.
 */
export async function pickRun(background: Background, argument: unknown): Promise<RunSummary | undefined> {
  const id = typeof argument === 'string' ? argument : (argument as RunSummary | undefined)?.id;
  await vscode.window.withProgress({ location: { viewId: 'lossline.runs' } }, () => background.ready());
  if (argument instanceof vscode.Uri) return runOfFile(background, argument);
  if (id !== undefined && background.run(id) !== undefined) return background.run(id);
  const { runs } = background;
  if (runs.length === 0) {
    await offerFirstRun();
    return undefined;
  }
  if (runs.length === 1) return runs[0];
  const items = runs.map((run) => ({
    label: run.name,
    description: runDescription(run),
    detail: [stateWord(run.state), run.format, run.source].filter(Boolean).join(' · '),
    run,
  }));
  const placeHolder = vscode.l10n.t('Which run?');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true, matchOnDetail: true }))
    ?.run;
}

/** The run of a file of the explorer or an editor. */
async function runOfFile(background: Background, file: vscode.Uri): Promise<RunSummary | undefined> {
  try {
    return await background.runAt(file.fsPath);
  } catch (error) {
    void vscode.window.showErrorMessage(messageOf(error));
    return undefined;
  }
}

/** Says that there is no run, and how to get one. */
export async function offerFirstRun(): Promise<void> {
  const add = vscode.l10n.t('Add Run…');
  const sample = vscode.l10n.t('Open Sample Run');
  const message = vscode.l10n.t('No training run was found in this workspace.');
  const answer = await vscode.window.showInformationMessage(message, add, sample);
  if (answer === add) await vscode.commands.executeCommand('lossline.run.add');
  if (answer === sample) await vscode.commands.executeCommand('lossline.sample.open');
}
