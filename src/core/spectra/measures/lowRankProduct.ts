import { Matrix, SingularValueDecomposition } from 'ml-matrix';

/**
 * Singular values, descending, of B·A without forming it: B (out × rank) and A (rank × in) row-major. QR of B and of Aᵀ, then those
 * of the rank × rank core R_B·R_Aᵀ: exact, at the cost of (out + in)·rank². For low-rank adapters; multiply by their scaling.
 */
export function lowRankProductValues(b: Float32Array, a: Float32Array, rank: number): Float64Array {
  const left = triangularFactor(b, b.length / rank, rank, rank, 1);
  const right = triangularFactor(a, a.length / rank, rank, 1, a.length / rank);
  const core = Matrix.zeros(rank, rank);
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j < rank; j++) {
      let sum = 0;
      for (let k = Math.max(i, j); k < rank; k++) sum += left[i * rank + k]! * right[j * rank + k]!;
      core.set(i, j, sum);
    }
  }
  const { diagonal } = new SingularValueDecomposition(core, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
  });
  return Float64Array.from(diagonal).sort().reverse();
}

/** R of the QR factors of a length × rank matrix whose entry (i, j) is at i·down + j·across: Gram and Schmidt, twice. */
function triangularFactor(m: Float32Array, length: number, rank: number, down: number, across: number): Float64Array {
  const columns = Array.from({ length: rank }, (_, j) =>
    Float64Array.from({ length }, (_, i) => m[i * down + j * across]!),
  );
  const r = new Float64Array(rank * rank);
  columns.forEach((column, j) => {
    for (let round = 0; round < 2; round++) {
      for (let k = 0; k < j; k++) {
        const part = dot(columns[k]!, column);
        r[k * rank + j]! += part;
        for (let i = 0; i < length; i++) column[i]! -= part * columns[k]![i]!;
      }
    }
    const norm = Math.sqrt(dot(column, column));
    r[j * rank + j] = norm;
    if (norm > 0) for (let i = 0; i < length; i++) column[i]! /= norm;
  });
  return r;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
