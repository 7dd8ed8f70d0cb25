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
  const extent = extentOf(parts);
  const found: ThinnedPoints = { steps: [], values: [] };
  if (extent.count > maxPoints) thin(parts, extent, { maxPoints, found });
  else {
    for (const { steps, values } of parts) {
      for (let i = 0; i < steps.length; i++) if (isNumber(values[i]!)) put(found, steps[i]!, values[i]!);
    }
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

function extentOf(parts: readonly Span[]): Extent {
  let count = 0;
  let first = Number.NaN;
  let last = Number.NaN;
  for (const { steps, values } of parts) {
    for (let i = 0; i < values.length; i++) {
      if (!isNumber(values[i]!)) continue;
      if (count === 0) first = steps[i]!;
      last = steps[i]!;
      count++;
    }
  }
  return { count, first, last };
}

function thin(
  parts: readonly Span[],
  { first, last }: Extent,
  { maxPoints, found }: { readonly maxPoints: number; readonly found: ThinnedPoints },
): void {
  const width = (last - first) / Math.max(1, Math.floor(maxPoints / 2)) || 1;
  let bucket = -1;
  let low = { step: 0, value: 0, row: -1 };
  let high = low;
  let end = low;
  const flush = (): void => {
    if (bucket < 0) return;
    const [one, other] = low.row <= high.row ? [low, high] : [high, low];
    put(found, one.step, one.value);
    if (other.row !== one.row) put(found, other.step, other.value);
    end = other;
  };
  let row = 0;
  for (const { steps, values } of parts) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!isNumber(value)) continue;
      row++;
      const step = steps[i]!;
      const at = Math.floor((step - first) / width);
      if (at !== bucket) {
        flush();
        bucket = at;
        low = { step, value, row };
        high = low;
      } else if (value < low.value) low = { step, value, row };
      else if (value > high.value) high = { step, value, row };
    }
  }
  flush();
  if (end.row !== row) putLast(parts, found);
}

/** The newest finite point. */
function putLast(parts: readonly Span[], found: ThinnedPoints): void {
  for (const { steps, values } of parts.toReversed()) {
    const row = values.findLastIndex(isNumber);
    if (row < 0) continue;
    put(found, steps[row]!, values[row]!);
    return;
  }
}
