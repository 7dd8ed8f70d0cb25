import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numericalRank } from '../../../../src/core/spectra/measures/numericalRank';
import { withSingularValues } from '../matrices';
import { estimateOf, exactOf, knownSpectrum, withMatrix } from '../spectra';

test('counts what is above max(m, n)·ε·σ₁', () => {
  const limit = 100 * 2 ** -23;
  assert.deepEqual(numericalRank(knownSpectrum([1, 1.01 * limit, 0.99 * limit, 0], 4, 100)), { value: 2, error: 0 });
});

test('a matrix of rank 30 is found out, by the estimate too', async () => {
  const values = Array.from({ length: 120 }, (_, i) => (i < 30 ? 2 - i / 20 : 0));
  await withMatrix(withSingularValues(values, 120, 160, 3), 120, 160, async (matrix) => {
    assert.equal(numericalRank(await exactOf(matrix)).value, 30);
    const { value, error } = numericalRank(await estimateOf(matrix, 6, 1));
    assert.ok(Math.abs(value - 30) <= error!, `${value} ± ${error}`);
  });
});
