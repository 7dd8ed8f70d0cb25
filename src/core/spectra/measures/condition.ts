import type { Estimate, Spectrum } from '../spectrum';

/**
 * Condition number σ₁/σₘ. Only the smallest value seen can be used, so where it is not settled, or below what its error
 * allows, the value is a lower bound and its error is null. Null for a matrix of zeros.
 */
export function condition({ values, errors, settled, size }: Spectrum): Estimate | null {
  const largest = values[0] ?? 0;
  if (!(largest > 0)) return null;
  const [smallest, error] = [values.at(-1)!, errors.at(-1)!];
  if (settled < size || smallest <= 2 * error)
    return { value: Math.sqrt(largest / Math.max(smallest, error)), error: null };
  const value = Math.sqrt(largest / smallest);
  return { value, error: (value * error) / smallest / 2 };
}
