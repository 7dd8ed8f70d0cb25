import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { RunSummary } from '../../protocol/run';
import * as protocol from '../../protocol/server';
import type { Background } from '../background';
import { forecastText, formatStep } from '../format';
import type { PanelSet } from '../panels/panelSet';
import type { RunPanel } from '../panels/runPanel';
import { askPlan } from './askPlan';
import { pickRun } from './pickRun';

type Answer = protocol.ForecastPredict['result'];

/** *Lossline: Predict Final Loss*: asks only for what is missing, answers in words and in the panel. */
export async function predictFinalLoss(
  background: Background,
  panels: PanelSet<RunPanel>,
  argument: unknown,
): Promise<void> {
  const run = await pickRun(background, argument);
  if (run === undefined) return;
  const answer = await predictWithPlan(background, run);
  if (answer === undefined) return;
  panels.open(run.id);
  await showAnswer(answer);
}

/** Forecasts; when the plan has gaps, asks for them once and forecasts again. */
async function predictWithPlan(background: Background, run: RunSummary): Promise<Answer | undefined> {
  const first = await attempt(background, run);
  if (first.missing.length === 0) return first.answer ?? complain(run, first.fault);
  const facts = await askPlan(run, first.missing);
  if (facts === undefined) return first.answer;
  await background.setPlan(run.id, { ...background.plans.of(run.id), ...facts }, true);
  const second = await attempt(background, run);
  return second.answer ?? complain(run, second.fault);
}

function complain(run: RunSummary, fault: string): undefined {
  void vscode.window.showErrorMessage(vscode.l10n.t('{0} cannot be forecast: {1}', run.name, fault));
}

/** One forecast: its answer or the fault, and what the user could add. */
interface Attempt {
  readonly answer: Answer | undefined;
  readonly missing: Answer['missing'];
  readonly fault: string;
}

async function attempt(background: Background, run: RunSummary): Promise<Attempt> {
  try {
    const answer = await withProgress(background, run);
    return { answer, missing: answer.missing, fault: '' };
  } catch (error) {
    return { answer: undefined, missing: missingFacts(error), fault: messageOf(error) };
  }
}

function withProgress(background: Background, run: RunSummary): Thenable<Answer> {
  const title = vscode.l10n.t('Forecasting {0}…', run.name);
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    background.request<protocol.ForecastPredict['params'], Answer>(protocol.FORECAST_PREDICT, { run: run.id }),
  );
}

/** What the background process misses, read off its error. */
function missingFacts(error: unknown): Answer['missing'] {
  const data = (error as { data?: { code?: string; missing?: Answer['missing'] } }).data;
  return data?.code === 'plan.missing' ? (data.missing ?? []) : [];
}

async function showAnswer({ forecast, summary }: Answer): Promise<void> {
  const { finalLoss, refused, finalStep } = forecast;
  const copy = vscode.l10n.t('Copy');
  if (finalLoss === null) {
    await vscode.window.showWarningMessage(vscode.l10n.t('{0}: no forecast. {1}', summary.name, refused?.reason ?? ''));
    return;
  }
  const text = vscode.l10n.t(
    '{0}: final loss {1} (80 %) at step {2}',
    summary.name,
    forecastText(finalLoss),
    formatStep(finalStep),
  );
  const answer =
    refused === null || refused.code === 'finished'
      ? await vscode.window.showInformationMessage(text, copy)
      : await vscode.window.showWarningMessage(
          `${text}. ${vscode.l10n.t('Not to be trusted: {0}', refused.reason)}`,
          copy,
        );
  if (answer === copy) await vscode.env.clipboard.writeText(text);
}
