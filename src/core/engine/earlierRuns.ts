import { chanceBelow } from '../answers/chance';
import { smoothedEnd } from '../forecast/finalLoss';
import type { RunId } from '../model';
import { runState } from './runState';
import type { TrackedRun } from './trackedRun';

/** The best finished run beside another one. */
export interface BestEarlier {
  readonly run: RunId;
  readonly name: string;
  /** Its smoothed final loss. */
  readonly loss: number;
  /** Chance that the run in question ends below it; `null` without a trusted forecast. */
  readonly chance: number | null;
}

/**
 * Whether two runs may be held against each other: they log the same loss in the same unit, and their logs lie in one folder
 * or in folders beside each other. That they train on the same data is the user's to know.
 */
export function areBeside(run: TrackedRun, other: TrackedRun): boolean {
  if (run === other || run.stepUnit !== other.stepUnit || run.forecastSeries() !== other.forecastSeries()) return false;
  const [a, b] = [parent(run.id), parent(other.id)];
  return a === b || parent(a) === parent(b);
}

function parent(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'), 0));
}

const ENDS = new WeakMap<TrackedRun, { readonly revision: number; readonly loss: number }>();

/** Smoothed loss at the newest step: the mean over the last 2 % of the steps; `NaN` without a loss. Kept until the run grows. */
export function endLoss(run: TrackedRun): number {
  const known = ENDS.get(run);
  if (known?.revision === run.revision) return known.loss;
  const series = run.forecastSeries();
  const last = run.lastStep();
  const newest = series === undefined ? undefined : run.spans(series).at(-1);
  const { steps = NONE, values: losses = NONE } = newest ?? {};
  const loss = smoothedEnd({ steps, losses, finalStep: last ?? 0 });
  ENDS.set(run, { revision: run.revision, loss });
  return loss;
}

const NONE = new Float64Array();

/** The finished run beside `run` with the lowest end (of a reward, the highest); `null` when there is none. */
export function bestEarlier(run: TrackedRun, runs: readonly TrackedRun[], now: number): BestEarlier | null {
  const isReward = run.forecastSeries() === 'reward';
  const sign = isReward ? -1 : 1;
  let best: { run: TrackedRun; loss: number } | null = null;
  for (const other of runs) {
    if (!areBeside(run, other) || runState(other, now) !== 'finished') continue;
    const loss = endLoss(other);
    if (Number.isFinite(loss) && (best === null || sign * loss < sign * best.loss)) best = { run: other, loss };
  }
  if (best === null) return null;
  const { fitted, status } = run.forecast;
  const chance = fitted === null || status === 'refused' || isReward ? null : chanceBelow(fitted, best.loss).value;
  return { run: best.run.id, name: best.run.name, loss: best.loss, chance };
}
