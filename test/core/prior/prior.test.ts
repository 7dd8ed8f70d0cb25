import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logRateOf } from '../../../src/core/laws/adamwRate';
import { generalisedAnnealing } from '../../../src/core/laws/generalisedAnnealing';
import { traceLr } from '../../../src/core/laws/lrPath';
import { CONSTANTS, constantsAt, priorTermsOf } from '../../../src/core/prior/constants';
import { fittedRunOf } from '../../../src/core/prior/fittedRun';
import { type FamilyConstants, learnPrior } from '../../../src/core/prior/learnPrior';
import { type FittedRun, generalPriorOf, priorFrom } from '../../../src/core/prior/memory';
import { SHIPPED_PRIOR } from '../../../src/core/prior/shippedPrior';
import { normals } from '../fit/random';

const THETA = Float64Array.of(2.8, 0.8, 0.5, 0.3, 0.1);
const LR = { steps: Float64Array.of(0, 300, 12_000, 20_000), lrs: Float64Array.of(0, 1e-3, 1e-3, 0) };

function madeRun(theta: Float64Array, seed: number) {
  const steps = Float64Array.from({ length: 200 }, (_, i) => 100 * (i + 1));
  const losses = new Float64Array(steps.length);
  generalisedAnnealing.predict(theta, generalisedAnnealing.prepare(traceLr(LR, 20_000)!, steps, []), losses);
  const errors = normals(steps.length, seed);
  return { steps, losses: losses.map((loss, i) => loss * (1 + 5e-4 * errors[i]!)), lr: LR };
}

const remembered = (theta: Float64Array, name: string, model: string, seed = 1): FittedRun =>
  fittedRunOf(madeRun(theta, seed), { name, model })!;

const sd = (prior: { covariance: readonly number[] }, a: number): number =>
  Math.sqrt(prior.covariance[a * (CONSTANTS + 1)]!);

test('the constants of a finished run come back within their errors', () => {
  let inside = 0;
  const truth = constantsAt(THETA);
  for (let seed = 1; seed <= 20; seed++) {
    const { mean, covariance } = remembered(THETA, 'a', 'm', seed);
    truth.forEach((value, a) => {
      if (Math.abs(mean[a]! - value) < 1.96 * sd({ covariance }, a)) inside++;
    });
  }
  assert.ok(inside >= 85, `${inside} of 100 inside 95 %`);
});

test('prior terms have the squared distance of the normal distribution, with exact gradients', () => {
  const prior = priorFrom([remembered(THETA, 'a', 'm')], { peakLr: 1e-3, model: 'm' }, SHIPPED_PRIOR);
  const terms = priorTermsOf(prior);
  const theta = Float64Array.of(2.9, 0.7, 0.55, 0.25, 0.15);
  const size = theta.length;
  const gradient = new Float64Array(size);
  for (const term of terms) {
    term.gradient(theta, gradient);
    for (let a = 0; a < size; a++) {
      const reach = 1e-6 * theta[a]!;
      const at = (sign: number): number => term.quantity(theta.map((v, b) => (a === b ? v + sign * reach : v)));
      const difference = (at(1) - at(-1)) / (2 * reach);
      assert.ok(Math.abs(difference - gradient[a]!) <= 1e-5 * (1 + Math.abs(gradient[a]!)), `${term.name} ${a}`);
    }
  }
  const onMean = constantsAt(THETA).map((_, a) => prior.mean[a]!);
  const memory = Math.exp(onMean[2]!);
  const drop = Math.exp(onMean[1]!) / (1 - (1 + 2000 * memory) ** -0.5);
  const back = Float64Array.of(0, Math.exp(onMean[3]!), Math.exp(onMean[0]!), drop, memory);
  back[0] = onMean[4]! - back[1]! * 10 ** -back[2]!;
  for (const term of terms) assert.ok(Math.abs(term.quantity(back) - term.mean) < 1e-6);
});

