import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitLaw } from '../../../src/core/fit/fitLaw';
import { posteriorOf } from '../../../src/core/fit/posterior';
import type { FitCurve } from '../../../src/core/fit/problem';
import { lrAnnealing } from '../../../src/core/laws/lrAnnealing';
import { traceLr } from '../../../src/core/laws/lrPath';
import { powerLaw } from '../../../src/core/laws/powerLaw';
import type { LrCurve } from '../../../src/core/plan/lrCurve';
import { loadCurve, readManifest, scheduleCurve } from './curveFolder';
import { fitAndTest } from './protocols';
import { normals } from './random';

const TRUTH = Float64Array.of(2.8, 24, 0.47, 1.8e-4);
const TOTAL = 20_000;
const BASE = { total_steps: TOTAL, peak_lr: 6e-4, warmup_steps: 400 };
const SCHEDULES: Record<string, LrCurve> = {
  cosine: scheduleCurve({ ...BASE, kind: 'cosine', decay_start: 400, decay_shape: 'cosine', final_lr: 6e-5 }),
  linear: scheduleCurve({ ...BASE, kind: 'linear', decay_start: 400, decay_shape: 'linear', final_lr: 0 }),
  'wsd, linear': scheduleCurve({ ...BASE, kind: 'wsd', decay_start: 15_000, decay_shape: 'linear', final_lr: 0 }),
  'wsd, 1-sqrt': scheduleCurve({ ...BASE, kind: 'wsd', decay_start: 14_000, decay_shape: '1-sqrt', final_lr: 0 }),
  'wsd, exponential': scheduleCurve({ ...BASE, kind: 'wsd', decay_start: 12_000, decay_shape: 'exp', final_lr: 1e-5 }),
  'two stages': scheduleCurve({
    ...BASE,
    kind: 'two-stage',
    decay_start: 10_000,
    decay_steps: 1,
    decay_shape: 'step',
    final_lr: 6e-5,
  }),
};

/** A run that obeys the law exactly, with relative noise of size `noise`. */
function madeCurve(lr: LrCurve, noise: number, seed: number): FitCurve {
  const steps = Float64Array.from({ length: 300 }, (_, i) => 600 + Math.round((i * (TOTAL - 600)) / 299));
  const path = traceLr(lr, TOTAL)!;
  const losses = new Float64Array(steps.length);
  lrAnnealing.predict(TRUTH, lrAnnealing.prepare(path, steps, [0.999]), losses);
  const errors = normals(steps.length, seed);
  return {
    path,
    steps,
    targets: losses.map((loss, i) => Math.log(loss) + noise * errors[i]!),
    sigma: losses.map(() => noise || 1e-6),
    thresholds: losses.map(() => 1.5),
  };
}

for (const [name, lr] of Object.entries(SCHEDULES)) {
  test(`known parameters come back to 0.1 % from clean data: ${name}`, () => {
    const { theta, converged } = fitLaw(lrAnnealing, [madeCurve(lr, 0, 1)], { priors: [] });
    assert.ok(converged);
    for (const [a, value] of TRUTH.entries()) assert.ok(Math.abs(theta[a]! / value - 1) < 1e-3, `${a}: ${theta[a]}`);
  });

  test(`under noise the parameters lie within their stated errors: ${name}`, () => {
    let inside = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const fit = fitLaw(lrAnnealing, [madeCurve(lr, 2e-3, seed)], { priors: [] });
      const { covariance } = posteriorOf(fit);
      const truth = fit.problem.free(TRUTH);
      truth.forEach((value, a) => {
        if (Math.abs(fit.u[a]! - value) < 1.96 * Math.sqrt(covariance[5 * a]!)) inside++;
      });
    }
    assert.ok(inside >= 0.85 * 80 && inside <= 80, `${inside} of 80 inside 95 %`);
  });
}

test('the searched memory is the true one', () => {
  const lr = SCHEDULES['wsd, linear']!;
  const { settings } = fitLaw(lrAnnealing, [madeCurve(lr, 0, 1)], { priors: [], settings: 'search' });
  assert.deepEqual(settings, [0.999]);
});

test('several curves share their parameters: a decay seen in one run determines C for the other', () => {
  const constant = madeCurve(scheduleCurve({ ...BASE, kind: 'constant' }), 1e-3, 3);
  const decayed = madeCurve(SCHEDULES['wsd, linear']!, 1e-3, 4);
  assert.equal(posteriorOf(fitLaw(lrAnnealing, [constant])).identified[3], false);
  const joint = fitLaw(lrAnnealing, [constant, decayed]);
  assert.equal(posteriorOf(joint).identified[3], true);
  assert.ok(Math.abs(joint.theta[3]! / TRUTH[3]! - 1) < 0.05);
});

test('before any decay the prior holds C near its centre and says so', () => {
  const fit = fitLaw(lrAnnealing, [madeCurve(scheduleCurve({ ...BASE, kind: 'constant' }), 1e-3, 5)]);
  const [prior] = lrAnnealing.priors.filter((term) => term.name === 'ln C');
  assert.ok(Math.abs(prior!.quantity(fit.theta) - prior!.mean) < 0.1 * prior!.sd);
  const { covariance } = posteriorOf(fit);
  assert.ok(Math.abs(Math.sqrt(covariance[15]!) / prior!.sd - 1) < 0.05);
});

test('the same data give the same bits', () => {
  const [a, b] = [1, 2].map(() => fitLaw(lrAnnealing, [madeCurve(SCHEDULES.cosine!, 2e-3, 6)]));
  assert.deepEqual(a!.theta, b!.theta);
  assert.equal(a!.cost, b!.cost);
});

// Values of the independent implementation in loss-law research (L-BFGS on the same objective), as printed there.
const REFERENCE = [
  { group: 'mpl-25M', settings: undefined, law: lrAnnealing, expected: [0.9979, 0.00477, 0.00623, 0.00141, 0.00542] },
  { group: 'mpl-25M', settings: 'search', law: lrAnnealing, expected: [0.9983, 0.00442, 0.00553, 0.0013, 0.00472] },
  { group: 'mpl-100M', settings: undefined, law: lrAnnealing, expected: [0.9978, 0.00468, 0.00667, 0.00154, 0.00718] },
  { group: 'mpl-100M', settings: 'search', law: lrAnnealing, expected: [0.998, 0.0044, 0.00638, 0.00145, 0.00691] },
  { group: 'mpl-25M', settings: undefined, law: powerLaw, expected: [0.979, 0.015, 0.019, 0.0044, 0.015] },
  { group: 'mpl-100M', settings: undefined, law: powerLaw, expected: [0.968, 0.021, 0.024, 0.0069, 0.015] },
] as const;

for (const { group, settings, law, expected } of REFERENCE) {
  test(`three schedules of ${group} predict the six others as published: ${law.id}, ${settings ?? 'standard'}`, () => {
    const folder = 'test/fixtures/curves';
    const curves = readManifest(folder).filter((facts) => facts.group === group);
    const { scores } = fitAndTest(
      law,
      curves.map((facts) => loadCurve(folder, facts)),
      settings,
    );
    Object.values(scores).forEach((value: number, k) => {
      const digits = String(expected[k]).length - 2;
      assert.ok(Math.abs(value - expected[k]!) <= 0.51 * 10 ** -digits + 1e-5, `${Object.keys(scores)[k]}: ${value}`);
    });
  });
}
