import { Matrix, SingularValueDecomposition } from 'ml-matrix';

/**
 * Cosines of the principal angles between the spaces that two sets of orthonormal vectors span, descending: 1 for each common
 * direction, 0 for each that is orthogonal to the other space (Björck and Golub, 10.2307/2005662).
 */
export function principalCosines(a: readonly Float32Array[], b: readonly Float32Array[]): number[] {
  if (a.length === 0 || b.length === 0) return [];
  const products = new Matrix(
    a.map((left) =>
      b.map((right) => {
        let sum = 0;
        for (let i = 0; i < left.length; i++) sum += left[i]! * right[i]!;
        return sum;
      }),
    ),
  );
  const options = { computeLeftSingularVectors: false, computeRightSingularVectors: false, autoTranspose: true };
  const { diagonal } = new SingularValueDecomposition(products, options);
  return diagonal.map((cosine) => Math.min(1, cosine)).sort((x, y) => y - x);
}

/** How far a space has turned: 1 − mean squared cosine; 0 the same space, 1 an orthogonal one. NaN for empty spaces. */
export function rotation(cosines: readonly number[]): number {
  return 1 - cosines.reduce((sum, cosine) => sum + cosine ** 2, 0) / cosines.length;
}
