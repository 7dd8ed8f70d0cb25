import { type Estimate, type Spectrum, spectralSum } from '../spectrum';

/**
 * Hard rank (participation ratio) (Σλ)²/Σλ² of the squared singular values: 1 when one direction holds all, the shorter side when
 * all are equal. arXiv 2510.00537; NaN for a matrix of zeros.
 */
export function hardRank(spectrum: Spectrum): Estimate {
  const squares = spectralSum(spectrum, (value) => value * value);
  const value = spectrum.energy ** 2 / squares.value;
  return { value, error: (value * squares.error!) / squares.value };
}
