import { type LrPath, rateAt } from '../laws/lrPath';
import { meanWithoutSpikes } from './binAccumulator';
import { noiseOfMeans, pointNoise } from './noise';
import { median } from './robust';

/** Points averaged in groups. Equal lengths; steps ascend. */
export interface Bins {
  /** Mean step of each bin. */
  readonly steps: Float64Array;
  /** Natural logarithm of the mean loss. */
  readonly logLosses: Float64Array;
  readonly counts: Float64Array;
  /** Relative noise of one point of the series, as a share of its loss. */
  readonly pointNoise: number;
  /** The same as means over many points show it: above `pointNoise` where neighbours are alike (`noiseOfMeans`). */
  readonly meanNoise: number;
}

/** Points to bin: steps ascend strictly and are at least 1, losses are positive and finite. */
export interface BinInput {
  readonly steps: Float64Array;
  readonly losses: Float64Array;
  /** Points each entry stands for, 1 unless given, and the relative noise of one of them. */
  readonly counts?: Float64Array;
  readonly noise?: Float64Array;
}

/** Bins a series at most has, from the length of the run alone. */
export const MAX_BINS = 64;

/** A bin ends when the learning rate has moved by this share of its peak: the loss bends there. */
const MAX_RATE_CHANGE = 0.05;

/**
 * Groups points into bins of equal width in the logarithm of the step; a bin also ends where the learning rate has moved
 * by 5 % of its peak. `path` may be unknown. Empty input gives no bins. O(n log n).
 */
export function binPoints({ steps, losses, counts, noise }: BinInput, path: LrPath | undefined): Bins {
  const typical = noiseOf({ steps, losses, ...(counts && noise ? { counts, noise } : {}) });
  const width = steps.length > 1 ? Math.log(steps[steps.length - 1]! / steps[0]!) / MAX_BINS : 0;
  const means: number[] = [];
  const logs: number[] = [];
  const sizes: number[] = [];
  for (let from = 0; from < steps.length; ) {
    const to = binEnd(steps, from, width, path);
    const own = counts?.subarray(from, to);
    const size = own === undefined ? to - from : own.reduce((sum, count) => sum + count, 0);
    means.push(mean(steps.subarray(from, to), own, size));
    logs.push(Math.log(meanWithoutSpikes(losses.subarray(from, to), typical, own)));
    sizes.push(size);
    from = to;
  }
  return {
    steps: Float64Array.from(means),
    logLosses: Float64Array.from(logs),
    counts: Float64Array.from(sizes),
    pointNoise: typical,
    meanNoise: noiseOfMeans(steps, losses.map(Math.log), counts ?? new Float64Array(steps.length).fill(1), typical),
  };
}

/** Noise of one point: of the points themselves, or the middle of the groups' when most points are in groups. */
function noiseOf({ steps, losses, counts, noise }: BinInput): number {
  const grouped = noise?.filter(Number.isFinite) ?? new Float64Array(0);
  if (counts !== undefined && 2 * grouped.length > steps.length) return median(grouped);
  const scale = counts === undefined ? 1 : Math.sqrt(median(counts));
  return steps.length > 0 ? scale * pointNoise(steps, losses.map(Math.log)) : 0;
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

function mean(values: Float64Array, counts: Float64Array | undefined, size: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (counts?.[i] ?? 1) * values[i]!;
  return sum / size;
}
