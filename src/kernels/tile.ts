import { multiplyAdd } from './fma';

// A tile is 6 rows × 2 vectors where multiply-add is one instruction: with 12 sums, 2 vectors of B and 1 value of A it fills the 15 registers
// that engines give out. Where it is two, the product needs a register too: 6 rows would spill sums, 4 are 1.6 times as fast.

/** Rows of a tile. */
export const TILE_ROWS: usize = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;

/**
 * C += Aᵀ·B for one tile. Row k of A holds the values at `a + k·stepA`, row k of B two vectors at `b + k·32`; both have
 * `depth` rows. Rows of C are `stepC` bytes apart.
 */
export function tileColumns<T>(c: usize, stepC: usize, a: usize, stepA: usize, b: usize, depth: usize): void {
  let c00 = v128.splat<T>(0);
  let c01 = v128.splat<T>(0);
  let c10 = v128.splat<T>(0);
  let c11 = v128.splat<T>(0);
  let c20 = v128.splat<T>(0);
  let c21 = v128.splat<T>(0);
  let c30 = v128.splat<T>(0);
  let c31 = v128.splat<T>(0);
  let c40 = v128.splat<T>(0);
  let c41 = v128.splat<T>(0);
  let c50 = v128.splat<T>(0);
  let c51 = v128.splat<T>(0);
  for (const end = b + depth * 32; b < end; b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let value = v128.load_splat<T>(a);
    c00 = multiplyAdd<T>(value, b0, c00);
    c01 = multiplyAdd<T>(value, b1, c01);
    value = v128.load_splat<T>(a, sizeof<T>());
    c10 = multiplyAdd<T>(value, b0, c10);
    c11 = multiplyAdd<T>(value, b1, c11);
    value = v128.load_splat<T>(a, 2 * sizeof<T>());
    c20 = multiplyAdd<T>(value, b0, c20);
    c21 = multiplyAdd<T>(value, b1, c21);
    value = v128.load_splat<T>(a, 3 * sizeof<T>());
    c30 = multiplyAdd<T>(value, b0, c30);
    c31 = multiplyAdd<T>(value, b1, c31);
    if (TILE_ROWS > 4) {
      value = v128.load_splat<T>(a, 4 * sizeof<T>());
      c40 = multiplyAdd<T>(value, b0, c40);
      c41 = multiplyAdd<T>(value, b1, c41);
      value = v128.load_splat<T>(a, 5 * sizeof<T>());
      c50 = multiplyAdd<T>(value, b0, c50);
      c51 = multiplyAdd<T>(value, b1, c51);
    }
    a += stepA;
  }
  addRow<T>(c, c00, c01);
  addRow<T>(c + stepC, c10, c11);
  addRow<T>(c + 2 * stepC, c20, c21);
  addRow<T>(c + 3 * stepC, c30, c31);
  if (TILE_ROWS > 4) {
    addRow<T>(c + 4 * stepC, c40, c41);
    addRow<T>(c + 5 * stepC, c50, c51);
  }
}

/**
 * C += A·B for one tile: like `tileColumns`, but the rows of A lie `stepA` bytes apart and each is read along its
 * length, so a matrix in its usual order needs no packing.
 */
export function tileRows<T>(c: usize, stepC: usize, a: usize, stepA: usize, b: usize, depth: usize): void {
  let c00 = v128.splat<T>(0);
  let c01 = v128.splat<T>(0);
  let c10 = v128.splat<T>(0);
  let c11 = v128.splat<T>(0);
  let c20 = v128.splat<T>(0);
  let c21 = v128.splat<T>(0);
  let c30 = v128.splat<T>(0);
  let c31 = v128.splat<T>(0);
  let c40 = v128.splat<T>(0);
  let c41 = v128.splat<T>(0);
  let c50 = v128.splat<T>(0);
  let c51 = v128.splat<T>(0);
  let a1 = a + stepA;
  let a2 = a1 + stepA;
  let a3 = a2 + stepA;
  let a4 = a3 + stepA;
  let a5 = a4 + stepA;
  for (const end = b + depth * 32; b < end; b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let value = v128.load_splat<T>(a);
    c00 = multiplyAdd<T>(value, b0, c00);
    c01 = multiplyAdd<T>(value, b1, c01);
    value = v128.load_splat<T>(a1);
    c10 = multiplyAdd<T>(value, b0, c10);
    c11 = multiplyAdd<T>(value, b1, c11);
    value = v128.load_splat<T>(a2);
    c20 = multiplyAdd<T>(value, b0, c20);
    c21 = multiplyAdd<T>(value, b1, c21);
    value = v128.load_splat<T>(a3);
    c30 = multiplyAdd<T>(value, b0, c30);
    c31 = multiplyAdd<T>(value, b1, c31);
    if (TILE_ROWS > 4) {
      value = v128.load_splat<T>(a4);
      c40 = multiplyAdd<T>(value, b0, c40);
      c41 = multiplyAdd<T>(value, b1, c41);
      value = v128.load_splat<T>(a5);
      c50 = multiplyAdd<T>(value, b0, c50);
      c51 = multiplyAdd<T>(value, b1, c51);
      a4 += sizeof<T>();
      a5 += sizeof<T>();
    }
    a += sizeof<T>();
    a1 += sizeof<T>();
    a2 += sizeof<T>();
    a3 += sizeof<T>();
  }
  addRow<T>(c, c00, c01);
  addRow<T>(c + stepC, c10, c11);
  addRow<T>(c + 2 * stepC, c20, c21);
  addRow<T>(c + 3 * stepC, c30, c31);
  if (TILE_ROWS > 4) {
    addRow<T>(c + 4 * stepC, c40, c41);
    addRow<T>(c + 5 * stepC, c50, c51);
  }
}

function addRow<T>(c: usize, first: v128, second: v128): void {
  v128.store(c, v128.add<T>(v128.load(c), first));
  v128.store(c, v128.add<T>(v128.load(c, 16), second), 16);
}
