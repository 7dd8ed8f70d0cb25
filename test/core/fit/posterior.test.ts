import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitLaw } from '../../../src/core/fit/fitLaw';
import { posteriorOf, shareOf } from '../../../src/core/fit/posterior';
import { prepareCurve } from '../../../src/core/fit/prepare';
import { generalisedAnnealing as law } from '../../../src/core/laws/generalisedAnnealing';
import { traceLr } from '../../../src/core/laws/lrPath';
import { normals } from './random';

const LR = { steps: Float64Array.of(0, 500, 15_000, 20_000), lrs: Float64Array.of(0, 1e-3, 1e-3, 0) };
const THETA = Float64Array.of(2.8, 0.8, 0.5, 0.2, 0.15);

function fitted(noise: number) {
  const steps = Float64Array.from({ length: 400 }, (_, i) => 25 * (i + 1));
  const path = traceLr(LR, 10_000)!;
  const losses = new Float64Array(steps.length);
  law.predict(THETA, law.prepare(path, steps, []), losses);
  const draws = normals(steps.length, 3);
  const measured = losses.map((loss, i) => loss * (1 + noise * draws[i]!));
  return posteriorOf(fitLaw(law, [prepareCurve({ steps, losses: measured, path }, { lawError: 0.001 }).curve]));
}

test('noise, law and prior add up to what a fit leaves open', () => {
  for (const noise of [1e-4, 0.05]) {
    const posterior = fitted(noise);
    const { noise: ofNoise, law: ofLaw, prior } = posterior.causes;
    for (const [k, value] of posterior.covariance.entries()) {
      const sum = ofNoise[k]! + ofLaw[k]! + prior[k]!;
      assert.ok(
        Math.abs(sum - value) < 1e-6 * Math.max(...posterior.covariance.map(Math.abs)),
        `${k}: ${sum}, ${value}`,
      );
    }
    assert.deepEqual(shareOf(posterior, { noise: 1, law: 1, prior: 1 }), posterior.covariance);
  }
});

test('noisy points leave the level open by their noise, quiet ones by the wandering of the run', () => {
  const [quiet, noisy] = [fitted(1e-4), fitted(0.05)];
  assert.ok(quiet.causes.law[0]! > 10 * quiet.causes.noise[0]!);
  assert.ok(noisy.causes.noise[0]! > 3 * noisy.causes.law[0]!);
  assert.ok(noisy.causes.noise[0]! > 10 * quiet.causes.noise[0]!);
});
