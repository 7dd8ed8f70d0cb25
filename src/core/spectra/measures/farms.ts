import { symmetricEigenvalues } from '../exact';
import type { Kernels } from '../kernels';
import type { StoredMatrix } from '../storedMatrix';
import { noiseEigenvalues } from './noiseSpectrum';
import { hillExponent, MIN_TAIL_VALUES } from './tailExponent';

/** Largest side of a window, and windows along each side of the matrix. FARMS takes up to 2000 and 15; this costs 0.1 s. */
const WINDOW = 256;
const GRID = 3;

/** Student's t for 95 % with 8 degrees of freedom. */
const T95 = 2.31;

/** Tail exponent that does not depend on the shape of the matrix. */
export interface FarmsExponent {
  readonly value: number;
  /** From the spread over the windows. */
  readonly error: number;
  /** The same for noise. */
  readonly noise: number;
  readonly window: number;
  readonly windows: number;
}

/**
 * FARMS (arXiv 2506.06280): squared singular values of square windows on a grid over the matrix, pooled, and one Hill estimate.
 * Null when the shorter side is below 50.
 */
export async function farmsExponent(kernels: Kernels, matrix: StoredMatrix): Promise<FarmsExponent | null> {
  const { rows, columns } = matrix;
  const window = Math.min(WINDOW, rows, columns);
  if (window < MIN_TAIL_VALUES) return null;
  const pools: Float64Array[] = [];
  await kernels.scope(async () => {
    const band = kernels.allocate(window * columns * 4);
    const gram = kernels.allocate(window * window * 8);
    const work = kernels.allocate(kernels.call.productWork(window));
    for (const top of positions(rows, window)) {
      const at = await matrix.rowsAt(top, window, band);
      for (const left of positions(columns, window)) {
        kernels.f64(gram, window * window).fill(0);
        const corner = at + left * 4;
        const { product64 } = kernels.call;
        product64(gram, window, corner, columns, false, corner, columns, true, window, window, window, true, work);
        pools.push(symmetricEigenvalues(kernels, gram, window));
      }
    }
  });
  const value = hillExponent(pooled(pools));
  if (value === null) return null;
  const each = pools.flatMap((pool) => hillExponent(pool) ?? []);
  const spread = Math.sqrt(each.reduce((sum, alpha) => sum + (alpha - value) ** 2, 0) / Math.max(1, each.length - 1));
  const noise = hillExponent(noiseEigenvalues(window, window))!;
  return { value, error: (T95 * spread) / Math.sqrt(each.length), noise, window, windows: pools.length };
}

/** Starts of windows, evenly over a side. */
function positions(side: number, window: number): number[] {
  const count = Math.min(GRID, Math.ceil(side / window));
  return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.floor(((side - window) * i) / (count - 1))));
}

function pooled(pools: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(pools.reduce((sum, pool) => sum + pool.length, 0));
  let at = 0;
  for (const pool of pools) {
    all.set(pool, at);
    at += pool.length;
  }
  return all.sort().reverse();
}
