import type { LrPoints } from './lrPoints';

/**
 * The points of `points` that a piecewise-linear curve needs to pass within `tolerance` (same unit as the rates) of every
 * point; first and last are kept. Each line keeps a cone of slopes that satisfy all points since the last knot. O(n).
 */
export function simplifyPoints(points: LrPoints, tolerance: number): LrPoints {
  const { steps, lrs } = points;
  const length = steps.length;
  if (length <= 2) return points;
  const kept: number[] = [0];
  let anchor = 0;
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  for (let i = 1; i < length; i++) {
    let run = steps[i]! - steps[anchor]!;
    let slope = (lrs[i]! - lrs[anchor]!) / run;
    if (slope < low || slope > high) {
      anchor = i - 1;
      kept.push(anchor);
      run = steps[i]! - steps[anchor]!;
      slope = (lrs[i]! - lrs[anchor]!) / run;
      low = Number.NEGATIVE_INFINITY;
      high = Number.POSITIVE_INFINITY;
    }
    low = Math.max(low, slope - tolerance / run);
    high = Math.min(high, slope + tolerance / run);
  }
  kept.push(length - 1);
  return {
    steps: Float64Array.from(kept, (row) => steps[row]!),
    lrs: Float64Array.from(kept, (row) => lrs[row]!),
  };
}
