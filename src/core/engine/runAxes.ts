import { simplifyPoints } from '../plan/simplify';
import { type Span, samplePoints } from '../series/series';
import { remainingMs } from './eta';
import type { TrackedRun } from './trackedRun';

/** What a run had counted when it was at a step: both ascend, piecewise linear between the knots. */
export interface AxisKnots {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** Quantities that the steps of a run can be shown as. `null`: its log does not say them. */
export interface RunAxes {
  readonly tokens: AxisKnots | null;
  /** Seconds since the first logged step; the last knot is where the plan ends at the present speed. */
  readonly time: AxisKnots | null;
}

/** Points that are looked at, and knots that are given at most. */
const LOOKED_AT = 2000;
const MOST_KNOTS = 200;
/** The curve may be off by this share of its height: less than a pixel. */
const TOLERANCE = 3e-4;

/**
 * Tokens and time of a run by step: tokens as logged, times from logged clock times, else from logged seconds per step. A run
 * whose steps are tokens has no other tokens. Costs a few thousand points, whatever the run has.
 */
export function runAxes(run: TrackedRun): RunAxes {
  const time = knotsOf(clockTimes(run) ?? addedTimes(run));
  return { tokens: run.stepUnit === 'tokens' ? null : knotsOf(samples(run.spans('tokens'))), time: planned(run, time) };
}

interface Curve {
  readonly steps: number[];
  readonly values: number[];
}

function samples(spans: readonly Span[]): Curve {
  const { steps, values } = samplePoints(spans, LOOKED_AT);
  return { steps: Array.from(steps), values: Array.from(values) };
}

function clockTimes(run: TrackedRun): Curve | null {
  const { steps, values } = samples(run.spans('wall_time'));
  return steps.length < 2 ? null : { steps, values: values.map((value) => value - values[0]!) };
}

/** Seconds per step, added up. */
function addedTimes(run: TrackedRun): Curve {
  const { steps, values } = samples(run.spans('iteration_time'));
  let sum = 0;
  return {
    steps,
    values: values.map((value, i) => {
      const width = i === 0 ? 0 : steps[i]! - steps[i - 1]!;
      if (value > 0 && Number.isFinite(value)) sum += value * width;
      return sum;
    }),
  };
}

/** The few knots that say the curve; `null` for one that does not rise. Values that fall back are passed over. */
function knotsOf({ steps, values }: Curve): AxisKnots | null {
  const rising: [number, number][] = [];
  for (const [i, step] of steps.entries()) {
    const value = values[i]!;
    const last = rising.at(-1);
    if (!Number.isFinite(value) || (last !== undefined && !(step > last[0] && value > last[1]))) continue;
    rising.push([step, value]);
  }
  if (rising.length < 2) return null;
  const points = {
    steps: Float64Array.from(rising, ([step]) => step),
    lrs: Float64Array.from(rising, ([, value]) => value),
  };
  const height = rising.at(-1)![1] - rising[0]![1];
  let tolerance = TOLERANCE * height;
  let kept = simplifyPoints(points, tolerance);
  for (; kept.steps.length > MOST_KNOTS; tolerance *= 4) kept = simplifyPoints(points, tolerance);
  return { steps: Array.from(kept.steps), values: Array.from(kept.lrs) };
}

/** The times with that of the planned end. */
function planned(run: TrackedRun, time: AxisKnots | null): AxisKnots | null {
  const total = run.plan().plan.totalSteps?.value;
  const left = remainingMs(run);
  const [step, seconds] = [time?.steps.at(-1), time?.values.at(-1)];
  if (time === null || total === undefined || left === null || step === undefined || !(total > step) || !(left > 0)) {
    return time;
  }
  return { steps: [...time.steps, total], values: [...time.values, seconds! + left / 1000] };
}
