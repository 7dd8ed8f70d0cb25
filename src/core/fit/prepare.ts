import type { LrPath } from '../laws/lrPath';
import { type Bins, binPoints } from './bins';
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
  /** Error of the laws themselves at the newest bin; grows with the distance in steps, so that old data weigh less. */
  lawError: 0.002,
  lawErrorGrowth: 0.6,
  /** Huber's threshold: 1e-3 of the loss, as published, but at least this many standard deviations of the bin. */
  huberShare: 1e-3,
  huberSigmas: 1.5,
} as const;

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
 * averages the rest in bins of equal width in log step, and gives every bin the standard deviation
 * sqrt(noise² / count + lawError²). Never throws; no usable point gives an empty curve.
 */
export function prepareCurve({ steps, losses, path }: RawCurve): PreparedCurve {
  const warm = Math.max(1, DATA_MODEL.warmupFactor * (path?.warmupEnd ?? 0));
  const oldest = oldestUsed(steps);
  const reasons = {
    'not finite': 0,
    'not positive': 0,
    'during or just after warm-up': 0,
    'too long ago': 0,
    repeated: 0,
  };
  const kept: number[] = [];
  for (let i = 0; i < steps.length; i++) {
    if (!Number.isFinite(losses[i]!)) reasons['not finite']++;
    else if (losses[i]! <= 0) reasons['not positive']++;
    else if (steps[i]! < warm) reasons['during or just after warm-up']++;
    else if (steps[i]! < oldest) reasons['too long ago']++;
    else if (kept.length > 0 && steps[kept[kept.length - 1]!] === steps[i]) {
      kept[kept.length - 1] = i;
      reasons.repeated++;
    } else kept.push(i);
  }
  const usedSteps = Float64Array.from(kept, (i) => steps[i]!);
  const bins = binPoints(
    usedSteps,
    Float64Array.from(kept, (i) => losses[i]!),
    path,
  );
  return {
    curve: weigh(bins, path ?? FLAT_PATH),
    bins,
    pointsUsed: kept.length,
    leftOut: Object.entries(reasons).flatMap(([reason, count]) => (count > 0 ? [{ reason, count }] : [])),
  };
}

function oldestUsed(steps: Float64Array): number {
  if (steps.length <= DATA_MODEL.windowPoints) return 0;
  const newest = steps[steps.length - 1]!;
  return Math.min(DATA_MODEL.window * newest, steps[steps.length - DATA_MODEL.windowPoints]!);
}

function weigh(bins: Bins, path: LrPath): FitCurve {
  const { steps, logLosses, counts } = bins;
  const newest = steps[steps.length - 1] ?? 1;
  const sigma = steps.map((step, i) => {
    const lawError = DATA_MODEL.lawError * (1 + DATA_MODEL.lawErrorGrowth * (newest / step - 1));
    return Math.hypot(bins.pointNoise / Math.sqrt(counts[i]!), lawError);
  });
  const thresholds = sigma.map((sd) => Math.max(DATA_MODEL.huberShare / sd, DATA_MODEL.huberSigmas));
  return { path, steps, logLosses, sigma, thresholds };
}
