import assert from 'node:assert/strict';
import { test } from 'node:test';
import { condition } from '../../../../src/core/spectra/measures/condition';
import { exactSpectrum } from '../../../../src/core/spectra/spectrum';
import { gaussian } from '../matrices';
import { estimateOf, exactOf, knownSpectrum, withMatrix } from '../spectra';

test('is the ratio of the ends', () => {
  assert.deepEqual(condition(knownSpectrum([8, 4, 2], 3, 3)), { value: 4, error: 0 });
  assert.equal(condition(knownSpectrum([0, 0], 2, 2)), null);
});

test('below what rounding allows it is a lower bound', () => {
  const bound = condition(exactSpectrum(Float64Array.of(1, 1e-18), 2, 2, 1e-12))!;
  assert.equal(bound.error, null);
  assert.ok(Math.abs(bound.value / 1e6 - 1) < 1e-9);
});

test('an estimate is a lower bound', async () => {
  await withMatrix(gaussian(150, 200, 2), 150, 200, async (matrix) => {
    const truth = condition(await exactOf(matrix))!.value;
    const bound = condition(await estimateOf(matrix, 4, 1))!;
    assert.equal(bound.error, null);
    assert.ok(bound.value > 1 && bound.value < truth);
  });
});
