import type { LrPath } from '../laws/lrPath';
import { MAX_RAW_POINTS, type ReducedSeries, reduceSeries } from './binAccumulator';
import { type Bins, binPoints } from './bins';
import { driftFactor } from './drift';
import type { FitCurve } from './problem';

/** Points of one series and how far they may be used. */
export interface RawCurve {
  /** Steps ascend; equal steps keep their last value. */
  readonly steps: Float64Array;
  /** Nats; non-finite values and values at or below zero are left out. */
  readonly losses: Float64Array;
  /** Learning rate in normalised units; `undefined` when unknown. */
  readonly path: LrPath | undefined;
}

/** What of a series can be fitted. */
export interface PreparedCurve {
  readonly curve: FitCurve;
  readonly bins: Bins;
  /** All usable points, or groups of them when there are many. */
  readonly series: ReducedSeries;
  readonly pointsUsed: number;
  readonly leftOut: readonly { readonly reason: string; readonly count: number }[];
}

/** Constants of the data model, relative to the loss where they are sizes. */
export const DATA_MODEL = {
  /** Points before this multiple of the warm-up are left out: the loss still settles there. */
  warmupFactor: 1.5,
  /** Points before this share of the newest step are left out: the laws do not hold across a whole run. */
  window: 0.35,
  /** The window reaches further back until it holds this many points. */
  windowPoints: 8,
  /** How far a run wanders about its law, at the newest bin; grows with the distance in steps, so that old data weigh less. */
  lawError: 0.002,
  lawErrorGrowth: 0.6,
  /**
   * The loss of the first steps lies off every law, above it or below, and nears it within a thousand steps. In a short run
   * it is the first `share` of what was seen: something must be left to fit.
   */
  transient: { error: 0.02, step: 600, power: 8, share: 0.7 },
  /** Huber's threshold in standard deviations. */
  huberSigmas: 1.5,
} as const;

/** What of the data model depends on the law and on the use; `DATA_MODEL` without. */
export interface DataOptions {
  readonly lawError?: number | undefined;
  readonly window?: number | undefined;
}

/** Relative error of a bin of a series without any noise: digits of a log. */
const LEAST_ERROR = 1e-5;

/** Points a fit wants at least. */
const FEW_POINTS = 6;

/** Stands in for an unknown learning rate: constant, so that laws that need none can be fitted. */
export const FLAT_PATH: LrPath = {
  steps: Float64Array.of(0),
  rates: Float64Array.of(1),
  progress: Float64Array.of(1),
  peakLr: 1,
  warmupEnd: 0,
};

/**
 * Cleans, bins and weighs a series for a fit: leaves out what is not finite, not positive, within 1.5 warm-ups or old,
 * averages the rest in bins of equal width in log step, and gives every bin its noise and a share in the slow wandering of
 * the run about the law (`driftFactor`), of the relative size `lawError` at the newest bin. Fewer than 6 points
 * after 1.5 warm-ups: those after the warm-up itself count too. Never throws; no usable point gives an empty curve.
 * Series of more than `MAX_RAW_POINTS` are reduced first.
 */
export function prepareCurve({ steps, losses, path }: RawCurve, options: DataOptions = {}): PreparedCurve {
  if (steps.length > MAX_RAW_POINTS) return prepareReduced(reduceSeries(steps, losses), path, options);
  const counts = new Float64Array(steps.length).fill(1);
  const leftOut = { notFinite: 0, notPositive: 0, repeated: 0 };
  const kept: number[] = [];
  for (let i = 0; i < steps.length; i++) {
    if (!Number.isFinite(losses[i]!)) leftOut.notFinite++;
    else if (losses[i]! <= 0) leftOut.notPositive++;
    else if (kept.length > 0 && steps[kept[kept.length - 1]!] === steps[i]) {
      kept[kept.length - 1] = i;
      leftOut.repeated++;
    } else kept.push(i);
  }
  const pick = (values: Float64Array): Float64Array => Float64Array.from(kept, (i) => values[i]!);
  const series = {
    steps: pick(steps),
    losses: pick(losses),
    counts: pick(counts),
    noise: new Float64Array(0),
    leftOut,
  };
  return prepareReduced(series, path, options);
}

