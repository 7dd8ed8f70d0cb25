import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binPoints, MAX_BINS } from '../../../src/core/fit/bins';
import { huber, huberWeight } from '../../../src/core/fit/huber';
import { neighbourCorrelation, pointNoise } from '../../../src/core/fit/noise';
import { prepareCurve } from '../../../src/core/fit/prepare';
import { median, robustSd } from '../../../src/core/fit/robust';
import { transformFor } from '../../../src/core/fit/transform';
import { traceLr } from '../../../src/core/laws/lrPath';
import { normals } from './random';

const range = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => i + 1);

test('median and robust spread ignore non-finite values and agree with numpy and scipy', () => {
  assert.equal(median([5, Number.NaN, 1, 3]), 3);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
  assert.ok(Math.abs(robustSd([1, 2, 3, 4, 100]) - 1.482602218505602) < 1e-12);
});

test('point noise is that of the noise whatever the trend and the spacing', () => {
  const errors = normals(4000, 11);
  const steps = range(4000).map((i) => i * 10 + (i % 3) * 4);
  const values = steps.map((step, i) => 50 - 0.01 * step + 0.02 * errors[i]!);
  assert.ok(Math.abs(pointNoise(steps, values) / 0.02 - 1) < 0.05);
  assert.ok(
    pointNoise(
      steps,
      steps.map((step) => 3 - 1e-4 * step),
    ) < 1e-12,
  );
  assert.equal(pointNoise(Float64Array.of(1, 2), Float64Array.of(1, 2)), 0);
});

test('spikes do not raise the point noise', () => {
  const steps = range(1000);
  const errors = normals(1000, 12);
  const values = errors.map((e, i) => 3 + 0.01 * e + (i % 50 === 0 ? 2 : 0));
  assert.ok(pointNoise(steps, values) < 0.012);
});

test('neighbour correlation tells independent from slow residuals', () => {
  assert.ok(Math.abs(neighbourCorrelation(normals(3000, 13))) < 0.05);
  assert.ok(neighbourCorrelation(range(200).map((i) => Math.sin(i / 30))) > 0.95);
  assert.equal(neighbourCorrelation(new Float64Array(9)), 0);
});

test('Huber loss is square inside and straight outside', () => {
  assert.deepEqual([huber(0.5, 1), huber(-3, 1), huber(-3, Number.POSITIVE_INFINITY)], [0.125, 2.5, 4.5]);
  assert.deepEqual([huberWeight(0.5, 1), huberWeight(-4, 1)], [1, 0.25]);
});

test('transforms are inverse to each other and know their slope', () => {
  const infinite = Number.POSITIVE_INFINITY;
  for (const [low, high, value] of [
    [-infinite, infinite, -3],
    [0, infinite, 2e-4],
    [0.05, 2, 0.4],
  ] as const) {
    const transform = transformFor({ low, high });
    const u = transform.toFree(value);
    assert.ok(Math.abs(transform.toBounded(u) / value - 1) < 1e-12);
    const difference = (transform.toBounded(u + 1e-6) - transform.toBounded(u - 1e-6)) / 2e-6;
    assert.ok(Math.abs(difference / transform.slope(u) - 1) < 1e-6);
    assert.ok(Number.isFinite(transform.toBounded(1e9)) && Number.isFinite(transform.toFree(low === 0 ? 0 : 2)));
  }
});

test('bins are even in log step, end where the rate moves, and leave spikes out', () => {
  const steps = range(5000);
  const losses = steps.map((step, i) => (i === 3000 ? 50 : 3 + step ** -0.5));
  const bins = binPoints({ steps, losses }, undefined);
  assert.ok(bins.steps.length <= MAX_BINS + 1);
  assert.equal(
    bins.counts.reduce((sum, count) => sum + count, 0),
    5000,
  );
  bins.steps.forEach((step, i) => {
    const truth = Math.log(3 + step ** -0.5);
    if (step > 20) assert.ok(Math.abs(bins.logLosses[i]! - truth) < 1e-3, `${step}`);
  });
  const path = traceLr({ steps: Float64Array.of(0, 4000, 4001, 5000), lrs: Float64Array.of(1, 1, 0.1, 0.1) }, 5000)!;
  const split = binPoints({ steps, losses }, path);
  const before = split.steps.filter((step) => step <= 4000).length;
  const pointsBefore = split.counts.slice(0, before).reduce((sum, count) => sum + count, 0);
  assert.equal(pointsBefore, 4000, 'no bin crosses the drop');
  assert.equal(binPoints({ steps: new Float64Array(0), losses: new Float64Array(0) }, undefined).steps.length, 0);
});

test('preparing leaves out what cannot be used and says why', () => {
  const steps = Float64Array.of(10, 100, 200, 1000, 1100, 1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800, 1900);
  const losses = steps.map((_, i) => 4 - 0.01 * i);
  losses[6] = Number.NaN;
  losses[7] = -1;
  const path = traceLr({ steps: Float64Array.of(0, 100, 2000), lrs: Float64Array.of(0, 1, 1) }, 1900);
  const { curve, pointsUsed, leftOut } = prepareCurve({ steps, losses, path });
  assert.deepEqual(leftOut, [
    { reason: 'not finite', count: 1 },
    { reason: 'not positive', count: 1 },
    { reason: 'during or just after warm-up', count: 2 },
    { reason: 'too long ago', count: 1 },
    { reason: 'repeated', count: 1 },
  ]);
  assert.equal(pointsUsed, 8);
  assert.ok(curve.steps.every((step, i) => i === 0 || step > curve.steps[i - 1]!));
  assert.ok(
    curve.sigma.every((sigma, i) => i === 0 || sigma <= curve.sigma[i - 1]! + 1e-12),
    'old data weigh less',
  );
  assert.equal(prepareCurve({ steps: new Float64Array(0), losses: new Float64Array(0), path }).pointsUsed, 0);
});
