import { pointsIn, type ReducedSeries } from '../fit/binAccumulator';
import type { PreparedCurve } from '../fit/prepare';
import { median } from '../fit/robust';
import type { Forecast, ForecastInput, Refusal } from './forecast';

/** Points and bins a fit needs: fewer say nothing of the shape of the curve. */
export const MIN_POINTS = 5;
export const MIN_BINS = 4;

/** Whether a series has enough points to tell the shape of its curve. */
export function hasShape({ pointsUsed, bins }: PreparedCurve): boolean {
  return pointsUsed >= MIN_POINTS && bins.steps.length >= MIN_BINS;
}

/** A newest loss this many times the lowest one is a divergence, not noise. */
const DIVERGED_RATIO = 1.2;

/** Trailing values that must be non-finite before a run counts as diverged. */
const LOST_POINTS = 3;

/**
 * Why the series itself cannot be forecast, before any law is fitted; `null` when it can. Looks at the plan, at
 * divergence, at the sign and the size of the loss, at the number of points and at whether the loss falls, in this order.
 */
export function seriesRefusal(input: ForecastInput, prepared: PreparedCurve): Refusal | null {
  if (!(input.finalStep > 0) || !Number.isFinite(input.finalStep)) {
    return refusal('noPlan', 'The last step of the run is unknown: give the total number of steps.');
  }
  if (hasDiverged(input.losses, prepared.series.losses)) {
    return refusal('diverged', 'The run has diverged: its newest losses are not finite or far above its lowest.');
  }
  if (prepared.series.leftOut.notPositive > 0.01 * pointsIn(prepared.series)) {
    return refusal('outsideLaw', 'The values reach zero or below: the laws hold for losses, which stay above zero.');
  }
  const strange = strangeLevel(prepared);
  if (strange !== null) return strange;
  if (!hasShape(prepared)) {
    const { pointsUsed } = prepared;
    const points = pointsUsed === 1 ? 'point' : 'points';
    const reason = `Only ${pointsUsed} usable ${points} after the warm-up; a forecast needs ${MIN_POINTS} at different steps: wait for more.`;
    return refusal('tooFewPoints', reason);
  }
  if (!isFalling(prepared)) {
    return refusal('notFalling', 'The loss has not fallen over the newest part of the run: no law of a fall applies.');
  }
  return null;
}

/** How much of a run a forecast has seen: newest step, share of the plan (`NaN` without one), points with a finite value. */
export function seenOf({ steps, losses, finalStep }: ForecastInput, reduced?: ReducedSeries): Forecast['seen'] {
  const step = steps[steps.length - 1] ?? 0;
  const fraction = finalStep > 0 ? Math.min(1, step / finalStep) : Number.NaN;
  if (reduced !== undefined) return { step, fraction, points: pointsIn(reduced) - reduced.leftOut.notFinite };
  let points = 0;
  for (let i = 0; i < losses.length; i++) if (Number.isFinite(losses[i]!)) points++;
  return { step, fraction, points };
}

/** Builds a refusal. */
export function refusal(code: Refusal['code'], reason: string): Refusal {
  return { code, reason };
}

/** `usable` are the finite losses above zero, or the means of groups of them. */
function hasDiverged(losses: Float64Array, usable: Float64Array): boolean {
  let lost = 0;
  while (lost < losses.length && !Number.isFinite(losses[losses.length - 1 - lost]!)) lost++;
  if (lost >= LOST_POINTS) return true;
  const span = Math.max(3, Math.ceil(usable.length / 20));
  if (usable.length < 2 * span) return false;
  let lowest = Number.POSITIVE_INFINITY;
  for (let from = 0; from + span <= usable.length; from += span) {
    lowest = Math.min(lowest, median(usable.subarray(from, from + span)));
  }
  return lowest > 0 && median(usable.subarray(usable.length - span)) > DIVERGED_RATIO * lowest;
}

/** Losses per token, in nats or bits, of models that learn from more data than they remember lie between these. */
const LEVELS = [0.05, 15] as const;

function strangeLevel({ bins }: PreparedCurve): Refusal | null {
  const level = Math.exp(median(bins.logLosses));
  if (level > LEVELS[1]) {
    const what = 'no loss per token: forecast its logarithm if it is a perplexity, or the mean if it is a sum';
    return refusal('outsideLaw', `A value of ${level.toPrecision(3)} is ${what}.`);
  }
  if (level < LEVELS[0]) {
    const what = 'small data learnt by heart in many passes, or another kind of loss';
    return refusal('outsideLaw', `A loss of ${level.toPrecision(2)} follows no law of pre-training (${what}).`);
  }
  return null;
}

function isFalling({ bins, curve }: PreparedCurve): boolean {
  const { logLosses } = bins;
  const third = Math.max(2, Math.floor(logLosses.length / 3));
  const early = median(logLosses.subarray(0, third));
  const late = median(logLosses.subarray(logLosses.length - third));
  const noise = bins.pointNoise / Math.sqrt(median(bins.counts) * third);
  return Number.isFinite(early) && curve.steps.length > 0 && early - late > 2 * noise;
}
