import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LossDigest, pointsOfSpans } from '../../../src/core/engine/lossDigest';
import { fitForecast } from '../../../src/core/forecast/predict';
import { resolveSpans, Series, samplePoints, spansUntil } from '../../../src/core/series/series';
import { LR, TOTAL, truthAt } from '../answers/madeRun';
import { normals } from '../fit/random';

const COUNT = 15_000;
const noise = normals(COUNT, 3);
const losses = truthAt(Float64Array.from({ length: COUNT }, (_, i) => i + 1)).map(
  (loss, i) => loss * (1 + 0.01 * noise[i]!),
);

function grow(series: Series, from: number, to: number): void {
  for (let step = from; step < to; step++) series.push(step, losses[step - 1]!);
}

test('points taken in as they arrive equal those of the whole, through growth and restarts', () => {
  const digest = new LossDigest();
  const series = new Series('train_loss', 'loss', '');
  const check = (): void => {
    const spans = resolveSpans([series]);
    assert.deepEqual(digest.pointsOf([series], spans, 0), pointsOfSpans(spans));
  };
  let step = 1;
  for (const to of [5000, 8192, 8193, 9000, 9001, 12_000]) {
    grow(series, step, to);
    step = to;
    check();
  }
  // Taken up again from an earlier point.
  grow(series, 10_000, 11_000);
  check();
  grow(series, 11_000, COUNT);
  check();
});

test('a long series is forecast from its groups, as from all of its points', () => {
  const series = new Series('train_loss', 'loss', '');
  grow(series, 1, COUNT);
  const { reduced, ...newest } = pointsOfSpans(resolveSpans([series]));
  assert.ok(reduced !== undefined && newest.steps.length < COUNT / 1.5);
  const rest = { lr: LR, finalStep: TOTAL, seed: 1 };
  const short = fitForecast({ ...newest, ...rest }, { reduced }).forecast;
  const all = { steps: Float64Array.from(series.steps.view()), losses: Float64Array.from(series.values.view()) };
  const long = fitForecast({ ...all, ...rest }).forecast;
  assert.deepEqual(short.seen, long.seen);
  assert.deepEqual(short.params, long.params);
  assert.equal(short.finalLoss!.value, long.finalLoss!.value);
});

test('sampled points keep both ends and their order over restarts', () => {
  const series = new Series('learning_rate', 'lr', '');
  for (let step = 0; step < 3000; step++) series.push(step, step);
  for (let step = 2000; step < 5000; step++) series.push(step, step);
  const spans = resolveSpans([series]);
  const { steps, values } = samplePoints(spans, 100);
  assert.deepEqual([steps[0], steps[99], steps.length], [0, 4999, 100]);
  assert.ok(steps.every((step, i) => (i === 0 || step > steps[i - 1]!) && values[i] === step));
  assert.equal(samplePoints(spans, 10_000).steps.length, 5000);
  assert.equal(spansUntil(spans, 2500).at(-1)!.steps.at(-1), 2500);
  assert.deepEqual(spansUntil(spans, -1), []);
});
