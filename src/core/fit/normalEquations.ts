import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Symmetric `size` × `size` matrix J^T W J, row-major, and gradient J^T W r of a weighted least-squares problem. */
export interface NormalEquations {
  readonly size: number;
  readonly matrix: Float64Array;
  readonly gradient: Float64Array;
}

/** Sets up the normal equations of `jacobian` (rows × size, row-major), `residuals` and `weights` (length rows). */
export function normalEquations(
  size: number,
  jacobian: Float64Array,
  residuals: Float64Array,
  weights: Float64Array,
): NormalEquations {
  const matrix = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  for (let i = 0; i < residuals.length; i++) {
    const row = i * size;
    for (let a = 0; a < size; a++) {
      const weighted = weights[i]! * jacobian[row + a]!;
      gradient[a] = gradient[a]! + weighted * residuals[i]!;
      for (let b = 0; b <= a; b++) matrix[a * size + b] = matrix[a * size + b]! + weighted * jacobian[row + b]!;
    }
  }
  for (let a = 0; a < size; a++) for (let b = 0; b < a; b++) matrix[b * size + a] = matrix[a * size + b]!;
  return { size, matrix, gradient };
}

/**
 * Step that solves (M + damping · diag(scale²)) step = -gradient, by Cholesky after scaling. `undefined` when the matrix
 * is not positive definite to working precision. `scale` is positive.
 */
export function dampedStep(
  { size, matrix, gradient }: NormalEquations,
  scale: Float64Array,
  damping: number,
): Float64Array | undefined {
  const scaled = Matrix.zeros(size, size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      scaled.set(a, b, matrix[a * size + b]! / (scale[a]! * scale[b]!) + (a === b ? damping : 0));
    }
  }
  const cholesky = new CholeskyDecomposition(scaled);
  if (!cholesky.isPositiveDefinite()) return undefined;
  const right = Matrix.columnVector(Array.from(gradient, (value, a) => -value / scale[a]!));
  const step = Float64Array.from(cholesky.solve(right).to1DArray(), (value, a) => value / scale[a]!);
  return step.every(Number.isFinite) ? step : undefined;
}

/** Directions with a smaller share of the greatest curvature are undetermined to working precision. */
const RANK_SHARE = 1e-13;

/**
 * Inverse of the symmetric positive semi-definite `matrix` (size × size, row-major): the covariance when it is the
 * information. Directions without information get variance `Infinity` in every parameter they touch. Computed through
 * the eigenvalues of the matrix scaled to unit diagonal. Equals `numpy.linalg.inv` when the matrix is regular.
 */
export function covarianceOf(matrix: Float64Array, size: number): Float64Array {
  if (!matrix.every(Number.isFinite))
    return matrix.map((_, k) => (k % (size + 1) === 0 ? Number.POSITIVE_INFINITY : 0));
  const scale = Float64Array.from({ length: size }, (_, a) => Math.sqrt(matrix[a * size + a]!) || 1);
  const scaled = Matrix.zeros(size, size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) scaled.set(a, b, matrix[a * size + b]! / (scale[a]! * scale[b]!));
  }
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(scaled, {
    assumeSymmetric: true,
  });
  const floor = RANK_SHARE * Math.max(...values);
  const covariance = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      let sum = 0;
      for (let k = 0; k < size; k++) {
        const product = vectors.get(a, k) * vectors.get(b, k);
        if (values[k]! > floor) sum += product / values[k]!;
        else if (a === b && Math.abs(product) > 1e-6) sum = Number.POSITIVE_INFINITY;
      }
      covariance[a * size + b] = sum / (scale[a]! * scale[b]!);
    }
  }
  return covariance;
}

/** gradient^T · covariance · gradient: the variance of a quantity with that gradient, by the delta method. */
export function varianceAlong(gradient: Float64Array, covariance: Float64Array): number {
  const size = gradient.length;
  let sum = 0;
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      const product = gradient[a]! * gradient[b]!;
      if (product !== 0) sum += product * covariance[a * size + b]!;
    }
  }
  return Math.max(0, sum);
}
