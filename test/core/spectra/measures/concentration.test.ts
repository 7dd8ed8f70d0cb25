import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concentration } from '../../../../src/core/spectra/measures/concentration';

test('flat is 0, rank one is (D − 1)/D, in between is the formula', () => {
  assert.ok(Math.abs(concentration(new Float64Array(50).fill(2))) < 1e-12);
  for (const size of [2, 10, 300]) {
    const one = new Float64Array(size);
    one[0] = 7;
    assert.ok(Math.abs(concentration(one) - (size - 1) / size) < 1e-12);
  }
  // Shares 0.6, 0.3, 0.1: (2/3)·((0.6 − 1/3) + (0.9 − 2/3) + 0).
  assert.ok(Math.abs(concentration(Float64Array.of(6, 3, 1)) - 1 / 3) < 1e-12);
  assert.ok(Number.isNaN(concentration(new Float64Array(3))));
});
