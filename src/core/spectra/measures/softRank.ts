import { type Estimate, type Spectrum, spectralSum } from '../spectrum';

/**
 * Small values are known to the rounding of the largest, and there are many of them: what that adds to the entropy, in units of
 * rounding. Measured on power laws over six orders of magnitude.
 */
const SMALL_VALUES = 50;

/**
 * Soft rank (Shannon rank) exp(−Σ p ln p) of the shares p = λ/Σλ of the squared singular values: between the hard rank and
 * the shorter side. arXiv 2510.00537. Not the effective rank of Roy and Vetterli, which takes shares of σ. NaN for zeros.
 */
export function softRank(spectrum: Spectrum): Estimate {
  const entropy = spectralSum(spectrum, (value) => {
    const share = value / spectrum.energy;
    return share > 0 ? -share * Math.log(share) : 0;
  });
  const value = Math.exp(entropy.value);
  return { value, error: value * (entropy.error! + SMALL_VALUES * spectrum.relativeRounding) };
}
