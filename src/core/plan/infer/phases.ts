import { median, robustSd } from '../../fit/robust';
import { type LrPoints, slicePoints } from '../lrPoints';
import { detectRounding, type Rounding, roundingError } from '../rounding';

/** A logged learning rate cut at the end of its warm-up. */
export interface Phases {
  /** Greatest rate of the part that is looked at. */
  readonly peak: number;
  readonly rounding: Rounding;
  /** Standard deviation of one logged rate beyond rounding, in the unit of the rates. */
  readonly noise: number;
  /** Usual distance of two logged steps. */
  readonly interval: number;
  /** Points while the rate rises, the newest rise when there are several. */
  readonly rise: LrPoints;
  /** Points from the top on. */
  readonly after: LrPoints;
  /** The step at which the rise ends lies in [low, high]. */
  readonly top: { readonly low: number; readonly high: number };
  /** Step at which the part that is looked at begins: later than the first step after a warm restart. */
  readonly start: number;
  /** Number of earlier rises and falls that were cut off. */
  readonly restarts: number;
}

/** A rise of this share of the peak after a fall begins a new cycle. */
const RESTART_RISE = 0.05;

/** Cuts `points` (cleaned, at least one, some rate above 0) into the newest rise and what follows it. O(n log n). */
export function findPhases(points: LrPoints): Phases {
  const rounding = detectRounding(points.lrs);
  const noise = estimateNoise(points, rounding);
  const { from, restarts } = newestCycle(points, rounding, noise);
  const cycle = slicePoints(points, from);
  let peak = 0;
  for (const lr of cycle.lrs) peak = Math.max(peak, lr);
  const slack = Math.max(2 * roundingError(rounding, peak), 3 * noise, 1e-6 * peak);
  const top = cycle.lrs.findIndex((lr) => lr >= peak - slack);
  const interval = medianInterval(points.steps);
  const before = restarts > 0 ? cycle.steps[0]! - interval : 0;
  return {
    peak,
    rounding,
    noise,
    interval,
    rise: slicePoints(cycle, 0, top),
    after: slicePoints(cycle, top),
    top: { low: top > 0 ? cycle.steps[top - 1]! : Math.min(before, cycle.steps[0]!), high: cycle.steps[top]! },
    start: cycle.steps[0]!,
    restarts,
  };
}

/** Largest error expected of one logged rate near `lr`: rounding and noise, at least 1e-9 of the peak. */
export function logError(phases: Phases, lr: number): number {
  return Math.max(roundingError(phases.rounding, lr), 3 * phases.noise, 1e-9 * phases.peak);
}

function newestCycle(points: LrPoints, rounding: Rounding, noise: number): { from: number; restarts: number } {
  let from = 0;
  let restarts = 0;
  let high = 0;
  let low = Number.POSITIVE_INFINITY;
  let lowAt = 0;
  for (const [i, lr] of points.lrs.entries()) {
    const slack = Math.max(RESTART_RISE * high, 4 * roundingError(rounding, high), 8 * noise);
    const hasFallen = low < high - slack;
    if (hasFallen && lr > low + slack) {
      from = lowAt + 1;
      restarts++;
      high = lr;
      low = Number.POSITIVE_INFINITY;
    }
    if (lr >= high) {
      high = lr;
      low = Number.POSITIVE_INFINITY;
    } else if (lr <= low) {
      low = lr;
      lowAt = i;
    }
  }
  return { from, restarts };
}

/**
 * Noise from third differences, which a smooth schedule leaves near zero at any but a very sparse logging: their median
 * absolute deviation over sqrt(20). 0 for fewer than eight points, and for noise that rounding explains.
 */
function estimateNoise({ lrs }: LrPoints, rounding: Rounding): number {
  if (lrs.length < 8) return 0;
  const differences = new Float64Array(lrs.length - 3);
  for (let i = 0; i < differences.length; i++) {
    differences[i] = lrs[i + 3]! - 3 * lrs[i + 2]! + 3 * lrs[i + 1]! - lrs[i]!;
  }
  const noise = robustSd(differences, 0) / Math.sqrt(20);
  return noise > 2 * roundingError(rounding, median(lrs)) ? noise : 0;
}

function medianInterval(steps: Float64Array): number {
  if (steps.length < 2) return 1;
  return median(Float64Array.from({ length: steps.length - 1 }, (_, i) => steps[i + 1]! - steps[i]!));
}
