import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LosslineError } from '../../../src/core/errors';
import { bestVariant, Kernels, type KernelVariant } from '../../../src/core/spectra/kernels';
import { symmetricEigen } from '../../../src/core/spectra/linear/symmetricEigen';
import { tridiagonalEigen } from '../../../src/core/spectra/linear/tridiagonalEigen';
import { gaussian, plainProduct } from './matrices';

// The second binary can only be tried where the engine takes it; then both are.
const variants: readonly KernelVariant[] = bestVariant() === 'relaxed' ? ['simd', 'relaxed'] : ['simd'];
const SHAPES = [
  [1, 1, 1],
  [6, 8, 1],
  [7, 9, 300],
  [13, 4, 511],
  [200, 17, 33],
  [50, 60, 70],
] as const;

function put(kernels: Kernels, values: Float32Array): number {
  const at = kernels.allocate(values.length * 4);
  kernels.f32(at, values.length).set(values);
  return at;
}

function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, label: string): void {
  assert.equal(found.length, expected.length, label);
  for (let i = 0; i < found.length; i++) {
    const off = Math.abs(found[i]! - expected[i]!);
    assert.ok(off <= tolerance, `${label}: [${i}] ${found[i]} is not ${expected[i]}`);
  }
}

for (const variant of variants) {
  test(`${variant}: products of any shape, plain and transposed, add to what is there`, () => {
    const kernels = new Kernels(variant);
    for (const shape of SHAPES) {
      const [m, n, k] = shape;
      for (const [transposeA, transposeB] of [
        [false, false],
        [true, false],
        [false, true],
      ] as const) {
        const [a, b] = [gaussian(m, k, 1), gaussian(k, n, 2)];
        const expected = plainProduct(a, transposeA, b, transposeB, shape).map((value) => value + 1);
        kernels.scope(() => {
          const [left, right] = [put(kernels, a), put(kernels, b)];
          const [c32, c64] = [kernels.zeros(m * n, 4), kernels.zeros(m * n, 8)];
          const work = kernels.allocate(kernels.call.productWork(n));
          kernels.f32(c32, m * n).fill(1);
          kernels.f64(c64, m * n).fill(1);
          const strides = [left, transposeA ? m : k, transposeA, right, transposeB ? k : n, transposeB] as const;
          kernels.call.product32(c32, n, ...strides, m, n, k, false, work);
          kernels.call.product64(c64, n, ...strides, m, n, k, false, work);
          assertClose(kernels.f32(c32, m * n), expected, 1e-6 * k + 1e-5, `f32 ${shape} ${transposeA} ${transposeB}`);
          assertClose(kernels.f64(c64, m * n), expected, 1e-13 * k + 1e-12, `f64 ${shape} ${transposeA} ${transposeB}`);
        });
      }
    }
  });

  test(`${variant}: a Gram matrix has its lower triangle`, () => {
    const kernels = new Kernels(variant);
    const [rows, columns] = [301, 37];
    const a = gaussian(rows, columns, 3);
    const at = put(kernels, a);
    const gram = kernels.zeros(columns * columns, 8);
    const work = kernels.allocate(kernels.call.productWork(columns));
    kernels.call.product64(gram, columns, at, columns, true, at, columns, false, columns, columns, rows, true, work);
    const expected = plainProduct(a, true, a, false, [columns, columns, rows]);
    const found = kernels.f64(gram, columns * columns);
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j <= i; j++) assert.ok(Math.abs(found[i * columns + j]! - expected[i * columns + j]!) < 1e-10);
    }
  });

  test(`${variant}: a sweep is Aᵀ(AX), and its halves are A X and Aᵀ Y`, () => {
    const kernels = new Kernels(variant);
    for (const [rows, columns] of [
      [12, 3],
      [60, 601],
      [108, 12],
    ] as const) {
      const [length, panels] = [columns + 5, 2];
      const [a, x] = [gaussian(rows, columns, 4), gaussian(columns, 16, 5)];
      const panelled = new Float32Array(length * 16);
      x.forEach((value, i) => {
        const [row, column] = [Math.floor(i / 16), i % 16];
        panelled[(Math.floor(column / 8) * length + row) * 8 + (column % 8)] = value;
      });
      const unpack = (values: Float32Array, count: number, stride: number): number[] =>
        Array.from({ length: count * 16 }, (_, i) => {
          const [row, column] = [Math.floor(i / 16), i % 16];
          return values[(Math.floor(column / 8) * stride + row) * 8 + (column % 8)]!;
        });
      const y = plainProduct(a, false, x, false, [rows, 16, columns]);
      const z = plainProduct(a, true, Float32Array.from(y), false, [columns, 16, rows]);
      kernels.scope(() => {
        const { call } = kernels;
        const [at, from] = [put(kernels, a), put(kernels, panelled)];
        const [half, back, whole] = [rows, length, length].map((count) => kernels.zeros(count * 16, 4)) as [
          number,
          number,
          number,
        ];
        call.forward(half, rows, at, columns, from, length, rows, columns, panels);
        assertClose(unpack(kernels.f32(half, rows * 16), rows, rows), y, 1e-6 * columns + 1e-4, 'A X');
        call.backward(back, length, at, columns, half, rows, rows, columns, panels);
        assertClose(unpack(kernels.f32(back, length * 16), columns, length), z, 1e-5 * (rows + columns), 'AᵀY');
        call.sweep(whole, at, columns, from, length, rows, columns, panels, kernels.allocate(call.sweepWork(panels)));
        assertClose(unpack(kernels.f32(whole, length * 16), columns, length), z, 1e-5 * (rows + columns), 'Aᵀ(A X)');
      });
    }
  });

  test(`${variant}: every float16 and bfloat16 widens to its value and back`, () => {
    const kernels = new Kernels(variant);
    const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const [halves, wide, back] = [kernels.allocate(131_072), kernels.allocate(262_144), kernels.allocate(131_072)];
    const bits = (at: number): Uint16Array => new Uint16Array(kernels.bytes(at, 131_072).slice().buffer);
    kernels.bytes(halves, 131_072).set(new Uint8Array(all.buffer));
    kernels.call.widenBf16(wide, halves, all.length);
    const bf16 = new Float32Array(new Uint32Array(all).map((value) => value << 16).buffer);
    assert.deepEqual(kernels.f32(wide, all.length).slice(), bf16);
    kernels.call.narrowBf16(back, wide, all.length);
    assert.deepEqual(bits(back), all);
    kernels.call.widenF16(wide, halves, all.length);
    kernels.f32(wide, all.length).forEach((value, i) => {
      assert.ok(Object.is(value, float16(i)), `${i}: ${value}`);
    });
    kernels.call.narrowF16(back, wide, all.length);
    bits(back).forEach((value, i) => {
      if (Number.isFinite(float16(i))) assert.equal(value, i);
    });
  });

  test(`${variant}: a scan sums, finds the largest, and counts what is not finite`, () => {
    const kernels = new Kernels(variant);
    const values = gaussian(1, 1000, 6);
    values[17] = -9;
    values[100] = Number.NaN;
    values[101] = Number.POSITIVE_INFINITY;
    values[999] = Number.NEGATIVE_INFINITY;
    const [at, result] = [put(kernels, values), kernels.allocate(32)];
    kernels.call.scan(at, values.length, result);
    const [squares, largest, nonFinite, sum] = kernels.f64(result, 4) as unknown as [number, number, number, number];
    const finite = [...values].filter(Number.isFinite);
    assert.ok(Math.abs(squares / finite.reduce((total, x) => total + x * x, 0) - 1) < 1e-14);
    assert.ok(Math.abs(sum - finite.reduce((total, x) => total + x, 0)) < 1e-11);
    assert.deepEqual([largest, nonFinite], [9, 3]);
  });

  test(`${variant}: the tridiagonal form has the eigenvalues of the matrix`, () => {
    const kernels = new Kernels(variant);
    for (const size of [1, 2, 3, 50, 131]) {
      const a = gaussian(size, size + 3, 9);
      const matrix = plainProduct(a, false, a, true, [size, size, size + 3]);
      const [at, diagonal, beside] = [size * size, size, size].map((count) => kernels.allocate(count * 8)) as [
        number,
        number,
        number,
      ];
      kernels.f64(at, size * size).set(matrix);
      kernels.call.tridiagonalise(at, size, diagonal, beside, kernels.allocate(size * 32));
      const found = tridiagonalEigen(kernels.f64(diagonal, size), kernels.f64(beside, size));
      assertClose(found, symmetricEigen(matrix, size), 1e-10, `${size}`);
    }
  });
}

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction > 0 ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

test('memory is given back by scopes and ends with an error', async () => {
  const kernels = new Kernels();
  const first = kernels.scope(() => kernels.allocate(1000));
  assert.equal(await kernels.scope(async () => kernels.allocate(1000)), first);
  assert.throws(() => kernels.scope(() => kernels.allocate(5e9)), LosslineError);
  assert.equal(kernels.allocate(8), first);
});
