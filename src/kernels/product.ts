import { TILE_ROWS, tileColumns } from './tile';

// General products C += A·B of row-major matrices. A is packed into panels as high as a tile, B into panels of two vectors, both
// with the inner index outermost and filled up with zeros, so that a tile reads both in order.
// Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication (10.1145/1356052.1356053).

/** Inner length of one round: a panel of B (8 kB) stays in the first cache. */
const DEPTH: usize = 256;
/** Rows of A of one round: its panels stay in the second cache. */
const HEIGHT: usize = 192;

/** Bytes that `product` needs at `work` for a B of `columns` columns. */
export function productWork(columns: usize): usize {
  return (columns + 8) * DEPTH * 8 + (HEIGHT + TILE_ROWS) * DEPTH * 8 + 512;
}

/**
 * C (m × n) += op(A)·op(B) in float32, inner length k. `transposeA`: A is stored k × m; `transposeB`: B is stored n × k.
 * Strides are in values. With `lower`, tiles wholly above the diagonal are left out.
 */
export function product32(
  c: usize,
  strideC: usize,
  a: usize,
  strideA: usize,
  transposeA: bool,
  b: usize,
  strideB: usize,
  transposeB: bool,
  m: usize,
  n: usize,
  k: usize,
  lower: bool,
  work: usize,
): void {
  product<f32>(c, strideC, a, strideA, transposeA, b, strideB, transposeB, m, n, k, lower, work);
}

/** The same with float32 matrices A and B, and sums and C in float64. */
export function product64(
  c: usize,
  strideC: usize,
  a: usize,
  strideA: usize,
  transposeA: bool,
  b: usize,
  strideB: usize,
  transposeB: bool,
  m: usize,
  n: usize,
  k: usize,
  lower: bool,
  work: usize,
): void {
  product<f64>(c, strideC, a, strideA, transposeA, b, strideB, transposeB, m, n, k, lower, work);
}

function product<T>(
  c: usize,
  strideC: usize,
  a: usize,
  strideA: usize,
  transposeA: bool,
  b: usize,
  strideB: usize,
  transposeB: bool,
  m: usize,
  n: usize,
  k: usize,
  lower: bool,
  work: usize,
): void {
  const width: usize = 32 / sizeof<T>();
  const edge = work;
  const packedA = work + 256;
  const packedB = packedA + (HEIGHT + TILE_ROWS) * DEPTH * 8;
  for (let inner: usize = 0; inner < k; inner += DEPTH) {
    const depth = min(DEPTH, k - inner);
    for (let column: usize = 0; column < n; column += width) {
      pack<T>(
        packedB + column * depth * sizeof<T>(),
        b,
        strideB,
        !transposeB,
        column,
        min(width, n - column),
        width,
        inner,
        depth,
      );
    }
    for (let top: usize = 0; top < m; top += HEIGHT) {
      const height = min(HEIGHT, m - top);
      for (let row: usize = 0; row < height; row += TILE_ROWS) {
        pack<T>(
          packedA + row * depth * sizeof<T>(),
          a,
          strideA,
          transposeA,
          top + row,
          min(TILE_ROWS, height - row),
          TILE_ROWS,
          inner,
          depth,
        );
      }
      for (let column: usize = 0; column < n; column += width) {
        if (lower && column > top + height - 1) break;
        const panel = packedB + column * depth * sizeof<T>();
        for (let row: usize = 0; row < height; row += TILE_ROWS) {
          if (lower && column > top + row + TILE_ROWS - 1) continue;
          const target = c + ((top + row) * strideC + column) * sizeof<T>();
          const source = packedA + row * depth * sizeof<T>();
          if (row + TILE_ROWS <= height && column + width <= n) {
            tileColumns<T>(target, strideC * sizeof<T>(), source, TILE_ROWS * sizeof<T>(), panel, depth);
          } else {
            memory.fill(edge, 0, TILE_ROWS * 32);
            tileColumns<T>(edge, 32, source, TILE_ROWS * sizeof<T>(), panel, depth);
            addEdge<T>(target, strideC, edge, min(TILE_ROWS, height - row), min(width, n - column));
          }
        }
      }
    }
  }
}

/** Panel of `count` (filled up to `width`) rows of the matrix from `first`, or columns if `byRow`; inner index outermost. */
function pack<T>(
  target: usize,
  matrix: usize,
  stride: usize,
  byRow: bool,
  first: usize,
  count: usize,
  width: usize,
  inner: usize,
  depth: usize,
): void {
  const step: usize = byRow ? stride : 1;
  const across: usize = byRow ? 1 : stride;
  const source = matrix + (inner * step + first * across) * 4;
  for (let i: usize = 0; i < count; i++) {
    let from = source + i * across * 4;
    let to = target + i * sizeof<T>();
    for (let d: usize = 0; d < depth; d++) {
      store<T>(to, <T>load<f32>(from));
      from += step * 4;
      to += width * sizeof<T>();
    }
  }
  for (let i = count; i < width; i++) {
    for (let d: usize = 0; d < depth; d++) store<T>(target + (d * width + i) * sizeof<T>(), <T>0);
  }
}

function addEdge<T>(c: usize, strideC: usize, edge: usize, rows: usize, columns: usize): void {
  for (let r: usize = 0; r < rows; r++) {
    for (let j: usize = 0; j < columns; j++) {
      const to = c + (r * strideC + j) * sizeof<T>();
      store<T>(to, load<T>(to) + load<T>(edge + r * 32 + j * sizeof<T>()));
    }
  }
}
