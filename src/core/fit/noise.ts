import { median, robustSd } from './robust';

/**
 * Standard deviation of the noise of one point, in the unit of `values`: how far each point lies from the straight line
 * between its two neighbours, divided by the spread that independent noise would give that distance. The trend cancels
 * whatever the spacing. `steps` ascend strictly, `values` are finite. 0 for fewer than 3 points.
 * Source: Gasser, Sroka & Jennen-Steinmetz 1986, doi 10.1093/biomet/73.3.625, made robust by the median.
 */
export function pointNoise(steps: Float64Array, values: Float64Array): number {
  if (steps.length < 3) return 0;
  const distances = new Float64Array(steps.length - 2);
  for (let i = 1; i + 1 < steps.length; i++) {
    const right = (steps[i]! - steps[i - 1]!) / (steps[i + 1]! - steps[i - 1]!);
    const left = 1 - right;
    const distance = values[i]! - left * values[i - 1]! - right * values[i + 1]!;
    distances[i - 1] = distance / Math.sqrt(1 + left * left + right * right);
  }
  return robustSd(distances, 0);
}

/** Blocks from which the noise of a mean is told. */
const LEAST_BLOCKS = 16;

/** Noise of blocks counts when it passes that of independent points by this many over the root of the number of blocks. */
const CLEAR = 5;

/** Runs wander about any law by this, relative to the loss: it is no noise. */
const WANDERING = 1e-3;

/**
 * Noise of one point as the means of many show it: a mean over k points has this over sqrt(k). Equals `single`, the noise of
 * one point, for independent ones; above it when neighbours are alike, as in a log of running means. The greatest over
 * blocks of 1, 2, 4, … neighbours, as long as there are 16 of them; spikes are left out. `values` are logarithms of means over `counts` points, steps
 * ascend strictly. Source: Flyvbjerg & Petersen 1989, doi 10.1063/1.457480 (blocking).
 */
export function noiseOfMeans(steps: Float64Array, values: Float64Array, counts: Float64Array, single: number): number {
  let [xs, ys] = [steps, withoutSpikes(values, single)];
  let most = single;
  for (let size = median(counts); xs.length >= LEAST_BLOCKS; size *= 2) {
    const variance = pointNoise(xs, ys) ** 2 - WANDERING ** 2;
    const own = Math.sqrt(Math.max(0, variance) * size);
    if (own > single * (1 + CLEAR / Math.sqrt(xs.length))) most = Math.max(most, own);
    [xs, ys] = [halved(xs), halved(ys)];
  }
  return most;
}

/** Points this many times the noise off the middle of five neighbours are spikes. */
const SPIKE = 6;

function withoutSpikes(values: Float64Array, noise: number): Float64Array {
  const isNear = (value: number, other = value): boolean => Math.abs(value - other) <= (SPIKE / 2) * noise;
  return values.map((value, i) => {
    // Three of the five are near then, and so is their middle.
    if (i > 0 && isNear(value, values[i - 1]) && isNear(value, values[i + 1])) return value;
    const middle = median(values.subarray(Math.max(0, i - 2), i + 3));
    return Math.abs(value - middle) > SPIKE * noise ? middle : value;
  });
}

function halved(values: Float64Array): Float64Array {
  return Float64Array.from({ length: values.length >> 1 }, (_, i) => (values[2 * i]! + values[2 * i + 1]!) / 2);
}

/**
 * Correlation of neighbouring `residuals` about zero, in [-1, 1]; 0 for fewer than 3 or when all are zero. Equals the
 * lag-1 entry of an autocorrelation without removal of the mean.
 */
export function neighbourCorrelation(residuals: Float64Array): number {
  if (residuals.length < 3) return 0;
  let cross = 0;
  let square = 0;
  for (let i = 0; i < residuals.length; i++) {
    square += residuals[i]! ** 2;
    if (i > 0) cross += residuals[i]! * residuals[i - 1]!;
  }
  return square > 0 ? cross / square : 0;
}
