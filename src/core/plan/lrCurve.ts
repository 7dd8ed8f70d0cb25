import { lowerBound } from '../series/column';

/**
 * Learning rate over a whole run, past and planned: piecewise linear between knots. `steps` ascends strictly and starts
 * at or before the first trained step; `lrs` is in the unit of the log (absolute, or a multiplier of the peak).
 * Plain data, so that it crosses threads.
 */
export interface LrCurve {
  readonly steps: Float64Array<ArrayBuffer>;
  readonly lrs: Float64Array<ArrayBuffer>;
}

/** Learning rate at `step`: linear between knots, constant beyond both ends. `NaN` for a curve without knots. */
export function lrAt(curve: LrCurve, step: number): number {
  const { steps, lrs } = curve;
  if (steps.length === 0) return Number.NaN;
  const right = lowerBound(steps, step);
  if (right === 0) return lrs[0]!;
  if (right === steps.length) return lrs[right - 1]!;
  const fraction = (step - steps[right - 1]!) / (steps[right]! - steps[right - 1]!);
  return lrs[right - 1]! + fraction * (lrs[right]! - lrs[right - 1]!);
}
