import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stableRank } from '../../../../src/core/spectra/measures/stableRank';
import { knownSpectrum } from '../spectra';

test('is the energy over that of the largest value', () => {
  assert.equal(stableRank(knownSpectrum([3, 0], 2, 5)).value, 1);
  assert.equal(stableRank(knownSpectrum([1, 1, 1], 3, 3)).value, 3);
  assert.ok(Math.abs(stableRank(knownSpectrum([2, 1, 1], 3, 5)).value - 1.5) < 1e-12);
  assert.ok(Number.isNaN(stableRank(knownSpectrum([0, 0], 2, 2)).value));
});
