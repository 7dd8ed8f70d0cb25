import { lowerBound } from './column';
import type { Span } from './series';

/** Finite points, steps ascending. */
export interface ThinnedPoints {
  readonly steps: number[];
  readonly values: number[];
}

/**
 * Thins `spans` to at most about `maxPoints`: per bucket of equal width in step the least and the greatest value, in
 * their order, and the last point of all. No spike is lost. Non-finite values are left out. With `window` only steps in
 * [window[0], window[1]] and one point on each side are considered. Fewer points than `maxPoints` are returned as they
 * are. O(points in the window), without copies of them.
 */
export function decimate(
  spans: readonly Span[],
  maxPoints: number,
  window: readonly [number, number] | null = null,
): ThinnedPoints {
  const parts = window === null ? spans : visibleParts(spans, window);
  const { count, first, last } = extentOf(parts, maxPoints);
  if (count > maxPoints) return thin(parts, { first, width: (last - first) / Math.max(1, maxPoints >> 1) || 1 });
  const found: ThinnedPoints = { steps: [], values: [] };
  for (const { steps, values } of parts) {
    for (let i = 0; i < steps.length; i++) if (isNumber(values[i]!)) put(found, steps[i]!, values[i]!);
  }
  return found;
}

/** Infinity − Infinity and NaN − NaN are NaN: one comparison for both. */
function isNumber(value: number): boolean {
  return value - value === 0;
}

function put({ steps, values }: ThinnedPoints, step: number, value: number): void {
  steps.push(step);
  values.push(value);
}

/** The rows with steps in the window, with the nearest finite point on each side of it. */
function visibleParts(spans: readonly Span[], [from, to]: readonly [number, number]): Span[] {
  let before: Span | undefined;
  const inside: Span[] = [];
  for (const { steps, values } of spans) {
    const start = lowerBound(steps, from);
    let end = lowerBound(steps, to);
    while (end < steps.length && steps[end] === to) end++;
    for (let row = start - 1; row >= 0; row--) {
      if (!isNumber(values[row]!)) continue;
      before = rowsOf({ steps, values }, row, row + 1);
      break;
    }
    if (end > start) inside.push(rowsOf({ steps, values }, start, end));
    const after = end < steps.length ? values.subarray(end).findIndex(isNumber) : -1;
    if (after >= 0) {
      inside.push(rowsOf({ steps, values }, end + after, end + after + 1));
      break;
    }
  }
  return before === undefined ? inside : [before, ...inside];
}

function rowsOf({ steps, values }: Span, from: number, to: number): Span {
  return { steps: steps.subarray(from, to), values: values.subarray(from, to) };
}

interface Extent {
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

/** The first and the last finite point of `parts`, and how many there are; counted up to `enough` + 1. */
function extentOf(parts: readonly Span[], enough: number): Extent {
  let count = 0;
  let first = Number.NaN;
  for (const { steps, values } of parts) {
    for (let i = 0; i < values.length && count <= enough; i++) {
      if (isNumber(values[i]!) && count++ === 0) first = steps[i]!;
    }
  }
  return { count, first, last: newestPoint(parts)?.step ?? Number.NaN };
}

/** A point, and where it is among all rows. */
interface Place {
  readonly step: number;
  readonly value: number;
  readonly row: number;
}

/** Per bucket of `width` from `first` on the least and the greatest value, and the newest point. */
function thin(parts: readonly Span[], { first, width }: { first: number; width: number }): ThinnedPoints {
  const found: ThinnedPoints = { steps: [], values: [] };
  let bucket = Number.NaN;
  let low: Place | undefined;
  let high: Place | undefined;
  let end: Place | undefined;
  const flush = (): void => {
    if (low === undefined || high === undefined) return;
    const [one, other] = low.row <= high.row ? [low, high] : [high, low];
    put(found, one.step, one.value);
    if (other.row !== one.row) put(found, other.step, other.value);
    end = other;
    low = undefined;
    high = undefined;
  };
  let before = 0;
  for (const { steps, values } of parts) {
    for (let from = 0; from < steps.length; ) {
      const at = Math.floor((steps[from]! - first) / width);
      const to = endOf(steps, from, (step) => Math.floor((step - first) / width) > at);
      if (at !== bucket) flush();
      bucket = at;
      const [least, most] = extremes(values, from, to);
      const place = (i: number): Place => ({ step: steps[i]!, value: values[i]!, row: before + i });
      if (least >= 0 && !(low !== undefined && low.value <= values[least]!)) low = place(least);
      if (most >= 0 && !(high !== undefined && high.value >= values[most]!)) high = place(most);
      from = to;
    }
    before += steps.length;
  }
  flush();
  const newest = newestPoint(parts);
  if (newest !== undefined && newest.row !== end?.row) put(found, newest.step, newest.value);
  return found;
}

/** First row after `from` of ascending `steps` that `isBehind` holds for, which it then holds for to the end. O(log rows). */
function endOf(steps: Float64Array, from: number, isBehind: (step: number) => boolean): number {
  let low = from + 1;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBehind(steps[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Rows of the least and the greatest finite value in [from, to), each the first of its kind; −1 when none is finite. */
function extremes(values: Float64Array, from: number, to: number): [least: number, most: number] {
  let [least, most] = [-1, -1];
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    // Infinities are no points.
    if (value < low && value > Number.NEGATIVE_INFINITY) {
      low = value;
      least = i;
    }
    if (value > high && value < Number.POSITIVE_INFINITY) {
      high = value;
      most = i;
    }
  }
  return [least, most];
}

/** The newest finite point. */
function newestPoint(parts: readonly Span[]): Place | undefined {
  let end = parts.reduce((sum, { steps }) => sum + steps.length, 0);
  for (const { steps, values } of parts.toReversed()) {
    end -= steps.length;
    const row = values.findLastIndex(isNumber);
    if (row >= 0) return { step: steps[row]!, value: values[row]!, row: end + row };
  }
  return undefined;
}
