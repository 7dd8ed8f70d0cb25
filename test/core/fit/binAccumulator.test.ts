import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BinAccumulator, MAX_RAW_POINTS, reduceSeries } from '../../../src/core/fit/binAccumulator';
import { prepareCurve, prepareReduced } from '../../../src/core/fit/prepare';
import { normals } from './random';

const COUNT = 100_000;
const steps = Float64Array.from({ length: COUNT }, (_, i) => i + 1);
const errors = normals(COUNT, 21);
const losses = steps.map((step, i) => (3 + 2 * step ** -0.4) * (1 + 0.03 * errors[i]!));

test('the same points give the same groups however they arrive', () => {
  const whole = reduceSeries(steps, losses);
  for (const size of [1, 1000, 33_333]) {
    const bins = new BinAccumulator();
    for (let from = 0; from < 20_000; from += size) {
      const to = Math.min(from + size, 20_000);
      bins.push(steps.subarray(from, to), losses.subarray(from, to));
    }
    assert.deepEqual(bins.reduced(), reduceSeries(steps.subarray(0, 20_000), losses.subarray(0, 20_000)));
  }
  assert.ok(whole.steps.length < 7000);
  assert.equal(
    whole.counts.reduce((sum, count) => sum + count, 0),
    COUNT,
  );
});

test('bins of a long series have the right level and noise', () => {
  assert.ok(COUNT > MAX_RAW_POINTS);
  const { bins, pointsUsed } = prepareCurve({ steps, losses, path: undefined });
  assert.ok(pointsUsed >= 64_000 && pointsUsed <= 66_000);
  assert.ok(Math.abs(bins.pointNoise / 0.03 - 1) < 0.05, `${bins.pointNoise}`);
  const limits = Array.from(bins.counts, (count) => (5 * 0.03) / Math.sqrt(count) + 1e-4);
  bins.steps.forEach((step, i) => {
    assert.ok(Math.abs(bins.logLosses[i]! - Math.log(3 + 2 * step ** -0.4)) < limits[i]!, `${step}`);
  });
});

test('spikes, repeated and unusable values do not reach the means and are counted', () => {
  const spoilt = losses.slice(0, 50_000);
  for (let i = 40_000; i < 50_000; i += 500) spoilt[i] = 30;
  spoilt[45_001] = Number.NaN;
  spoilt[45_002] = -1;
  const doubled = Float64Array.from(steps.subarray(0, 50_000), (step) => (step === 45_010 ? 45_009 : step));
  const reduced = reduceSeries(doubled, spoilt);
  assert.deepEqual(reduced.leftOut, { notFinite: 1, notPositive: 1, repeated: 1 });
  const clean = prepareReduced(reduceSeries(steps.subarray(0, 50_000), losses.subarray(0, 50_000)), undefined);
  const spiky = prepareReduced(reduced, undefined);
  clean.bins.logLosses.forEach((value, i) => {
    assert.ok(Math.abs(value - spiky.bins.logLosses[i]!) < 3e-3);
  });
});

test('no points give no groups', () => {
  assert.equal(new BinAccumulator().reduced().steps.length, 0);
  assert.equal(reduceSeries([Number.NaN], [1]).steps.length, 0);
});
