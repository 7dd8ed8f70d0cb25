import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generalisedAnnealing } from '../../../src/core/laws/generalisedAnnealing';
import { powerSumAt, rateAt, rateBlocks, sumPowers, traceLr } from '../../../src/core/laws/lrPath';
import type { LrCurve } from '../../../src/core/plan/lrCurve';

const TOTAL = 6000;
const CURVES: Record<string, LrCurve> = {
  'warm-up, peak, linear decay': { steps: Float64Array.of(0, 200, 4000, TOTAL), lrs: Float64Array.of(0, 1, 1, 0) },
  'linear from the first step': { steps: Float64Array.of(0, TOTAL), lrs: Float64Array.of(0.002, 0) },
  'a low rate': { steps: Float64Array.of(0, 200, 4000, TOTAL), lrs: Float64Array.of(0, 3e-4, 3e-4, 0) },
  'cosine in many knots': {
    steps: Float64Array.from({ length: 1001 }, (_, i) => 6 * i),
    lrs: Float64Array.from({ length: 1001 }, (_, i) => 0.1 + 0.45 * (1 + Math.cos((Math.PI * i) / 1000))),
  },
  'one sudden drop': { steps: Float64Array.of(0, 100, 3000, 3001, TOTAL), lrs: Float64Array.of(0, 1, 1, 0.1, 0.1) },
  'a second rise': {
    steps: Float64Array.of(0, 100, 2000, 2500, 3000, TOTAL),
    lrs: Float64Array.of(0, 1, 1, 0.2, 0.8, 0),
  },
};

/** The definition, step by step. */
function direct(theta: Float64Array, lr: LrCurve, at: number): number {
  const path = traceLr(lr, TOTAL)!;
  const rates = Array.from({ length: at + 1 }, (_, s) => rateAt(path, s));
  const z = Math.min(Math.log(2), Math.max(Math.log(0.1), path.peakLr <= 0.01 ? Math.log(path.peakLr / 1e-3) : 0));
  const [p, q] = [0.55 - 0.05 * z, 0.6 - 0.15 * z];
  let [u, w] = [0, 0];
  const sums = rates.map((rate) => {
    u += rate ** p;
    w += rate ** 1.5;
    return w;
  });
  let drop = 0;
  for (let k = 0; k <= at; k++) {
    const weight = (k === 0 ? 0 : rates[k - 1]! ** q) - rates[k]! ** q;
    drop += weight * (1 - (1 + theta[4]! * (w - sums[k]!)) ** -0.5);
  }
  return theta[0]! + theta[1]! * (u / 1000) ** -theta[2]! - theta[3]! * (1 + drop);
}

for (const [name, lr] of Object.entries(CURVES)) {
  test(`the compressed sums give the loss of the step-by-step definition: ${name}`, () => {
    const steps = Float64Array.of(400, 2000, 3500, 4500, 5600, TOTAL);
    const losses = new Float64Array(steps.length);
    for (const memory of [0.02, 0.12, 1]) {
      const theta = Float64Array.of(2.8, 0.75, 0.5, 0.25, memory);
      generalisedAnnealing.predict(theta, generalisedAnnealing.prepare(traceLr(lr, TOTAL)!, steps, []), losses);
      losses.forEach((loss, i) => {
        assert.ok(
          Math.abs(loss - direct(theta, lr, steps[i]!)) < 4e-4,
          `${memory}, ${steps[i]}: ${loss - direct(theta, lr, steps[i]!)}`,
        );
      });
    }
  });

  test(`few blocks hold all changes of the rate: ${name}`, () => {
    const path = traceLr(lr, TOTAL)!;
    const { from, to, before, after } = rateBlocks(path, 96);
    assert.ok(from.length <= 200);
    const moved = before.reduce((sum, rate, k) => sum + after[k]! - rate, 0);
    assert.ok(Math.abs(moved - rateAt(path, TOTAL)) < 1e-9);
    for (let k = 1; k < from.length; k++) assert.ok(from[k]! >= to[k - 1]!);
    const sums = sumPowers(path, 0.6);
    let brute = 0;
    for (let s = 0; s <= 5000; s++) brute += rateAt(path, s) ** 0.6;
    assert.ok(Math.abs(powerSumAt(sums, 5000) / brute - 1) < 1e-3);
  });
}
