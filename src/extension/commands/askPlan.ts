import * as vscode from 'vscode';
import type { PlanFacts, ScheduleFamily } from '../../core/model';
import { parseCount } from '../../core/report/parse';
import type { RunSummary } from '../../protocol/run';

type Missing = 'totalSteps' | 'learningRate';

interface Choice extends vscode.QuickPickItem {
  readonly family: ScheduleFamily;
  /** Share of the run that the learning rate falls over. */
  readonly decays: number;
}

function families(): Choice[] {
  const { t } = vscode.l10n;
  return [
    {
      family: 'cosine',
      label: t('Cosine'),
      detail: t('Falls along a cosine from the end of the warmup to the last step'),
      decays: 1,
    },
    {
      family: 'linear',
      label: t('Linear'),
      detail: t('Falls in a straight line from the end of the warmup to the last step'),
      decays: 1,
    },
    {
      family: 'wsd-linear',
      label: t('Warmup, stable, linear decay'),
      detail: t('Constant, then straight down over the last 20 %'),
      decays: 0.2,
    },
    {
      family: 'wsd-sqrt',
      label: t('Warmup, stable, 1−sqrt decay'),
      detail: t('Constant, then 1−√t over the last 20 %'),
      decays: 0.2,
    },
    { family: 'constant', label: t('Constant'), detail: t('Never falls'), decays: 0 },
  ];
}

/** Asks the user for what is missing of a plan and nothing else. `undefined` when the user gives up. */
export async function askPlan(run: RunSummary, missing: readonly Missing[]): Promise<PlanFacts | undefined> {
  let facts: PlanFacts = {};
  if (missing.includes('totalSteps')) {
    const totalSteps = await askSteps(run);
    if (totalSteps === undefined) return undefined;
    facts = { ...facts, totalSteps };
  }
  if (missing.includes('learningRate')) {
    const schedule = await askSchedule(facts.totalSteps ?? run.totalSteps);
    if (schedule === undefined) return undefined;
    facts = { ...facts, ...schedule };
  }
  return facts;
}

async function askSteps(run: RunSummary): Promise<number | undefined> {
  const least = run.step ?? 0;
  const answer = await vscode.window.showInputBox({
    title: run.name,
    prompt: vscode.l10n.t('How many optimizer steps will this run take in all?'),
    placeHolder: vscode.l10n.t('for example 25000'),
    validateInput: (text) => {
      const steps = parseCount(text);
      if (steps === null) return vscode.l10n.t('A whole number of steps, for example 25000 or 25k.');
      return steps < least ? vscode.l10n.t('The run is already at step {0}.', least) : undefined;
    },
  });
  return answer === undefined ? undefined : (parseCount(answer) ?? undefined);
}

async function askSchedule(totalSteps: number | null): Promise<PlanFacts | undefined> {
  const placeHolder = vscode.l10n.t('The log has no learning rate. Which schedule does the run use?');
  const choice = await vscode.window.showQuickPick(families(), { placeHolder, matchOnDetail: true });
  if (choice === undefined) return undefined;
  // Laws use the learning rate relative to its peak: without a logged one, 1 stands for the peak.
  const shape: PlanFacts = { family: choice.family, peakLr: 1, finalLr: choice.decays === 0 ? 1 : 0 };
  if (totalSteps === null || choice.decays >= 1 || choice.decays === 0) return shape;
  const decaySteps = Math.round(totalSteps * choice.decays);
  return { ...shape, decaySteps, decayStart: totalSteps - decaySteps };
}
