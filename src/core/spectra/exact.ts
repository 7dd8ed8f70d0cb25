import type { Kernels } from './kernels';
import { tridiagonalEigen } from './linear/tridiagonalEigen';
import type { RowSource } from './rowSource';
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

/** Entries that are read as doubles in one go: 32 MB, and as much in the kernels' memory. */
const DOUBLE_BLOCK = 4 * 1024 * 1024;

/**
 * All eigenvalues of WᵀW or WWᵀ, whichever is smaller, of a matrix of doubles whose shorter side is at most 1024, to 1e-12 of the largest.
 * Each double is the sum of two float32 (48 of its 53 bits), and the product of two matrices that of their parts, summed in
 * float64. Null when the matrix is wide and larger than 32 MB: its rows must be there together.
 */
export async function gramEigenvaluesOfDoubles(kernels: Kernels, source: RowSource): Promise<Float64Array | null> {
  const { rows, columns } = source;
  const isTall = columns <= rows;
  const size = Math.min(rows, columns);
  const step = isTall ? Math.max(1, Math.floor(DOUBLE_BLOCK / columns)) : rows;
  if (source.readDoubles === undefined || (!isTall && rows * columns > DOUBLE_BLOCK)) return null;
  return kernels.scope(async () => {
    const gram = kernels.zeros(size * size, 8);
    const entries = Math.min(step, rows) * columns;
    const parts = [kernels.allocate(entries * 4), kernels.allocate(entries * 4)];
    const work = kernels.allocate(kernels.call.productWork(size));
    const doubles = new Float64Array(entries);
    for (let row = 0; row < rows; row += step) {
      const height = Math.min(step, rows - row);
      await source.readDoubles!(row, height, doubles);
      splitDoubles(
        doubles.subarray(0, height * columns),
        kernels.f32(parts[0]!, entries),
        kernels.f32(parts[1]!, entries),
      );
      const depth = isTall ? height : columns;
      for (const a of parts) {
        for (const b of parts) {
          kernels.call.product64(gram, size, a, columns, isTall, b, columns, !isTall, size, size, depth, true, work);
        }
      }
    }
    return symmetricEigenvalues(kernels, gram, size);
  });
}

/** Each value as a float32 and what that leaves. */
function splitDoubles(values: Float64Array, high: Float32Array, low: Float32Array): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    high[i] = value;
    low[i] = value - high[i]!;
  }
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
