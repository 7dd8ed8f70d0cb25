import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitLaw } from '../../../src/core/fit/fitLaw';
import { posteriorOf } from '../../../src/core/fit/posterior';
import type { FitCurve } from '../../../src/core/fit/problem';
import type { Law, LawId } from '../../../src/core/laws/law';
import { traceLr } from '../../../src/core/laws/lrPath';
import { LAWS } from '../../../src/core/laws/registry';
import type { LrCurve } from '../../../src/core/plan/lrCurve';
import { normals } from '../fit/random';

const TOTAL = 20_000;
/** Two schedules of one model: only together they tell all constants of the laws with memory. */
const SCHEDULES: readonly LrCurve[] = [
  { steps: Float64Array.of(0, 400, 15_000, TOTAL), lrs: Float64Array.of(0, 1e-3, 1e-3, 0) },
  { steps: Float64Array.of(0, 400, 8000, 8001, TOTAL), lrs: Float64Array.of(0, 1e-3, 1e-3, 2e-4, 2e-4) },
];

const TRUTHS: Readonly<Record<LawId, readonly number[]>> = {
  convexBound: [2.9, 800, 0.06],
  forwardMomentum: [2.8, 18, 0.47, 0.25],
  functionalScaling: [2.7, 18, 0.47, 0.18, 0.08, 0.45],
  generalisedAnnealing: [2.8, 0.75, 0.5, 0.22, 0.13],
  lrAnnealing: [2.8, 24, 0.47, 1.8e-4],
  multiPower: [2.7, 18, 0.47, 0.18, 0.1, 0.6, 0.6],
  powerLaw: [2.8, 24, 0.47],
  rectified: [1.2, 20, 30, 0.55],
  sigmoid: [-0.3, 1.1, 1.4, 2500],
};

function madeCurve(law: Law, lr: LrCurve, seed: number): FitCurve {
  const steps = Float64Array.from({ length: 120 }, (_, i) => Math.round(600 * (TOTAL / 600) ** (i / 119)));
  const path = traceLr(lr, TOTAL)!;
  const values = new Float64Array(steps.length);
  const settings = law.settings.map((setting) => setting.standard);
  law.predict(Float64Array.from(TRUTHS[law.id]), law.prepare(path, steps, settings), values);
  const errors = normals(steps.length, seed);
  const noise = 1e-3;
  return {
    path,
    steps,
    targets: values.map((value, i) => (law.rises ? value : Math.log(value)) + noise * errors[i]!),
    sigma: values.map(() => noise),
    thresholds: values.map(() => 1.5),
  };
}

for (const law of LAWS) {
  test(`${law.id}: the true parameters lie inside their intervals`, () => {
    const size = law.params.length;
    const [runs, priors] = [6, law.priors];
    let inside = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const curves = SCHEDULES.map((lr, k) => madeCurve(law, lr, 10 * seed + k));
      const fit = fitLaw(law, curves, { priors });
      const { covariance } = posteriorOf(fit);
      fit.problem.free(Float64Array.from(TRUTHS[law.id])).forEach((value, a) => {
        if (Math.abs(fit.u[a]! - value) < 1.96 * Math.sqrt(covariance[a * (size + 1)]!)) inside++;
      });
      const ends = new Float64Array(2);
      const asked = Float64Array.of(TOTAL / 2, TOTAL);
      const input = law.prepare(curves[0]!.path, asked, fit.settings);
      law.predict(fit.theta, input, ends);
      const truth = new Float64Array(2);
      law.predict(Float64Array.from(TRUTHS[law.id]), input, truth);
      for (const i of [0, 1]) assert.ok(Math.abs(ends[i]! - truth[i]!) < 5e-3, `${ends[i]} against ${truth[i]}`);
    }
    assert.ok(inside >= 0.8 * runs * size, `${inside} of ${runs * size} inside 95 %`);
  });
}
