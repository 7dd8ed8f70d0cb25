import { choleskyFactor } from './cholesky';

/** E-folds of steps over which a run forgets how far it was off its law. */
const MEMORY = 0.5;

/**
 * Lower triangular factor of the covariance of points at `steps` (ascending, above 0): independent errors with standard
 * deviations `own`, plus a slow wandering about the law with standard deviations `drift`, whose correlation falls as
 * exp(-2 |ln(s / s')|): an Ornstein-Uhlenbeck process in the logarithm of the step. Points close together then
 * tell little more than one of them. Row-major, points × points. `undefined` when a point has no error at all. O(points³).
 * Source: Kennedy & O'Hagan 2001, doi 10.1111/1467-9868.00294 (model discrepancy).
 */
export function driftFactor(steps: Float64Array, own: Float64Array, drift: Float64Array): Float64Array | undefined {
  const count = steps.length;
  const covariance = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const alike = (steps[j]! / steps[i]!) ** (1 / MEMORY);
      const shared = drift[i]! * drift[j]! * alike;
      covariance[i * count + j] = i === j ? shared + own[i]! ** 2 : shared;
      covariance[j * count + i] = covariance[i * count + j]!;
    }
  }
  return choleskyFactor(covariance, count);
}

/** Solves transpose(`factor`) · x = column of `matrix` in place: the errors of the points that a whitened one is made of. */
export function unwhitenTransposed(factor: Float64Array, count: number, matrix: Float64Array, column: Column): void {
  const { from, stride } = column;
  for (let i = count - 1; i >= 0; i--) {
    let value = matrix[from + i * stride]!;
    for (let j = i + 1; j < count; j++) value -= factor[j * count + i]! * matrix[from + j * stride]!;
    matrix[from + i * stride] = value / factor[i * count + i]!;
  }
}

/** Where a column lies in a row-major matrix: its first entry and the distance between entries. */
export interface Column {
  readonly from: number;
  readonly stride: number;
}

/** Divides a column of `matrix` by the triangular `factor` (count × count) in place: errors become independent, of size 1. */
export function whiten(factor: Float64Array, count: number, matrix: Float64Array, { from, stride }: Column): void {
  for (let i = 0; i < count; i++) {
    let value = matrix[from + i * stride]!;
    for (let j = 0; j < i; j++) value -= factor[i * count + j]! * matrix[from + j * stride]!;
    matrix[from + i * stride] = value / factor[i * count + i]!;
  }
}
