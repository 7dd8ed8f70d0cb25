import type { Point } from '../shared/scene';

/** First index whose x is >= `x`; the length when there is none. */
export function lowerIndex(points: readonly Point[], x: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (points[middle]!.x < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The point nearest to `x`: between the ends always one of its two neighbours, beyond them only within half the distance
 * of the last two points. `null` where the series says nothing.
 */
export function nearest(points: readonly Point[], x: number): Point | null {
  if (points.length === 0) return null;
  const right = lowerIndex(points, x);
  if (right === 0) return points[0]!.x - x <= gapAt(points, 1) / 2 ? points[0]! : null;
  if (right === points.length) {
    const last = points[right - 1]!;
    return x - last.x <= gapAt(points, right - 1) / 2 ? last : null;
  }
  const before = points[right - 1]!;
  const after = points[right]!;
  return x - before.x <= after.x - x ? before : after;
}

function gapAt(points: readonly Point[], index: number): number {
  return index < 1 || index >= points.length ? 0 : points[index]!.x - points[index - 1]!.x;
}

/** Points with x in [from, to]. */
export function between(points: readonly Point[], [from, to]: readonly [number, number]): readonly Point[] {
  const start = lowerIndex(points, from);
  let end = lowerIndex(points, to);
  while (end < points.length && points[end]!.x <= to) end++;
  return points.slice(start, end);
}

/** Value of a piecewise linear curve at `x`; `null` outside of it. */
export function interpolate(steps: readonly number[], values: readonly number[], x: number): number | null {
  const last = steps.length - 1;
  if (last < 0 || x < steps[0]! || x > steps[last]!) return null;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (steps[middle]! <= x) low = middle;
    else high = middle;
  }
  const width = steps[high]! - steps[low]!;
  if (width <= 0) return values[low]!;
  return values[low]! + ((x - steps[low]!) / width) * (values[high]! - values[low]!);
}

/** Value at `share` in [0, 1] of the sorted finite values, linear between ranks; `NaN` for none. Same as numpy's default. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
