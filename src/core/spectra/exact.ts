import type { Kernels } from './kernels';
import { tridiagonalEigen } from './linear/tridiagonalEigen';
import type { StoredMatrix } from './storedMatrix';

/** Shorter side up to which the Gram matrix is summed in float64. */
export const DOUBLE_SIDE = 1024;

/** Values of one of the two blocks of rows that are multiplied at a time: 32 MB. */
const PAIR_VALUES = 8 * 1024 * 1024;
/** And its least rows. */
const PAIR_ROWS = 24;

/**
 * All eigenvalues of WᵀW or WWᵀ, whichever is smaller, descending. The Gram matrix is summed in float64 up to a side of 1024
 * (eigenvalues to 1e-12 of the largest), in float32 beyond (1e-5).
 */
export async function gramEigenvalues(kernels: Kernels, matrix: StoredMatrix): Promise<Float64Array> {
  return kernels.scope(async () => {
    const gram = await gramMatrix(kernels, matrix);
    return symmetricEigenvalues(kernels, gram, Math.min(matrix.rows, matrix.columns));
  });
}

/** Eigenvalues, descending, of a symmetric float64 matrix at `matrix`, of which the lower triangle is read. It is destroyed. */
export function symmetricEigenvalues(kernels: Kernels, matrix: number, size: number): Float64Array {
  return kernels.scope(() => {
    const diagonal = kernels.allocate(size * 8);
    const beside = kernels.allocate(size * 8);
    kernels.call.tridiagonalise(matrix, size, diagonal, beside, kernels.allocate(size * 32));
    return tridiagonalEigen(kernels.f64(diagonal, size), kernels.f64(beside, size));
  });
}

/** Lower triangle of the Gram matrix of the shorter side, float64, in the kernels' memory. */
async function gramMatrix(kernels: Kernels, matrix: StoredMatrix): Promise<number> {
  const size = Math.min(matrix.rows, matrix.columns);
  const double = size <= DOUBLE_SIDE;
  const gram = kernels.zeros(size * size, double ? 8 : 4);
  await kernels.scope(() => (matrix.columns <= matrix.rows ? tallGram : wideGram)(kernels, matrix, gram, double));
  if (double) return gram;
  const wide = kernels.allocate(size * size * 8);
  kernels.f64(wide, size * size).set(kernels.f32(gram, size * size));
  return wide;
}

/** WᵀW, one block of rows after the other. */
async function tallGram(kernels: Kernels, matrix: StoredMatrix, gram: number, double: boolean): Promise<void> {
  const { columns } = matrix;
  const product = double ? kernels.call.product64 : kernels.call.product32;
  const work = kernels.allocate(kernels.call.productWork(columns));
  await matrix.walk((at, _firstRow, height) => {
    product(gram, columns, at, columns, true, at, columns, false, columns, columns, height, true, work);
  });
}

/** WWᵀ: products of all pairs of blocks of rows. */
async function wideGram(kernels: Kernels, matrix: StoredMatrix, gram: number, double: boolean): Promise<void> {
  const { rows, columns } = matrix;
  const product = double ? kernels.call.product64 : kernels.call.product32;
  const step = Math.min(rows, Math.max(PAIR_ROWS, Math.floor(PAIR_VALUES / columns)));
  const left = kernels.allocate(step * columns * 4);
  const right = kernels.allocate(step * columns * 4);
  const work = kernels.allocate(kernels.call.productWork(step));
  for (let i = 0; i < rows; i += step) {
    const height = Math.min(step, rows - i);
    const a = await matrix.rowsAt(i, height, left);
    for (let j = 0; j <= i; j += step) {
      const width = Math.min(step, rows - j);
      const b = i === j ? a : await matrix.rowsAt(j, width, right);
      const target = gram + (i * rows + j) * (double ? 8 : 4);
      product(target, rows, a, columns, false, b, columns, true, height, width, columns, i === j, work);
    }
  }
}
