import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utilization } from '../../../../src/core/spectra/measures/utilization';

test('is the harmonic mean of both shares, and its error that of both', () => {
  const { value, error } = utilization({ value: 20, error: 1 }, { value: 60, error: 3 }, 100);
  assert.ok(Math.abs(value - 0.3) < 1e-12);
  // Both off by 5 %: so is the mean.
  assert.ok(Math.abs(error! - 0.015) < 1e-12);
  assert.equal(utilization({ value: 8, error: 0 }, { value: 8, error: 0 }, 8).value, 1);
});

test('its error is the change that the errors of the ranks cause', () => {
  const [hard, soft] = [
    { value: 30, error: 0.01 },
    { value: 70, error: 0.02 },
  ];
  const { value, error } = utilization(hard, soft, 100);
  const moved = utilization({ value: 30.01, error: 0 }, { value: 70.02, error: 0 }, 100).value;
  assert.ok(Math.abs(moved - value - error!) < 1e-6);
});
