import { fitPolynomial } from './leastSquares';

/** rank = exp(intercept)·widthᵝ. */
export interface WidthLaw {
  readonly exponent: number;
  /** 95 % interval of the exponent: without it the exponent overstates what a few widths can tell. */
  readonly interval: readonly [number, number];
  readonly intercept: number;
  readonly rSquared: number;
  readonly widths: number;
}

/** Fewest widths for a law. */
const MIN_WIDTHS = 4;

/**
 * Exponent of a rank over the width of a layer, least squares on logarithms with Student's interval (arXiv 2605.21803; the laws of arXiv
 * 2510.00537). An exponent of 1 uses all of an added width, 0 none. Points that are not positive are left out; null with
 * fewer than 4 different widths.
 */
export function fitWidthLaw(points: readonly { readonly width: number; readonly rank: number }[]): WidthLaw | null {
  const good = points.filter(({ width, rank }) => width > 0 && rank > 0 && Number.isFinite(width * rank));
  const widths = new Set(good.map(({ width }) => width)).size;
  if (widths < MIN_WIDTHS) return null;
  const fit = fitPolynomial(
    good.map(({ width }) => Math.log(width)),
    good.map(({ rank }) => Math.log(rank)),
    1,
  );
  if (fit === null) return null;
  const [intercept, exponent] = fit.coefficients as [number, number];
  const reach = fit.errors[1]!;
  return { exponent, interval: [exponent - reach, exponent + reach], intercept, rSquared: fit.rSquared, widths };
}
