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
 * are. O(points in the window).
 */
export function decimate(
  spans: readonly Span[],
  maxPoints: number,
  window: readonly [number, number] | null = null,
): ThinnedPoints {
  const { steps, values } = finitePoints(spans, window);
  if (steps.length <= maxPoints) return { steps, values };
  const first = steps[0]!;
  const width = (steps[steps.length - 1]! - first) / Math.max(1, Math.floor(maxPoints / 2)) || 1;
  const thin: ThinnedPoints = { steps: [], values: [] };
  let from = 0;
  while (from < steps.length) {
    const bucket = Math.floor((steps[from]! - first) / width);
    let to = from;
    let least = from;
    let greatest = from;
    while (to < steps.length && Math.floor((steps[to]! - first) / width) === bucket) {
      if (values[to]! < values[least]!) least = to;
      if (values[to]! > values[greatest]!) greatest = to;
      to++;
    }
    const rows = least === greatest ? [least] : [Math.min(least, greatest), Math.max(least, greatest)];
    if (to === steps.length && rows.at(-1) !== to - 1) rows.push(to - 1);
    for (const row of rows) {
      thin.steps.push(steps[row]!);
      thin.values.push(values[row]!);
    }
    from = to;
  }
  return thin;
}

function finitePoints(spans: readonly Span[], window: readonly [number, number] | null): ThinnedPoints {
  const steps: number[] = [];
  const values: number[] = [];
  let before: [number, number] | undefined;
  for (const span of spans) {
    for (let i = 0; i < span.steps.length; i++) {
      const step = span.steps[i]!;
      const value = span.values[i]!;
      if (!Number.isFinite(value)) continue;
      if (window !== null && step < window[0]) {
        before = [step, value];
        continue;
      }
      if (before !== undefined) {
        steps.push(before[0]);
        values.push(before[1]);
        before = undefined;
      }
      steps.push(step);
      values.push(value);
      if (window !== null && step > window[1]) return { steps, values };
    }
  }
  return { steps, values };
}
