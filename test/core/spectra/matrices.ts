import { normalSource } from '../../../src/core/spectra/linear/random';

/** rows × columns independent normal numbers of standard deviation `scale`. */
export function gaussian(rows: number, columns: number, seed: number, scale = 1): Float32Array {
  const next = normalSource(seed);
  return Float32Array.from({ length: rows * columns }, () => scale * next());
}

/**
 * A matrix with the singular values given (as many as the shorter side): a diagonal between two random orthogonal matrices, each a
 * product of a few reflections, computed in float64.
 */
export function withSingularValues(
  values: readonly number[],
  rows: number,
  columns: number,
  seed: number,
): Float32Array {
  const next = normalSource(seed);
  const matrix = new Float64Array(rows * columns);
  values.forEach((value, i) => {
    matrix[i * columns + i] = value;
  });
  for (let round = 0; round < 8; round++) {
    reflectRows(matrix, rows, columns, next);
    reflectColumns(matrix, rows, columns, next);
  }
  return Float32Array.from(matrix);
}

function reflectRows(matrix: Float64Array, rows: number, columns: number, next: () => number): void {
  const u = Float64Array.from({ length: rows }, next);
  const scale = 2 / u.reduce((sum, x) => sum + x * x, 0);
  const products = new Float64Array(columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) products[j]! += u[i]! * matrix[i * columns + j]!;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) matrix[i * columns + j]! -= scale * u[i]! * products[j]!;
}

function reflectColumns(matrix: Float64Array, rows: number, columns: number, next: () => number): void {
  const u = Float64Array.from({ length: columns }, next);
  const scale = 2 / u.reduce((sum, x) => sum + x * x, 0);
  for (let i = 0; i < rows; i++) {
    let product = 0;
    for (let j = 0; j < columns; j++) product += u[j]! * matrix[i * columns + j]!;
    for (let j = 0; j < columns; j++) matrix[i * columns + j]! -= scale * product * u[j]!;
  }
}

/** C = op(A)·op(B) in float64, the plain way. A is m × k (k × m when transposed), B is k × n (n × k). */
export function plainProduct(
  a: Float32Array,
  transposeA: boolean,
  b: Float32Array,
  transposeB: boolean,
  [m, n, k]: readonly [number, number, number],
): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) {
        sum += a[transposeA ? l * m + i : i * k + l]! * b[transposeB ? j * k + l : l * n + j]!;
      }
      c[i * n + j] = sum;
    }
  }
  return c;
}

/** The spectra that estimates are held against: singular values of a matrix whose shorter side is `size`. */
export const SHAPES: Readonly<Record<string, (size: number) => number[]>> = {
  spiked: (size) => Array.from({ length: size }, (_, i) => (i < 12 ? 40 / Math.sqrt(i + 1) : 1 + (size - i) / size)),
  powerLaw: (size) => Array.from({ length: size }, (_, i) => (i + 1) ** -0.5),
  steepPowerLaw: (size) => Array.from({ length: size }, (_, i) => 1 / (i + 1)),
  lowRank: (size) => Array.from({ length: size }, (_, i) => (i < 40 ? 5 - i / 10 : 1e-4)),
  halfRank: (size) => Array.from({ length: size }, (_, i) => (i < size / 2 ? 2 - i / size : 0)),
  duplicated: (size) => Array.from({ length: size }, (_, i) => (1 + Math.floor(i / 4)) ** -0.6),
  flatTop: (size) => Array.from({ length: size }, (_, i) => (i < 64 ? 3 : 1 / (1 + i / 100))),
};
