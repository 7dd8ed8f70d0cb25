import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerWarnings } from '../../../../src/core/spectra/laws/layerWarnings';
import { pointAt } from '../../spectra/laws/layerPoints';

/** Averaging times are 1/(ηλ): 10 000 steps at the first rate, 40 000 at a quarter of it. */
const rates = [1e-3, 1e-3, 2.5e-4, 2.5e-4];
const steps = [1_000, 30_000, 40_000, 140_000];
function run(lastNorm: number, lastStep = steps[3]!) {
  const norms = { 'layers.0.down': 2, 'layers.1.down': 2, 'layers.2.down': 2 };
  const points = rates.map((learningRate, i) => {
    const spectralNorm = i === 3 ? lastNorm : 2;
    const layers = Object.fromEntries(Object.keys(norms).map((name) => [name, { spectralNorm }]));
    return pointAt(i === 3 ? lastStep : steps[i]!, layers, { learningRate });
  });
  return layerWarnings(points, 200_000).filter(({ id }) => id === 'weightScale');
}

test('norms that do not follow the square root of the learning rate are told, with both numbers', () => {
  const [warning] = run(2);
  assert.equal(warning?.severity, 'info');
  assert.deepEqual(warning!.evidence.numbers, { observed: 1, expected: 0.5 });
  assert.deepEqual(warning!.evidence.steps, [30_000, 140_000]);
});

test('norms that follow it, or have not had the time to, are fine', () => {
  assert.deepEqual(run(1), []);
  assert.deepEqual(run(1.2), []);
  assert.deepEqual(run(2, 100_000), []);
});

test('nothing is said without learning rate or decay', () => {
  const points = steps.map((step) => pointAt(step, {}, { weightDecay: null }));
  assert.deepEqual(layerWarnings(points, null), []);
  assert.deepEqual(layerWarnings([], null), []);
});
