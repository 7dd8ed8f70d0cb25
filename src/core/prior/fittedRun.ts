import { fitLaw } from '../fit/fitLaw';
import { posteriorOf } from '../fit/posterior';
import { type DataOptions, prepareCurve } from '../fit/prepare';
import type { FitCurve } from '../fit/problem';
import { generalisedAnnealing } from '../laws/generalisedAnnealing';
import { traceLr } from '../laws/lrPath';
import type { LrCurve } from '../plan/lrCurve';
import { type Constants, constantsOf, priorTermsOf } from './constants';
import { WEAK_PRIOR } from './learnPrior';
import { type FittedRun, generalPriorOf } from './memory';

/** Points of a finished or long run with its learning rate. */
export interface RunCurve {
  readonly steps: Float64Array;
  readonly losses: Float64Array;
  readonly lr: LrCurve;
}

/** Constants rest on all of a run but its first tenth, which no law of this kind describes. */
const DATA: DataOptions = { lawError: generalisedAnnealing.lawError, window: 0.1 };

/** Fewer bins say next to nothing of five constants. */
const LEAST_BINS = 12;

/**
 * Constants of the generalised annealing law from one run, or from several runs of one model and learning rate that share
 * them: one joint fit with a weak prior. `undefined` when fewer than 12 bins can be used or the fit fails.
 */
export function constantsOfRuns(runs: readonly RunCurve[]): (Constants & { readonly peakLr: number }) | undefined {
  const curves: FitCurve[] = [];
  let peakLr = Number.NaN;
  for (const { steps, losses, lr } of runs) {
    const path = traceLr(lr, steps[steps.length - 1] ?? 0);
    if (path === undefined) continue;
    peakLr = path.peakLr;
    curves.push(prepareCurve({ steps, losses, path }, DATA).curve);
  }
  if (curves.reduce((sum, curve) => sum + curve.steps.length, 0) < LEAST_BINS) return undefined;
  const fit = fitLaw(generalisedAnnealing, curves, {
    priors: priorTermsOf(generalPriorOf(WEAK_PRIOR, { peakLr })),
    starts: 1,
  });
  if (!Number.isFinite(fit.cost)) return undefined;
  return { ...constantsOf(fit, posteriorOf(fit)), peakLr };
}

/** A finished or long run as the memory keeps it; `undefined` when it says too little. */
export function fittedRunOf(
  run: RunCurve,
  facts: { readonly name: string; readonly model?: string },
): FittedRun | undefined {
  const constants = constantsOfRuns([run]);
  return constants === undefined ? undefined : { ...facts, ...constants };
}
