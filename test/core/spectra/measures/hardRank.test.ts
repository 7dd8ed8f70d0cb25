import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hardRank } from '../../../../src/core/spectra/measures/hardRank';
import { knownSpectrum } from '../spectra';

test('one direction, equal directions, and the formula in between', () => {
  assert.equal(hardRank(knownSpectrum([3, 0, 0], 3, 9)).value, 1);
  assert.ok(Math.abs(hardRank(knownSpectrum([2, 2, 2, 2], 4, 4)).value - 4) < 1e-12);
  assert.ok(Math.abs(hardRank(knownSpectrum([2, 1], 2, 2)).value - 25 / 17) < 1e-12);
  assert.ok(Number.isNaN(hardRank(knownSpectrum([0, 0], 2, 2)).value));
});

test('does not depend on the scale', () => {
  const values = [5, 3, 1, 0.5];
  const scaled = hardRank(
    knownSpectrum(
      values.map((value) => value * 1e-5),
      4,
      8,
    ),
  ).value;
  assert.ok(Math.abs(scaled / hardRank(knownSpectrum(values, 4, 8)).value - 1) < 1e-12);
});
