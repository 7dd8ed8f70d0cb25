import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { RunSummary } from '../../protocol/run';
import * as protocol from '../../protocol/server';
import type { Background } from '../background';
import { forecastText } from '../format';
import type { RunPanels } from '../panels/runPanels';
import { askPlan } from './askPlan';
import { pickRun } from './pickRun';

type Answer = protocol.ForecastPredict['result'];

/** *Lossline: Predict Final Loss*: asks only for what is missing, answers in words and in the panel. */
export async function predictFinalLoss(background: Background, panels: RunPanels, argument: unknown): Promise<void> {
  const run = await pickRun(background, argument);
  if (run === undefined) return;
  const answer = await predictWithPlan(background, run);
  if (answer === undefined) return;
  panels.open(run.id);
  await showAnswer(answer);
}

/** Forecasts; when the plan has gaps, asks for them once and forecasts again. */
async function predictWithPlan(background: Background, run: RunSummary): Promise<Answer | undefined> {
  for (let asked = false; ; asked = true) {
    try {
      return await withProgress(background, run);
    } catch (error) {
      const missing = asked ? [] : missingFacts(error);
      if (missing.length === 0) {
        void vscode.window.showErrorMessage(vscode.l10n.t('{0} cannot be forecast: {1}', run.name, messageOf(error)));
        return undefined;
      }
      const facts = await askPlan(run, missing);
      if (facts === undefined) return undefined;
      await background.setPlan(run.id, facts, true);
    }
  }
}

function withProgress(background: Background, run: RunSummary): Thenable<Answer> {
  const title = vscode.l10n.t('Forecasting {0}…', run.name);
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    background.request<protocol.ForecastPredict['params'], Answer>(protocol.FORECAST_PREDICT, { run: run.id }),
  );
}

/** What the background process misses, read off its error. */
function missingFacts(error: unknown): readonly ('totalSteps' | 'learningRate')[] {
  const data = (error as { data?: { code?: string; missing?: readonly ('totalSteps' | 'learningRate')[] } }).data;
  return data?.code === 'plan.missing' ? (data.missing ?? []) : [];
}

async function showAnswer({ forecast, summary }: Answer): Promise<void> {
  const { finalLoss, refused, finalStep } = forecast;
  const copy = vscode.l10n.t('Copy');
  if (finalLoss === null) {
    await vscode.window.showWarningMessage(vscode.l10n.t('{0}: no forecast. {1}', summary.name, refused?.reason ?? ''));
    return;
  }
  const steps = finalStep.toLocaleString('en-US').replaceAll(',', ' ');
  const text = vscode.l10n.t('{0}: final loss {1} (80 %) at step {2}', summary.name, forecastText(finalLoss), steps);
  const answer =
    refused === null
      ? await vscode.window.showInformationMessage(text, copy)
      : await vscode.window.showWarningMessage(
          `${text}. ${vscode.l10n.t('Not to be trusted: {0}', refused.reason)}`,
          copy,
        );
  if (answer === copy) await vscode.env.clipboard.writeText(text);
}
