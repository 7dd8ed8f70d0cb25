import { gramEigenvalues } from '../../../src/core/spectra/exact';
import { Kernels } from '../../../src/core/spectra/kernels';
import { krylovSpectrum } from '../../../src/core/spectra/krylov';
import { rowsOfArray } from '../../../src/core/spectra/rowSource';
import { estimatedSpectrum, exactSpectrum, type Spectrum } from '../../../src/core/spectra/spectrum';
import { StoredMatrix } from '../../../src/core/spectra/storedMatrix';

/** One memory for the tests of a file. */
export const kernels = new Kernels();

/** The spectrum of a matrix of which the singular values are known. */
export function knownSpectrum(singularValues: readonly number[], rows: number, columns: number): Spectrum {
  const values = Float64Array.from(singularValues, (value) => value ** 2)
    .sort()
    .reverse();
  return exactSpectrum(values, rows, columns, 0);
}

/** Runs `look` on the matrix in the kernels' memory. */
export function withMatrix<T>(
  values: Float32Array,
  rows: number,
  columns: number,
  look: (matrix: StoredMatrix) => Promise<T>,
): Promise<T> {
  return kernels.scope(async () =>
    look(await StoredMatrix.load(kernels, rowsOfArray(values, rows, columns), Number.POSITIVE_INFINITY)),
  );
}

/** All eigenvalues of the matrix. */
export async function exactOf(matrix: StoredMatrix): Promise<Spectrum> {
  return exactSpectrum(await gramEigenvalues(kernels, matrix), matrix.rows, matrix.columns, 1e-12);
}

/** What the estimator sees of the matrix. */
export async function estimateOf(matrix: StoredMatrix, steps: number, seed: number): Promise<Spectrum> {
  const krylov = await krylovSpectrum(kernels, matrix, steps, seed);
  return estimatedSpectrum(krylov, matrix.rows, matrix.columns, matrix.facts.energy);
}
