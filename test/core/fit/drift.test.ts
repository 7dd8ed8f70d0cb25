import assert from 'node:assert/strict';
import { test } from 'node:test';
import { driftFactor, whiten } from '../../../src/core/fit/drift';

const STEPS = Float64Array.of(1000, 1500, 3000, 10_000);
const OWN = Float64Array.of(2e-3, 1e-3, 1e-3, 5e-4);
const DRIFT = Float64Array.of(4e-3, 3e-3, 2e-3, 1e-3);

test('the factor gives back noise, drift and their fall with the distance in log step', () => {
  const factor = driftFactor(STEPS, OWN, DRIFT)!;
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) {
      let product = 0;
      for (let k = 0; k < 4; k++) product += factor[i * 4 + k]! * factor[j * 4 + k]!;
      const alike = Math.exp(-2 * Math.abs(Math.log(STEPS[i]! / STEPS[j]!)));
      const expected = DRIFT[i]! * DRIFT[j]! * alike + (i === j ? OWN[i]! ** 2 : 0);
      assert.ok(Math.abs(product - expected) < 1e-15);
    }
  }
});

test('without drift whitening divides by the noise; with it a common offset counts little more than once', () => {
  const offset = STEPS.map(() => 1e-3);
  const alone = Float64Array.from(offset);
  whiten(driftFactor(STEPS, OWN, new Float64Array(4))!, 4, alone, { from: 0, stride: 1 });
  for (const [i, value] of alone.entries()) assert.ok(Math.abs(value - 1e-3 / OWN[i]!) < 1e-12);
  const close = Float64Array.of(1000, 1001, 1002, 1003);
  const small = new Float64Array(4).fill(1e-5);
  const drift = new Float64Array(4).fill(1e-3);
  const together = Float64Array.from(offset);
  whiten(driftFactor(close, small, drift)!, 4, together, { from: 0, stride: 1 });
  const square = together.reduce((sum, value) => sum + value ** 2, 0);
  assert.ok(square < 1.2, `${square} instead of 4`);
});

test('points without any error have no factor', () => {
  assert.equal(driftFactor(Float64Array.of(1, 2), new Float64Array(2), new Float64Array(2)), undefined);
});
