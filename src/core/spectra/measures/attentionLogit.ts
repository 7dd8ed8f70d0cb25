import { choleskyFactor } from '../../fit/cholesky';
import { symmetricEigenvalues } from '../exact';
import type { Kernels } from '../kernels';

/** Largest attention logit that the weights of one head allow, for inputs of root mean square 1 (of the norm, whose gain the weights have been multiplied by). */
export interface LogitBound {
  readonly head: number;
  /** d·σ₁(W_qᵀW_k)/√h: without rotary positions. */
  readonly plain: number;
  /** d·σ₁(W_q)·σ₁(W_k)/√h: holds with rotary positions too. */
  readonly rotated: number;
}

/**
 * Bound on the attention logits of every query head, from the weights alone. `q` and `k` lie in the kernels' memory, float32
 * row-major, `heads`·h and `keyHeads`·h rows of `width` (d); query heads share key heads in order. Runs whose largest logit
 * passed 10⁴ diverged (arXiv 2309.14322, figure 3). Columns are multiplied by the gain of the norm before; no bound with q-k normalisation.
 */
export function attentionLogitBounds(
  kernels: Kernels,
  q: number,
  k: number,
  shape: { readonly heads: number; readonly keyHeads: number; readonly headSize: number; readonly width: number },
): LogitBound[] {
  const { heads, keyHeads, headSize, width } = shape;
  const scale = width / Math.sqrt(headSize);
  const grams = (at: number, count: number): Float64Array[] =>
    Array.from({ length: count }, (_, i) => gramOfRows(kernels, at + i * headSize * width * 4, headSize, width));
  const keys = grams(k, keyHeads);
  const keyTops = keys.map((gram) => topOf(kernels, gram, headSize));
  return grams(q, heads).map((query, head) => {
    const at = Math.floor((head * keyHeads) / heads);
    const both = conjugate(query, keys[at]!, headSize);
    return {
      head,
      plain: scale * Math.sqrt(topOf(kernels, both, headSize)),
      rotated: scale * Math.sqrt(topOf(kernels, query, headSize) * keyTops[at]!),
    };
  });
}

function gramOfRows(kernels: Kernels, at: number, rows: number, width: number): Float64Array {
  return kernels.scope(() => {
    const gram = kernels.zeros(rows * rows, 8);
    const work = kernels.allocate(kernels.call.productWork(rows));
    kernels.call.product64(gram, rows, at, width, false, at, width, true, rows, rows, width, false, work);
    return kernels.f64(gram, rows * rows).slice();
  });
}

function topOf(kernels: Kernels, matrix: Float64Array, size: number): number {
  return kernels.scope(() => {
    const at = kernels.allocate(size * size * 8);
    kernels.f64(at, size * size).set(matrix);
    return Math.max(0, symmetricEigenvalues(kernels, at, size)[0]!);
  });
}

/** LᵀBL with A = LLᵀ: its eigenvalues are those of A·B. A little is added to the diagonal of a singular A. */
function conjugate(a: Float64Array, b: Float64Array, size: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < size; i++) trace += a[i * size + i]!;
  const shifted = a.slice();
  for (let i = 0; i < size; i++) shifted[i * size + i]! += trace * 1e-12 + Number.MIN_VALUE;
  const factor = choleskyFactor(shifted, size) ?? new Float64Array(size * size);
  const result = new Float64Array(size * size);
  const half = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const entry = b[i * size + k]!;
      for (let j = 0; j <= k; j++) half[i * size + j]! += entry * factor[k * size + j]!;
    }
  }
  for (let k = 0; k < size; k++) {
    for (let i = 0; i <= k; i++) {
      const entry = factor[k * size + i]!;
      for (let j = 0; j < size; j++) result[i * size + j]! += entry * half[k * size + j]!;
    }
  }
  return result;
}
