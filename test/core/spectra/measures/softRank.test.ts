import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hardRank } from '../../../../src/core/spectra/measures/hardRank';
import { softRank } from '../../../../src/core/spectra/measures/softRank';
import { SHAPES } from '../matrices';
import { knownSpectrum } from '../spectra';

test('one direction, equal directions, and the formula in between', () => {
  assert.equal(softRank(knownSpectrum([3, 0, 0], 3, 9)).value, 1);
  assert.ok(Math.abs(softRank(knownSpectrum([2, 2, 2, 2], 4, 4)).value - 4) < 1e-12);
  const entropy = -(0.8 * Math.log(0.8) + 0.2 * Math.log(0.2));
  assert.ok(Math.abs(softRank(knownSpectrum([2, 1], 2, 2)).value - Math.exp(entropy)) < 1e-12);
});

test('is never below the hard rank nor above the shorter side', () => {
  for (const [name, shape] of Object.entries(SHAPES)) {
    const spectrum = knownSpectrum(shape(90), 90, 120);
    const soft = softRank(spectrum).value;
    assert.ok(soft >= hardRank(spectrum).value - 1e-9 && soft <= 90, name);
  }
});

test('takes shares of squares: a power law has 15 of them where shares of values have 142', () => {
  const values = Array.from({ length: 512 }, (_, i) => (i + 1) ** -0.9);
  const soft = softRank(knownSpectrum(values, 512, 1408)).value;
  const total = values.reduce((sum, value) => sum + value, 0);
  const entropy = values.reduce((sum, value) => sum - (value / total) * Math.log(value / total), 0);
  assert.ok(soft < 15 && Math.exp(entropy) > 100, `${soft} ${Math.exp(entropy)}`);
});
