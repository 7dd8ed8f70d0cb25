import { median, robustSd } from '../fit/robust';
import { formatLoss, formatPercent, formatStep } from '../report/numbers';
import { lowerBound } from '../series/column';
import type { Warning } from '../warnings/warning';
import type { TrackedRun } from './trackedRun';

/** Values whose median is the level of a run at a step. */
const WINDOW = 21;
/** Siblings that must have reached the step. */
const FEWEST = 3;
/** Far above: by this share of the middle of the siblings, and by so many times their own spread. */
const ABOVE = 0.1;
const SPREADS = 4;
/** Siblings that are compared: the first of a large sweep say enough. */
const MOST = 40;
/** Steps before which a comparison says nothing, as a share of the plan. */
const EARLY = 0.05;

/**
 * The warning `aboveSiblings` for `run`, by what is known now: its level against that of the runs beside it, at its own
 * newest step. Siblings log the same loss in the same unit and lie in the same folder. `null` with fewer than three of
 * them at that step, and early in the run. O(siblings · log points).
 */
export function aboveSiblings(run: TrackedRun, runs: readonly TrackedRun[]): Warning | null {
  const series = run.lossSeries();
  const step = run.lastStep();
  const total = run.plan().plan.totalSteps?.value ?? step ?? 0;
  if (series === undefined || step === null || step < EARLY * total) return null;
  const level = levelAt(run, series, step);
  const levels = siblingsOf(run, runs)
    .filter((other) => other.lossSeries() === series)
    .map((other) => levelAt(other, series, step))
    .filter(Number.isFinite);
  if (levels.length < FEWEST || !Number.isFinite(level)) return null;
  const middle = median(levels);
  const excess = level - middle;
  if (excess < Math.max(ABOVE * Math.abs(middle), SPREADS * robustSd(levels))) return null;
  return {
    id: 'aboveSiblings',
    severity: 'info',
    step,
    until: null,
    series,
    evidence: {
      text: `${series} is ${formatLoss(level)} at step ${formatStep(step)}; the ${levels.length} runs beside it had ${formatLoss(middle)} there, ${formatPercent(excess / Math.abs(middle))} less.`,
      numbers: { level, siblings: middle, spread: robustSd(levels), runs: levels.length },
      steps: [step],
    },
  };
}

/** The first of the runs beside `run`; the rest of a large sweep is not looked at. */
function siblingsOf(run: TrackedRun, runs: readonly TrackedRun[]): TrackedRun[] {
  const siblings: TrackedRun[] = [];
  for (const other of runs) {
    if (siblings.length === MOST) break;
    if (other !== run && isSibling(run, other)) siblings.push(other);
  }
  return siblings;
}

function isSibling(run: TrackedRun, other: TrackedRun): boolean {
  return other.stepUnit === run.stepUnit && parent(other.id) === parent(run.id);
}

function parent(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'), 0));
}

/** Middle of the values up to a step; `NaN` when the run has not got there. */
function levelAt(run: TrackedRun, series: string, step: number): number {
  for (const { steps, values } of run.spans(series).toReversed()) {
    if (steps[0]! > step) continue;
    const end = lowerBound(steps, step + 1e-9);
    if (end >= steps.length && steps[steps.length - 1]! < step) return Number.NaN;
    return median(values.subarray(Math.max(0, end + 1 - WINDOW), end + 1));
  }
  return Number.NaN;
}
