import { MAX_BINS } from './bins';
import { pointNoise } from './noise';
import { FLAT_PATH } from './prepare';
import type { FitCurve } from './problem';
import { median } from './robust';

/** What of a series that may rise can be fitted, with its noise: both in the unit of the values. */
export interface RisingCurve {
  readonly curve: FitCurve;
  /** Standard deviation of one point. */
  readonly noise: number;
  readonly pointsUsed: number;
  readonly notFinite: number;
  /** Whether the newest third lies above the first by more than the noise of both. */
  readonly isRising: boolean;
  /** Highest less lowest bin. */
  readonly range: number;
}

/** Error of a law over the range of the values, and Huber's threshold in standard deviations. */
const [LAW_ERROR, HUBER_SIGMAS] = [0.01, 1.5];

/** A rise must pass this many standard deviations of the two thirds compared. */
const CLEAR = 4;

/**
 * Bins a series of rewards, pass rates or other values of any sign: means over at most 64 bins of equal width in log step,
 * with the standard deviation of each. `steps` ascend. Values that are not finite are left out; none gives an empty curve.
 */
export function prepareRising(steps: Float64Array, values: Float64Array): RisingCurve {
  const kept = Array.from(values.keys()).filter((i) => Number.isFinite(values[i]!) && steps[i]! >= 1);
  const [xs, ys] = [steps, values].map((column) => Float64Array.from(kept, (i) => column[i]!)) as [
    Float64Array,
    Float64Array,
  ];
  const noise = pointNoise(xs, ys);
  const bins = meansOf(xs, ys);
  const means = Float64Array.from(bins, (bin) => bin.value);
  const range = means.length > 0 ? Math.max(...means) - Math.min(...means) : 0;
  const sigma = Float64Array.from(bins, ({ count }) => Math.hypot(noise / Math.sqrt(count), LAW_ERROR * range) || 1);
  const third = Math.max(1, Math.floor(ys.length / 3));
  const rise = median(ys.subarray(ys.length - third)) - median(ys.subarray(0, third));
  return {
    curve: {
      path: FLAT_PATH,
      steps: Float64Array.from(bins, (bin) => bin.step),
      targets: means,
      sigma,
      thresholds: sigma.map(() => HUBER_SIGMAS),
    },
    noise,
    pointsUsed: xs.length,
    notFinite: values.length - xs.length,
    isRising: rise > (CLEAR * noise) / Math.sqrt(third),
    range,
  };
}

interface Bin {
  readonly step: number;
  readonly value: number;
  readonly count: number;
}

function meansOf(steps: Float64Array, values: Float64Array): Bin[] {
  const bins: Bin[] = [];
  const width = steps.length > 1 ? Math.log(steps[steps.length - 1]! / steps[0]!) / MAX_BINS : 0;
  for (let from = 0; from < steps.length; ) {
    const end = steps[from]! * Math.exp(width);
    let [to, step, value] = [from, 0, 0];
    do {
      step += steps[to]!;
      value += values[to++]!;
    } while (to < steps.length && steps[to]! < end);
    bins.push({ step: step / (to - from), value: value / (to - from), count: to - from });
    from = to;
  }
  return bins;
}
