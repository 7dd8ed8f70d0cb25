import { tridiagonalEigen } from './tridiagonalEigen';

/**
 * Eigenvalues of a small symmetric matrix (size × size, row-major; overwritten), descending. `frame`, rows of length `size`, is
 * multiplied in place by the eigenvectors from the right: the identity gives the eigenvectors as columns, a few rows of it
 * give only those rows, at a fraction of the cost. Householder reduction (Golub and Van Loan, 8.3.1), then implicit QL.
 */
export function symmetricEigen(matrix: Float64Array, size: number, frame?: Float64Array): Float64Array<ArrayBuffer> {
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(size);
  const v = new Float64Array(size);
  const w = new Float64Array(size);
  for (let k = 0; k < size - 1; k++) {
    const scale = reflector(matrix, size, k, v, beside);
    if (scale === 0) continue;
    applyBothSides(matrix, size, k + 1, v, w, scale);
    if (frame !== undefined) applyRight(frame, size, k + 1, v, scale);
  }
  for (let i = 0; i < size; i++) diagonal[i] = matrix[i * size + i]!;
  return tridiagonalEigen(diagonal, beside, frame);
}

/** The vector v of 1 − scale·v·vᵀ that clears column k below its first entry, which goes to `beside[k]`. */
function reflector(a: Float64Array, size: number, k: number, v: Float64Array, beside: Float64Array): number {
  let largest = 0;
  for (let i = k + 1; i < size; i++) largest = Math.max(largest, Math.abs(a[i * size + k]!));
  const head = a[(k + 1) * size + k]!;
  beside[k] = head;
  if (largest === 0) return 0;
  let rest = 0;
  for (let i = k + 2; i < size; i++) {
    const value = a[i * size + k]! / largest;
    v[i] = value;
    rest += value * value;
  }
  if (rest === 0) return 0;
  const scaled = head / largest;
  const norm = Math.sqrt(scaled * scaled + rest);
  beside[k] = scaled < 0 ? norm * largest : -norm * largest;
  v[k + 1] = scaled + (scaled < 0 ? -norm : norm);
  return 1 / (norm * (norm + Math.abs(scaled)));
}

function applyBothSides(a: Float64Array, size: number, first: number, v: Float64Array, w: Float64Array, scale: number) {
  let inner = 0;
  for (let i = first; i < size; i++) {
    let sum = 0;
    for (let j = first, at = i * size + first; j < size; j++, at++) sum += a[at]! * v[j]!;
    w[i] = sum * scale;
    inner += w[i]! * v[i]!;
  }
  for (let i = first; i < size; i++) w[i] = w[i]! - 0.5 * scale * inner * v[i]!;
  for (let i = first; i < size; i++) {
    const [vi, wi] = [v[i]!, w[i]!];
    for (let j = first, at = i * size + first; j < size; j++, at++) a[at] = a[at]! - vi * w[j]! - wi * v[j]!;
  }
}

function applyRight(frame: Float64Array, size: number, first: number, v: Float64Array, scale: number): void {
  for (let row = 0; row < frame.length; row += size) {
    let sum = 0;
    for (let j = first; j < size; j++) sum += frame[row + j]! * v[j]!;
    sum *= scale;
    for (let j = first; j < size; j++) frame[row + j] = frame[row + j]! - sum * v[j]!;
  }
}

/** The identity of a size, row-major. */
export function identity(size: number): Float64Array<ArrayBuffer> {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1;
  return matrix;
}

/** Product of two small square matrices, row-major. */
export function multiplySmall(a: Float64Array, b: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k]!;
      for (let j = 0; j < size; j++) product[i * size + j]! += factor * b[k * size + j]!;
    }
  }
  return product;
}
