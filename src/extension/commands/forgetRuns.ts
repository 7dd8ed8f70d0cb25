import * as vscode from 'vscode';
import type { Background } from '../background';

/** *Lossline: Forget Learnt Runs*: asks once, then forecasts use none of the earlier runs of this project. */
export async function forgetRuns(background: Background): Promise<void> {
  const forget = vscode.l10n.t('Forget');
  const { runs } = background.memory.kept;
  if (runs.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing has been learnt from runs of this project.'));
    return;
  }
  const question = vscode.l10n.t('Forget what was learnt from {0} runs of this project?', runs.length);
  const answer = await vscode.window.showWarningMessage(question, { modal: true }, forget);
  if (answer !== forget) return;
  await background.memory.forget();
  await background.tellMemory();
}
