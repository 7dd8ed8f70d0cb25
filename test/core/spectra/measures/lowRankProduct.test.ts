import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lowRankProductValues } from '../../../../src/core/spectra/measures/lowRankProduct';
import { gaussian, plainProduct } from '../matrices';
import { exactOf, withMatrix } from '../spectra';

test('has the singular values of the product that is formed', async () => {
  for (const [out, inner, rank] of [
    [60, 40, 8],
    [30, 90, 1],
    [20, 20, 20],
  ] as const) {
    const [b, a] = [gaussian(out, rank, 1), gaussian(rank, inner, 2)];
    const product = Float32Array.from(plainProduct(b, false, a, false, [out, inner, rank]));
    await withMatrix(product, out, inner, async (matrix) => {
      const { values } = await exactOf(matrix);
      const found = lowRankProductValues(b, a, rank);
      assert.equal(found.length, rank);
      found.forEach((value, i) => {
        assert.ok(Math.abs(value - Math.sqrt(values[i]!)) < 1e-5 * found[0]!, `${out} × ${inner} [${i}]`);
      });
    });
  }
});

test('small values are exact, where the Gram matrix of the product would lose them', () => {
  const b = Float32Array.of(1, 0, 0, 2 ** -30, 0, 0);
  const a = Float32Array.of(1, 0, 0, 1);
  assert.deepEqual([...lowRankProductValues(b, a, 2)], [1, 2 ** -30]);
});

test('a fresh adapter, whose B is zero, has only zeros', () => {
  assert.deepEqual([...lowRankProductValues(new Float32Array(8), gaussian(2, 5, 3), 2)], [0, 0]);
});
