import { evaluateFitted, type FittedForecast, type HalfWidths } from '../forecast/fittedForecast';
import type { ForecastWithFit } from '../forecast/lawForecast';
import { type Answer, answered, declined } from './answer';

/** Standard deviations of a normal distribution that hold 80 % and 95 %. */
const NORMAL_80 = 1.2815515655446004;
const NORMAL_95 = 1.959963984540054;

/**
 * Chance that an error stays below `z` standard deviations when its 80 % and 95 % intervals have these half-widths: the
 * quantiles of a normal distribution, stretched so that both intervals hold what they promise. In [0, 1]; 0.5 at 0.
 */
export function chanceOfZ(z: number, halfWidths: HalfWidths): number {
  const size = Math.abs(z);
  const { of80 } = halfWidths;
  const normal = size <= of80 ? (size * NORMAL_80) / of80 : NORMAL_80 + (size - of80) / stretch(halfWidths);
  return z < 0 ? 1 - normalBelow(normal) : normalBelow(normal);
}

/** The `z` of `chanceOfZ` that is as likely as `normal` standard deviations of a normal distribution. */
export function zOfNormal(normal: number, halfWidths: HalfWidths): number {
  const size = Math.abs(normal);
  const { of80 } = halfWidths;
  const z = size <= NORMAL_80 ? (size / NORMAL_80) * of80 : of80 + (size - NORMAL_80) * stretch(halfWidths);
  return Math.sign(normal) * z;
}

/** How much wider than a normal distribution the tails are, beyond the 80 % interval. */
function stretch({ of80, of95 }: HalfWidths): number {
  return Math.max(of95 - of80, 1e-9) / (NORMAL_95 - NORMAL_80);
}

/** Chance that the smoothed final loss of the run ends below `loss` (nats). Refused for a loss that is not above 0. */
export function chanceBelow(fitted: FittedForecast, loss: number): Answer<number> {
  if (!(loss > 0) || !Number.isFinite(loss)) return declined('badArgument', 'A loss is a number above 0.');
  const { values, relativeSd } = evaluateFitted(fitted, Float64Array.of(fitted.finalStep));
  return answered(chanceOfZ(Math.log(loss / values[0]!) / relativeSd[0]!, fitted.halfWidths));
}

/** A final loss with its uncertainty, forecast or measured. */
export interface End {
  /** Nats. */
  readonly value: number;
  /** Relative standard deviation, and half-widths of the intervals in multiples of it. */
  readonly relativeSd: number;
  readonly halfWidths: HalfWidths;
  /**
   * The parameter held by a prior that the end hangs on most, and the part of the relative error that goes with it: runs
   * that lean on the same prior err together in it. `null` when the run determines all.
   */
  readonly held: { readonly param: number; readonly sd: number } | null;
}

/** The end of a run as its forecast says it, measured when it is over; `null` without a final loss. */
export function endOf({ forecast, fitted }: ForecastWithFit): End | null {
  const { finalLoss, refused } = forecast;
  if (finalLoss === null) return null;
  if (refused?.code === 'finished' || fitted === null) {
    const relativeSd = Math.log(finalLoss.interval95[1] / finalLoss.value) / NORMAL_95;
    return { value: finalLoss.value, relativeSd, halfWidths: { of80: NORMAL_80, of95: NORMAL_95 }, held: null };
  }
  const { values, relativeSd, gradients } = evaluateFitted(fitted, Float64Array.of(fitted.finalStep));
  const held = heldBy(fitted, gradients);
  return { value: values[0]!, relativeSd: relativeSd[0]!, halfWidths: fitted.halfWidths, held };
}

/** Part of the error of the end that goes with each parameter held by a prior: its regression on that parameter. */
function heldBy({ held, covariance }: FittedForecast, gradient: Float64Array): End['held'] {
  const size = gradient.length;
  let most: End['held'] = null;
  for (let param = 0; param < size; param++) {
    const variance = covariance[param * (size + 1)]!;
    if (!held[param] || !(variance > 0) || !Number.isFinite(variance)) continue;
    let along = 0;
    for (let a = 0; a < size; a++) along += gradient[a]! * covariance[a * size + param]!;
    const sd = along / Math.sqrt(variance);
    if (most === null || Math.abs(sd) > Math.abs(most.sd)) most = { param, sd };
  }
  return most;
}

/** How far errors from one prior go together: runs of one project are alike in part (see `PROJECT_SHARE` of the prior). */
const COMMON = 0.5;

/**
 * Chance that run `a` ends below run `b`, by their joint uncertainty: errors that both owe to the same prior cancel in
 * part, everything else is independent. Both must be losses of the same kind on the same data: that is the caller's to
 * know. In [0, 1].
 */
export function chanceBelowRun(a: End, b: End): number {
  const isOne = a.held !== null && a.held.param === b.held?.param;
  const together = isOne ? COMMON * a.held!.sd * b.held!.sd : 0;
  const variance = a.relativeSd ** 2 + b.relativeSd ** 2 - 2 * together;
  const sd = Math.sqrt(Math.max(variance, 1e-18));
  const width = (of: keyof HalfWidths): number =>
    Math.hypot(a.halfWidths[of] * a.relativeSd, b.halfWidths[of] * b.relativeSd) /
    Math.max(Math.hypot(a.relativeSd, b.relativeSd), 1e-9);
  return chanceOfZ(Math.log(b.value / a.value) / sd, { of80: width('of80'), of95: width('of95') });
}

/** Distribution function of the normal distribution. Source: Abramowitz & Stegun 1964, 7.1.26, error below 1.5e-7. */
function normalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const upper = 0.5 * poly * Math.exp(-x * x);
  return z < 0 ? upper : 1 - upper;
}
