import { multiplyAdd } from './fma';

/**
 * Householder reduction of a symmetric float64 matrix to tridiagonal form: its eigenvalues are those of the result
 * (Golub and Van Loan, Matrix Computations, 8.3.1). Only the lower triangle of `matrix` (size × size, row-major) is read,
 * and it is destroyed. `diagonal` and `beside` (below the diagonal, its last value 0) receive `size` values each; `work` has
 * room for 4·size. The rank-two change of one step and the product of the next are one walk over the triangle.
 */
export function tridiagonalise(matrix: usize, size: usize, diagonal: usize, beside: usize, work: usize): void {
  const row = size * 8;
  let v = work;
  const w = work + row;
  const p = w + row;
  let next = p + row;
  memory.fill(work, 0, 4 * row);
  for (let k: usize = 0; k < size; k++) {
    // The column below (k, k) after the change that is still outstanding; v and w are its vectors.
    for (let i = k; i < size; i++) {
      const at = matrix + (i * size + k) * 8;
      const change = load<f64>(v + i * 8) * load<f64>(w + k * 8) + load<f64>(w + i * 8) * load<f64>(v + k * 8);
      store<f64>(next + i * 8, load<f64>(at) - change);
    }
    store<f64>(diagonal + k * 8, load<f64>(next + k * 8));
    store<f64>(next + k * 8, 0);
    const scale = reflect(next, k + 1, size, beside + k * 8);
    // One walk: change the triangle and multiply what comes out by the new vector.
    memory.fill(p, 0, row);
    for (let i = k + 1; i < size; i++) updateRow(matrix + i * row, v, w, next, p, k + 1, i);
    finish(w, p, next, scale, k + 1, size);
    const old = v;
    v = next;
    next = old;
  }
}

/** Makes the reflection that leaves only the first of the values from `first`: writes that at `beside`, returns 2/vᵀv. */
function reflect(v: usize, first: usize, size: usize, beside: usize): f64 {
  if (first >= size) {
    store<f64>(beside, 0);
    return 0;
  }
  let rest: f64 = 0;
  let largest: f64 = 0;
  for (let i = first; i < size; i++) largest = max(largest, abs(load<f64>(v + i * 8)));
  const head = load<f64>(v + first * 8);
  if (largest > 0) {
    for (let i = first + 1; i < size; i++) {
      const value = load<f64>(v + i * 8) / largest;
      rest += value * value;
    }
  }
  if (!(rest > 0)) {
    store<f64>(beside, head);
    for (let i = first; i < size; i++) store<f64>(v + i * 8, 0);
    return 0;
  }
  const scaled = head / largest;
  const norm = sqrt(scaled * scaled + rest);
  const sign: f64 = scaled < 0 ? -1 : 1;
  store<f64>(beside, -sign * norm * largest);
  for (let i = first; i < size; i++) store<f64>(v + i * 8, load<f64>(v + i * 8) / largest);
  store<f64>(v + first * 8, scaled + sign * norm);
  return 1 / (norm * (norm + abs(scaled)));
}

/** a[j] −= vᵢwⱼ + wᵢvⱼ for the columns from `first` to the diagonal, and p += a·u from both triangles. */
function updateRow(a: usize, v: usize, w: usize, u: usize, p: usize, first: usize, i: usize): void {
  const minusV = -load<f64>(v + i * 8);
  const minusW = -load<f64>(w + i * 8);
  const here = load<f64>(u + i * 8);
  const vs = f64x2.splat(minusV);
  const ws = f64x2.splat(minusW);
  const us = f64x2.splat(here);
  let sums = f64x2.splat(0);
  let j = first * 8;
  const diagonal = i * 8;
  for (; j + 16 <= diagonal; j += 16) {
    let values = multiplyAdd<f64>(vs, v128.load(w + j), v128.load(a + j));
    values = multiplyAdd<f64>(ws, v128.load(v + j), values);
    v128.store(a + j, values);
    sums = multiplyAdd<f64>(values, v128.load(u + j), sums);
    v128.store(p + j, multiplyAdd<f64>(values, us, v128.load(p + j)));
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (; j < diagonal; j += 8) {
    const value = load<f64>(a + j) + minusV * load<f64>(w + j) + minusW * load<f64>(v + j);
    store<f64>(a + j, value);
    sum += value * load<f64>(u + j);
    store<f64>(p + j, load<f64>(p + j) + value * here);
  }
  const value = load<f64>(a + j) + minusV * load<f64>(w + j) + minusW * load<f64>(v + j);
  store<f64>(a + j, value);
  store<f64>(p + j, load<f64>(p + j) + sum + value * here);
}

/** w = scale·p − (scale²·pᵀv/2)·v, the partner of v in the next change. */
function finish(w: usize, p: usize, v: usize, scale: f64, first: usize, size: usize): void {
  let inner: f64 = 0;
  for (let i = first; i < size; i++) inner += load<f64>(p + i * 8) * load<f64>(v + i * 8);
  const part = scale * scale * inner * 0.5;
  memory.fill(w, 0, size * 8);
  for (let i = first; i < size; i++) {
    store<f64>(w + i * 8, scale * load<f64>(p + i * 8) - part * load<f64>(v + i * 8));
  }
}
