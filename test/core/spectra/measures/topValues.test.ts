import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topValues } from '../../../../src/core/spectra/measures/topValues';
import { gaussian } from '../matrices';
import { estimateOf, exactOf, knownSpectrum, withMatrix } from '../spectra';

test('the largest, descending, as many as there are', () => {
  assert.deepEqual(
    topValues(knownSpectrum([1, 3, 2], 3, 4)),
    [3, 2, 1].map((value) => ({ value, error: 0 })),
  );
  assert.equal(topValues(knownSpectrum(Array(20).fill(1), 20, 20)).length, 8);
});

test('a bound holds even after two steps, when values are far off', async () => {
  await withMatrix(gaussian(200, 300, 1), 200, 300, async (matrix) => {
    const truth = (await exactOf(matrix)).values.map(Math.sqrt);
    const found = topValues(await estimateOf(matrix, 2, 3));
    assert.ok(Math.abs(found[0]!.value / truth[0]! - 1) > 0.005);
    for (const { value, error } of found) {
      assert.ok(
        truth.some((sigma) => Math.abs(sigma - value) <= error!),
        `${value} ± ${error}`,
      );
    }
  });
});
