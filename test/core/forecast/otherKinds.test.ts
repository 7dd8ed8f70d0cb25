import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLAT_PATH } from '../../../src/core/fit/prepare';
import type { ForecastInput } from '../../../src/core/forecast/forecast';
import { fitForecast, predictFinalLoss } from '../../../src/core/forecast/predict';
import type { Law } from '../../../src/core/laws/law';
import { rectified } from '../../../src/core/laws/rectified';
import { sigmoid } from '../../../src/core/laws/sigmoid';
import { normals } from '../fit/random';

const NO_LR = { steps: new Float64Array(0), lrs: new Float64Array(0) };

function valuesOf(law: Law, theta: readonly number[], steps: Float64Array): Float64Array {
  const values = new Float64Array(steps.length);
  law.predict(Float64Array.from(theta), law.prepare(FLAT_PATH, steps, []), values);
  return values;
}

/** A run that obeys `law`, logged at every step up to `until` of `finalStep`. */
function madeRun(
  law: Law,
  theta: readonly number[],
  [until, finalStep]: readonly [number, number],
  seed: number,
): ForecastInput {
  const steps = Float64Array.from({ length: until }, (_, i) => i + 1);
  const errors = normals(until, seed);
  const scale = law.rises ? 0.03 : 0.02;
  const losses = valuesOf(law, theta, steps).map((v, i) =>
    law.rises ? v + scale * errors[i]! : v * (1 + scale * errors[i]!),
  );
  return { steps, losses, lr: NO_LR, finalStep, seed: 1 };
}

test('a reward is forecast by a sigmoid, near its true end and mostly inside the intervals, whatever its sign', () => {
  for (const theta of [
    [0.1, 0.6, 1.3, 250],
    [-2, 1.8, 1.1, 150],
  ] as const) {
    const truth = valuesOf(sigmoid, theta, Float64Array.of(2000))[0]!;
    let inside = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { forecast, fitted } = fitForecast({ ...madeRun(sigmoid, theta, [800, 2000], seed), kind: 'reward' });
      const { value, interval80 } = forecast.finalLoss!;
      assert.equal(forecast.lawId, 'sigmoid');
      assert.equal(forecast.refused?.code, 'outsideLaw');
      assert.equal(fitted, null, 'no what-if of a learning rate');
      assert.ok(Math.abs(value - truth) < 0.1 * theta[1], `${value}, ${truth}`);
      if (interval80[0] < truth && truth < interval80[1]) inside++;
    }
    assert.ok(inside >= 13, `${inside} of 20`);
  }
});

test('a pass rate that nobody called a reward is recognised by its rise; a loss that diverges is not', () => {
  const rate = predictFinalLoss(madeRun(sigmoid, [0.1, 0.6, 1.3, 250], [800, 2000], 3));
  assert.equal(rate.lawId, 'sigmoid');
  assert.match(rate.refused!.reason, /sigmoid/);
  const steps = Float64Array.from({ length: 400 }, (_, i) => i + 1);
  const rising = { steps, losses: steps.map((step) => 3 + step / 100), lr: NO_LR, finalStep: 1000, seed: 1 };
  assert.equal(predictFinalLoss(rising).refused?.code, 'diverged');
  assert.equal(predictFinalLoss(rising).finalLoss, null);
});

test('a reward that does not rise yet is refused', () => {
  const steps = Float64Array.from({ length: 300 }, (_, i) => i + 1);
  const flat = { steps, losses: normals(300, 4).map((e) => 0.2 + 0.05 * e), lr: NO_LR, finalStep: 1000, seed: 1 };
  for (const input of [
    { ...flat, kind: 'reward' as const },
    { ...flat, lawId: 'sigmoid' },
  ]) {
    assert.equal(predictFinalLoss(input).finalLoss, null);
    assert.equal(predictFinalLoss(input).refused?.code, 'outsideLaw');
  }
});

test('fine-tuning is forecast by the rectified law, and the forecast says so', () => {
  const theta = [1.1, 12, 25, 0.6];
  const truth = valuesOf(rectified, theta, Float64Array.of(3000))[0]!;
  const forecast = predictFinalLoss({ ...madeRun(rectified, theta, [1200, 3000], 5), kind: 'fineTuning' });
  assert.equal(forecast.lawId, 'rectified');
  assert.match(forecast.refused!.reason, /Fine-tuning/);
  assert.ok(Math.abs(forecast.finalLoss!.value / truth - 1) < 0.02);
  const [low, high] = forecast.finalLoss!.interval95;
  assert.ok(low < truth && truth < high);
});

test('hostile values of a reward are no fault', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1e300, 0, 1e300]) {
    const run = madeRun(sigmoid, [0.1, 0.6, 1.3, 250], [200, 2000], 3);
    const losses = run.losses.map((v, i) => (i % 7 === 0 ? value : v));
    const { finalLoss } = predictFinalLoss({ ...run, losses, kind: 'reward' });
    if (finalLoss !== null) assert.ok(!Number.isNaN(finalLoss.value));
  }
});
