import { fitPolynomial } from './leastSquares';

/** Largest attention logit from which runs diverged (arXiv 2309.14322, section 3.1). */
export const DIVERGING_LOGIT = 1e4;

/** Where the largest attention logit is heading. */
export interface LogitForecast {
  readonly value: number;
  /** 95 % interval of an observation there. */
  readonly interval: readonly [number, number];
  /** Whether the value passes 10⁴, and whether the interval allows it. */
  readonly diverging: boolean;
  readonly atRisk: boolean;
}

/** Points that a quadratic needs to have scatter. */
const MIN_POINTS = 4;

/**
 * Largest attention logit at `target`, by a quadratic of its logarithm in that of the scale: parameters of models, as in arXiv 2309.14322, or
 * steps of one run, which that paper did not try. Points that are not positive are left out; null with fewer than 4 scales.
 */
export function extrapolateLogits(
  points: readonly { readonly scale: number; readonly logit: number }[],
  target: number,
): LogitForecast | null {
  const good = points.filter(({ scale, logit }) => scale > 0 && logit > 0 && Number.isFinite(scale * logit));
  if (new Set(good.map(({ scale }) => scale)).size < MIN_POINTS || !(target > 0)) return null;
  // Centred, so that the normal equations stay well conditioned.
  const centre = good.reduce((sum, { scale }) => sum + Math.log(scale), 0) / good.length;
  const fit = fitPolynomial(
    good.map(({ scale }) => Math.log(scale) - centre),
    good.map(({ logit }) => Math.log(logit)),
    2,
  );
  if (fit === null) return null;
  const { value, error } = fit.at(Math.log(target) - centre);
  const interval = [Math.exp(value - error), Math.exp(value + error)] as const;
  const limit = DIVERGING_LOGIT;
  return { value: Math.exp(value), interval, diverging: Math.exp(value) >= limit, atRisk: interval[1] >= limit };
}
