import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jensenShannon } from '../../../../src/core/spectra/activations/prePost';

const list = (...values: number[]): Float64Array => Float64Array.from(values);

test('the divergence is 0 for equal shares, ln 2 at most, and symmetric', () => {
  assert.equal(jensenShannon(list(4, 2, 1), list(8, 4, 2)), 0);
  const [a, b] = [list(5, 1, 1), list(2, 2, 2, 2)];
  assert.ok(Math.abs(jensenShannon(a, b) - jensenShannon(b, a)) < 1e-15);
  assert.ok(jensenShannon(list(1), new Float64Array(100_000).fill(1)) <= Math.LN2);
});

test('the shorter list is filled up with zeros', () => {
  assert.equal(jensenShannon(list(1, 1), list(1, 1, 0, 0)), 0);
  // P = (1), Q = (½, ½): M = (¾, ¼).
  const expected = (Math.log(4 / 3) + 0.5 * Math.log(2 / 3) + 0.5 * Math.log(2)) / 2;
  assert.ok(Math.abs(jensenShannon(list(1), list(3, 3)) - expected) < 1e-12);
});
