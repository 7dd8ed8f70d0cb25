import type { Span } from './series';

/** The finite point of a series nearest to `step`, the earlier of two; `undefined` when there is none. */
export function nearestPoint(
  spans: readonly Span[],
  step: number,
): { readonly step: number; readonly value: number } | undefined {
  let best: { step: number; value: number } | undefined;
  for (const { steps, values } of spans) {
    for (const [i, at] of steps.entries()) {
      const value = values[i]!;
      if (!Number.isFinite(value)) continue;
      if (best === undefined || Math.abs(at - step) < Math.abs(best.step - step)) best = { step: at, value };
    }
  }
  return best;
}
