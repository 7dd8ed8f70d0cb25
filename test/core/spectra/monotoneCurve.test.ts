import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotoneCurve } from '../../../src/core/spectra/linear/monotoneCurve';

test('goes through its points, never turns between them, and reproduces a line', () => {
  const [x, y] = [
    [0, 1, 3, 4, 9],
    [10, 9, 2, 1.9, 0],
  ];
  const curve = monotoneCurve(x, y);
  x.forEach((place, i) => {
    assert.ok(Math.abs(curve(place) - y[i]!) < 1e-12);
  });
  for (let at = 0; at < 9; at += 0.05) assert.ok(curve(at + 0.05) <= curve(at) + 1e-12, `${at}`);
  const line = monotoneCurve([1, 2, 5], [8, 6, 0]);
  for (const at of [0.5, 1.5, 3, 4.9]) assert.ok(Math.abs(line(at) - (10 - 2 * at)) < 1e-12);
});

test('beyond the lower end it stops at zero; one point is a constant; jumping back is allowed', () => {
  const curve = monotoneCurve([0, 1, 2], [5, 3, 1]);
  assert.equal(curve(4), 0);
  assert.ok(Math.abs(curve(0.5) - 4) < 1e-12 && Math.abs(curve(-1) - 7) < 1e-12);
  assert.equal(monotoneCurve([3], [4])(100), 4);
  assert.equal(monotoneCurve([], [])(1), 0);
});
