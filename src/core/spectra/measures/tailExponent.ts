/** Fewest eigenvalues for a tail. */
export const MIN_TAIL_VALUES = 50;

/** Starts of the tail that are tried; a spectrum with fewer eigenvalues has all of them tried. */
const MAX_STARTS = 512;

/** A power law p(λ) ∝ λ^−alpha from `start` on. */
export interface TailFit {
  readonly alpha: number;
  /** Standard error of alpha: (alpha − 1)/√n for n values in the tail. */
  readonly error: number;
  readonly start: number;
  /** Values from there on. */
  readonly count: number;
  /** Largest distance between the cumulative distributions of values and law. */
  readonly distance: number;
}

/**
 * Heavy-tail exponent alpha by Clauset, Shalizi and Newman (arXiv 0706.1062, eq. 3.1 and section 3.3), as WeightWatcher uses it:
 * every eigenvalue but the last is tried as the start of the tail, the one with the smallest Kolmogorov distance wins (512
 * of them where there are more). `eigenvalues` descending; null with fewer than 50 positive ones.
 */
export function tailExponent(eigenvalues: Float64Array): TailFit | null {
  const values = positiveAscending(eigenvalues);
  const count = values.length;
  if (count < MIN_TAIL_VALUES || values[0] === values[count - 1]) return null;
  const logs = values.map(Math.log);
  const sums = new Float64Array(count + 1);
  for (let i = count - 1; i >= 0; i--) sums[i] = sums[i + 1]! + logs[i]!;
  let best: TailFit | null = null;
  const step = Math.max(1, (count - 1) / MAX_STARTS);
  for (let position = 0; position < count - 1; position += step) {
    const first = Math.floor(position);
    const tail = count - first;
    const excess = sums[first]! - tail * logs[first]!;
    if (!(excess > 0)) continue;
    const alpha = 1 + tail / excess;
    const distance = distanceTo(logs, first, alpha, best?.distance ?? 1);
    if (best === null || distance < best.distance) {
      best = { alpha, error: (alpha - 1) / Math.sqrt(tail), start: values[first]!, count: tail, distance };
    }
  }
  return best;
}

/** Kolmogorov distance of the tail from `first`; stops at `limit`, which cannot win. */
function distanceTo(logs: Float64Array, first: number, alpha: number, limit: number): number {
  const tail = logs.length - first;
  let largest = 0;
  for (let j = first; j < logs.length && largest < limit; j++) {
    const law = 1 - Math.exp((1 - alpha) * (logs[j]! - logs[first]!));
    largest = Math.max(largest, Math.abs(law - (j - first) / tail));
  }
  return largest;
}

/**
 * Hill's estimate of the exponent from the larger half of the eigenvalues: 1 + k/Σ ln(λ/λ₀) with k = n/2 and λ₀ the value below them, as
 * FARMS uses it (arXiv 2506.06280). Null with fewer than 50 positive values.
 */
export function hillExponent(eigenvalues: Float64Array): number | null {
  const values = positiveAscending(eigenvalues);
  if (values.length < MIN_TAIL_VALUES) return null;
  const start = Math.floor(values.length / 2);
  const floor = Math.log(values[start]!);
  let sum = 0;
  for (let i = start; i < values.length; i++) sum += Math.log(values[i]!) - floor;
  return sum > 0 ? 1 + (values.length - start) / sum : null;
}

/** What is not rounding of a zero, ascending. */
function positiveAscending(eigenvalues: Float64Array): Float64Array {
  const floor = (eigenvalues[0] ?? 0) * 1e-12;
  return eigenvalues.filter((value) => value > floor).reverse();
}