test('without history the general prior; another model sharpens it a little, the same model and rate most', () => {
  const facts = { peakLr: 1e-3, model: 'm' };
  const none = priorFrom([], facts, SHIPPED_PRIOR);
  assert.deepEqual(none, generalPriorOf(SHIPPED_PRIOR, facts));
  const run = remembered(THETA, 'a', 'm');
  const priors = [
    none,
    priorFrom([{ ...run, model: 'other' }], facts, SHIPPED_PRIOR),
    priorFrom([{ ...run, peakLr: 5e-4 }], facts, SHIPPED_PRIOR),
    priorFrom([run], facts, SHIPPED_PRIOR),
  ];
  for (const a of [0, 1, 3]) {
    for (let k = 1; k < priors.length; k++) assert.ok(sd(priors[k]!, a) <= sd(priors[k - 1]!, a) + 1e-9, `${a} ${k}`);
  }
  assert.ok(Math.abs(priors[3]!.mean[1]! - constantsAt(THETA)[1]!) < 0.15);
  assert.ok(sd(priors[1]!, 4) > 10, 'another model says nothing of the level');
  assert.ok(sd(priors[3]!, 4) < 0.05, 'the same model gives the level');
});

test('useless history is ignored', () => {
  const run = remembered(THETA, 'a', 'm');
  const broken = { ...run, mean: run.mean.map(() => Number.NaN) };
  assert.deepEqual(
    priorFrom([broken], { peakLr: 1e-3 }, SHIPPED_PRIOR),
    generalPriorOf(SHIPPED_PRIOR, { peakLr: 1e-3 }),
  );
  assert.equal(
    fittedRunOf({ steps: new Float64Array(0), losses: new Float64Array(0), lr: LR }, { name: 'none' }),
    undefined,
  );
  const short = madeRun(THETA, 1);
  assert.equal(
    fittedRunOf({ ...short, steps: short.steps.slice(0, 5), losses: short.losses.slice(0, 5) }, { name: 'x' }),
    undefined,
  );
});

test('rates of AdamW move the prior, other units widen it', () => {
  assert.equal(logRateOf(1), undefined);
  assert.equal(logRateOf(0.02), undefined);
  assert.ok(Math.abs(logRateOf(1e-3)!) < 1e-12);
  const [low, high, unknown] = [1e-4, 2e-3, 1].map((peakLr) => generalPriorOf(SHIPPED_PRIOR, { peakLr }));
  assert.ok(low!.mean[1]! < high!.mean[1]! && low!.mean[3]! > high!.mean[3]!);
  assert.ok(sd(unknown!, 1) > sd(high!, 1));
});

test('a learnt prior has the middle of its families and is not moved by one that is far off', () => {
  const family = (k: number, shift = 0): FamilyConstants => ({
    source: k % 2 === 0 ? 'a' : 'b',
    name: `${k}`,
    peakLr: 1e-3,
    finalProgress: 10,
    mean: [-0.7 + 0.05 * k + shift, -1.5 + shift, -2, -0.3, 3],
    covariance: new Array(25).fill(0),
  });
  const seven = [-3, -2, -1, 0, 1, 2, 3].map((k) => family(k));
  const learnt = learnPrior(seven);
  assert.ok(Math.abs(learnt.adamw.centre[0]! + 0.7) < 1e-12);
  const shifted = learnPrior([...seven, family(0, 5)]);
  assert.ok(Math.abs(shifted.adamw.centre[0]! - learnt.adamw.centre[0]!) < 0.05);
  assert.deepEqual(learnt.from, { families: 7, sources: ['a', 'b'] });
});

test('where the unit of the rate says nothing, the release follows the slope at the planned end', () => {
  const at = (finalProgress: number) => generalPriorOf(SHIPPED_PRIOR, { peakLr: 1, finalProgress });
  const [short, long] = [at(2), at(40)];
  assert.ok(short.mean[1]! > long.mean[1]! + 0.5, `${short.mean[1]} ${long.mean[1]}`);
  assert.ok(sd(short, 1) < sd(generalPriorOf(SHIPPED_PRIOR, { peakLr: 1 }), 1));
  const known = [2, 40].map((finalProgress) => generalPriorOf(SHIPPED_PRIOR, { peakLr: 1e-3, finalProgress }));
  assert.deepEqual(known[0], known[1], 'a rate of AdamW tells the release itself');
});

test('families count as much as their runs determine them', () => {
  const family = (name: string, value: number, variance: number): FamilyConstants => ({
    source: 'a',
    name,
    peakLr: 1e-3,
    finalProgress: 10,
    mean: [value, -1.5, -2, -0.3, 3],
    covariance: Array.from({ length: 25 }, (_, k) => (k % 6 === 0 ? variance : 0)),
  });
  const sure = [0, 1, 2].map((k) => family(`sure ${k}`, -0.7, 1e-4));
  const vague = [0, 1, 2, 3].map((k) => family(`vague ${k}`, -0.2, 4));
  assert.equal(learnPrior([...sure, ...vague]).adamw.centre[0], -0.7);
});
