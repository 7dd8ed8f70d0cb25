import type { Estimate, Spectrum } from '../spectrum';

/** Stable rank ‖W‖²_F/σ₁²: 1 to the shorter side, not larger than the rank. NaN for a matrix of zeros. */
export function stableRank({ energy, values, errors }: Spectrum): Estimate {
  const value = energy / values[0]!;
  return { value, error: (value * errors[0]!) / values[0]! };
}
