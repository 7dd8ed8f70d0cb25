import * as vscode from 'vscode';
import type { RunSummary } from '../../protocol/run';
import type { Background } from '../background';
import { runDescription } from '../format';

/**
 * The run a command is about: the one it was called on, the only one, or the user's choice. `undefined` when there is
 * none or the user chose nothing.
 */
export async function pickRun(background: Background, argument: unknown): Promise<RunSummary | undefined> {
  const id = typeof argument === 'string' ? argument : (argument as RunSummary | undefined)?.id;
  await vscode.window.withProgress({ location: { viewId: 'lossline.runs' } }, () => background.ready());
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
    detail: [run.state, run.format, run.source].filter(Boolean).join(' · '),
    run,
  }));
  const placeHolder = vscode.l10n.t('Which run?');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true, matchOnDetail: true }))
    ?.run;
}

async function offerFirstRun(): Promise<void> {
  const add = vscode.l10n.t('Add Run…');
  const sample = vscode.l10n.t('Open Sample Run');
  const message = vscode.l10n.t('No training run was found in this workspace.');
  const answer = await vscode.window.showInformationMessage(message, add, sample);
  if (answer === add) await vscode.commands.executeCommand('lossline.run.add');
  if (answer === sample) await vscode.commands.executeCommand('lossline.sample.open');
}
