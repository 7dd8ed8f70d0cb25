import type { Estimate, Spectrum } from '../spectrum';

/**
 * The largest singular values, descending. The error bounds the distance to a singular value: the residual ‖Gv − λv‖ of its vector or,
 * where the next value is far enough, its square over that distance (Kato and Temple), divided by 2σ.
 */
export function topValues({ values, errors, size }: Spectrum, count = 8): Estimate[] {
  return Array.from({ length: Math.min(count, size, values.length) }, (_, i) => {
    const value = Math.sqrt(values[i]!);
    const error = errors[i]!;
    return { value, error: value > 0 ? Math.min(error / value, Math.sqrt(error)) : Math.sqrt(error) };
  });
}
