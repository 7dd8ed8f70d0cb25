import { type LrPath, rateAt } from '../laws/lrPath';
import { pointNoise } from './noise';
import { median, robustSd } from './robust';

/** Points averaged in groups. Equal lengths; steps ascend. */
export interface Bins {
  /** Mean step of each bin. */
  readonly steps: Float64Array;
  /** Natural logarithm of the mean loss. */
  readonly logLosses: Float64Array;
  readonly counts: Float64Array;
  /** Relative noise of one point of the series, as a share of its loss. */
  readonly pointNoise: number;
}

/** Bins a series at most has, from the length of the run alone. */
export const MAX_BINS = 64;

/** A bin ends when the learning rate has moved by this share of its peak: the loss bends there. */
const MAX_RATE_CHANGE = 0.05;

/** A point this many standard deviations off the middle of its bin is a spike and left out of the mean. */
const SPIKE = 6;

/**
 * Groups points into bins of equal width in the logarithm of the step; a bin also ends where the learning rate has moved
 * by 5 % of its peak. `steps` ascend strictly and are at least 1, `losses` are positive and finite, `path` may be unknown.
 * Empty input gives no bins. O(n log n).
 */
export function binPoints(steps: Float64Array, losses: Float64Array, path: LrPath | undefined): Bins {
  const noise = pointNoise(steps, losses.map(Math.log));
  const width = steps.length > 1 ? Math.log(steps[steps.length - 1]! / steps[0]!) / MAX_BINS : 0;
  const means: number[] = [];
  const logs: number[] = [];
  const counts: number[] = [];
  for (let from = 0; from < steps.length; ) {
    const to = binEnd(steps, from, width, path);
    means.push(mean(steps.subarray(from, to)));
    logs.push(Math.log(meanWithoutSpikes(losses.subarray(from, to), noise)));
    counts.push(to - from);
    from = to;
  }
  return {
    steps: Float64Array.from(means),
    logLosses: Float64Array.from(logs),
    counts: Float64Array.from(counts),
    pointNoise: noise,
  };
}

function binEnd(steps: Float64Array, from: number, width: number, path: LrPath | undefined): number {
  const end = steps[from]! * Math.exp(width);
  const rate = path === undefined ? 0 : rateAt(path, steps[from]!);
  let to = from + 1;
  while (to < steps.length && steps[to]! < end) {
    if (path !== undefined && Math.abs(rateAt(path, steps[to]!) - rate) > MAX_RATE_CHANGE) break;
    to++;
  }
  return to;
}

function meanWithoutSpikes(losses: Float64Array, noise: number): number {
  if (losses.length < 4) return mean(losses);
  const middle = median(losses);
  const limit = SPIKE * Math.max(noise * middle, robustSd(losses, middle));
  return mean(losses.filter((loss) => Math.abs(loss - middle) <= limit));
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
