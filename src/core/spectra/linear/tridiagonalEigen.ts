import { LosslineError } from '../../errors';

/** Sweeps allowed for one eigenvalue; two are usual. */
const MAX_SWEEPS = 60;

/**
 * Eigenvalues of a symmetric tridiagonal matrix, descending: implicit QL with Wilkinson's shift (Golub and Van Loan, Matrix
 * Computations, 8.3.3). `diagonal` has n values, `beside` the n − 1 next to it (further ones are not read). Where `frame` is given
 * (any number of rows of length n, row-major), it is multiplied in place by the eigenvectors from the right, in the order of
 * the values returned. Throws `internal` when an eigenvalue does not converge, which finite input does not cause.
 */
export function tridiagonalEigen(
  diagonal: Float64Array,
  beside: Float64Array,
  frame?: Float64Array,
): Float64Array<ArrayBuffer> {
  const n = diagonal.length;
  const d = Float64Array.from(diagonal);
  const e = new Float64Array(n);
  e.set(beside.subarray(0, Math.max(0, n - 1)));
  const negligible = Number.EPSILON * normOf(d, e);
  for (let from = 0; from < n; from++) {
    let sweeps = 0;
    for (let to = splitAt(d, e, from, negligible); to > from; to = splitAt(d, e, from, negligible)) {
      if (sweeps++ === MAX_SWEEPS) throw new LosslineError('internal', 'An eigenvalue did not converge.');
      sweep(d, e, from, to, frame);
    }
  }
  return sortDescending(d, frame);
}

/** Largest sum of sizes in a row: no eigenvalue is greater. */
function normOf(d: Float64Array, e: Float64Array): number {
  let norm = 0;
  for (let i = 0; i < d.length; i++) {
    norm = Math.max(norm, Math.abs(d[i]!) + Math.abs(e[i]!) + Math.abs(e[i - 1] ?? 0));
  }
  return norm;
}

/**
 * Last index of the block that begins at `from`: beyond it the matrix falls apart to working precision. That is meant against the
 * whole matrix: inside the rounding of a matrix of low rank, sweeps find nothing that converges.
 */
function splitAt(d: Float64Array, e: Float64Array, from: number, negligible: number): number {
  let to = from;
  while (to < d.length - 1 && Math.abs(e[to]!) > negligible) to++;
  return to;
}

/** One QL sweep from the bottom `to` to the top `from` of a block. */
function sweep(d: Float64Array, e: Float64Array, from: number, to: number, frame: Float64Array | undefined): void {
  let g = (d[from + 1]! - d[from]!) / (2 * e[from]!);
  let r = Math.sqrt(g * g + 1);
  g = d[to]! - d[from]! + e[from]! / (g + (g < 0 ? -r : r));
  let sine = 1;
  let cosine = 1;
  let shift = 0;
  for (let i = to - 1; i >= from; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = d[i + 1]! - shift;
      e[to] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1]! - shift;
    r = (d[i]! - g) * sine + 2 * cosine * b;
    shift = sine * r;
    d[i + 1] = g + shift;
    g = cosine * r - b;
    if (frame !== undefined) rotate(frame, d.length, i, cosine, sine);
  }
  d[from] = d[from]! - shift;
  e[from] = g;
  e[to] = 0;
}

/** Turns columns i and i + 1 of the frame. */
function rotate(frame: Float64Array, n: number, i: number, cosine: number, sine: number): void {
  for (let at = i; at < frame.length; at += n) {
    const [left, right] = [frame[at]!, frame[at + 1]!];
    frame[at + 1] = sine * left + cosine * right;
    frame[at] = cosine * left - sine * right;
  }
}

function sortDescending(d: Float64Array<ArrayBuffer>, frame: Float64Array | undefined): Float64Array<ArrayBuffer> {
  const order = Array.from(d, (_, i) => i).sort((a, b) => d[b]! - d[a]!);
  if (frame !== undefined) {
    const line = new Float64Array(d.length);
    for (let at = 0; at < frame.length; at += d.length) {
      for (let i = 0; i < line.length; i++) line[i] = frame[at + order[i]!]!;
      frame.set(line, at);
    }
  }
  return Float64Array.from(order, (i) => d[i]!);
}