/** As `prepareCurve`, for a series that was reduced while its points arrived. O(groups). */
export function prepareReduced(
  series: ReducedSeries,
  path: LrPath | undefined,
  { lawError = DATA_MODEL.lawError, window = DATA_MODEL.window }: DataOptions = {},
): PreparedCurve {
  const { steps, counts, leftOut } = series;
  const warm = firstUsable(series, path);
  const oldest = oldestUsed(steps, counts, window);
  let [tooEarly, tooOld] = [0, 0];
  const kept: number[] = [];
  for (let i = 0; i < steps.length; i++) {
    if (steps[i]! < warm) tooEarly += counts[i]!;
    else if (steps[i]! < oldest) tooOld += counts[i]!;
    else kept.push(i);
  }
  const pick = (values: Float64Array): Float64Array => Float64Array.from(kept, (i) => values[i]!);
  const isGrouped = series.noise.length > 0;
  const input = { steps: pick(steps), losses: pick(series.losses) };
  const bins = binPoints(isGrouped ? { ...input, counts: pick(counts), noise: pick(series.noise) } : input, path);
  const reasons = {
    'not finite': leftOut.notFinite,
    'not positive': leftOut.notPositive,
    'during or just after warm-up': tooEarly,
    'too long ago': tooOld,
    repeated: leftOut.repeated,
  };
  return {
    curve: weigh(bins, path ?? FLAT_PATH, { lawError, window }),
    bins,
    series,
    pointsUsed: kept.reduce((sum, i) => sum + counts[i]!, 0),
    leftOut: Object.entries(reasons).flatMap(([reason, count]) => (count > 0 ? [{ reason, count }] : [])),
  };
}

/** First step that may be used: after 1.5 warm-ups, or after the warm-up while too few points lie behind that. */
function firstUsable({ steps }: ReducedSeries, path: LrPath | undefined): number {
  const warmupEnd = path?.warmupEnd ?? 0;
  const settled = Math.max(1, DATA_MODEL.warmupFactor * warmupEnd);
  const enough = steps.length >= FEW_POINTS && steps[steps.length - FEW_POINTS]! >= settled;
  if (enough) return settled;
  return Math.min(settled, Math.max(1, warmupEnd, steps[Math.max(0, steps.length - FEW_POINTS)] ?? 1));
}

function oldestUsed(steps: Float64Array, counts: Float64Array, window: number): number {
  if (steps.length === 0) return 0;
  let points = 0;
  let i = steps.length;
  while (i > 0 && points < DATA_MODEL.windowPoints) points += counts[--i]!;
  return Math.min(window * steps[steps.length - 1]!, steps[i]!);
}

function weigh(
  bins: Bins,
  path: LrPath,
  { lawError, window }: { readonly lawError: number; readonly window: number },
): FitCurve {
  const { steps, logLosses, counts } = bins;
  const newest = steps[steps.length - 1] ?? 1;
  const { transient } = DATA_MODEL;
  const settled = window === 0 ? 0 : Math.min(transient.step, transient.share * newest);
  const drift = steps.map((step) => lawError * (1 + DATA_MODEL.lawErrorGrowth * (newest / step - 1)));
  const noise = counts.map((count) => bins.meanNoise / Math.sqrt(count));
  const own = steps.map((step, i) => {
    const early = transient.error * (settled / step) ** transient.power;
    return Math.hypot(noise[i]!, early, LEAST_ERROR);
  });
  const sigma = own.map((sd, i) => Math.hypot(sd, drift[i]!));
  const factor = driftFactor(steps, own, drift);
  const thresholds = steps.map(() => DATA_MODEL.huberSigmas);
  return { path, steps, targets: logLosses, sigma, noise, factor, thresholds };
}
