/** Logged learning rates: equal lengths, steps ascend strictly, rates finite and not negative. */
export interface LrPoints {
  readonly steps: Float64Array<ArrayBuffer>;
  readonly lrs: Float64Array<ArrayBuffer>;
}

/**
 * The usable points of a logged learning rate. Non-finite or negative values are dropped; where steps repeat or go back,
 * what came later replaces what it overlaps. Empty input gives empty output. O(n).
 */
export function cleanPoints(steps: ArrayLike<number>, lrs: ArrayLike<number>): LrPoints {
  const length = Math.min(steps.length, lrs.length);
  const cleanSteps = new Float64Array(length);
  const cleanLrs = new Float64Array(length);
  let count = 0;
  for (let i = 0; i < length; i++) {
    const step = steps[i]!;
    const lr = lrs[i]!;
    if (!Number.isFinite(step) || !Number.isFinite(lr) || lr < 0) continue;
    while (count > 0 && cleanSteps[count - 1]! >= step) count--;
    cleanSteps[count] = step;
    cleanLrs[count] = lr;
    count++;
  }
  return { steps: cleanSteps.slice(0, count), lrs: cleanLrs.slice(0, count) };
}

/** Greatest rate of `points`; 0 for no points. */
export function peakOf(points: LrPoints): number {
  let peak = 0;
  for (const lr of points.lrs) if (lr > peak) peak = lr;
  return peak;
}

/** The points [from, to) without copying. */
export function slicePoints(points: LrPoints, from: number, to = points.steps.length): LrPoints {
  return { steps: points.steps.subarray(from, to), lrs: points.lrs.subarray(from, to) };
}

/** At most `limit` points of `points`, evenly spread by row, both ends kept. */
export function thinPoints(points: LrPoints, limit: number): LrPoints {
  const length = points.steps.length;
  if (length <= limit) return points;
  const steps = new Float64Array(limit);
  const lrs = new Float64Array(limit);
  for (let i = 0; i < limit; i++) {
    const row = Math.round((i * (length - 1)) / (limit - 1));
    steps[i] = points.steps[row]!;
    lrs[i] = points.lrs[row]!;
  }
  return { steps, lrs };
}
