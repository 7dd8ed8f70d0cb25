import { type Estimate, massBelow, meanWeights, type Spectrum, spectralSum } from '../spectrum';

/** Relative distance of neighbouring float32 values, of which the matrix consists. */
const FLOAT32_EPSILON = 2 ** -23;

/** Number of singular values above max(m, n)·ε·σ₁ with the ε of float32, as `numpy.linalg.matrix_rank` counts for float32. */
export function numericalRank(spectrum: Spectrum): Estimate {
  const threshold = (Math.max(spectrum.rows, spectrum.columns) * FLOAT32_EPSILON) ** 2 * spectrum.values[0]!;
  const count = spectralSum(spectrum, (value) => (value > threshold ? 1 : 0));
  if (spectrum.settled === spectrum.size) return { value: count.value, error: 0 };
  const rest = spectrum.size - spectrum.settled;
  const { zeros, unsure } = massBelow(meanWeights(spectrum.weights, spectrum.values.length - spectrum.settled), rest);
  const value = zeros === 0 && spectrum.values.at(-1)! > threshold ? spectrum.size : count.value;
  return { value: Math.min(spectrum.size, Math.max(spectrum.settled, value)), error: unsure + count.error! };
}
