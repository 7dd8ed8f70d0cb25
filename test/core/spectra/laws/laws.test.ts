import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averagingSteps, decayScale, scaleChange } from '../../../../src/core/spectra/laws/decayScale';
import { fitPolynomial, studentT } from '../../../../src/core/spectra/laws/leastSquares';
import { extrapolateLogits } from '../../../../src/core/spectra/laws/logitGrowth';
import { matchTopValues } from '../../../../src/core/spectra/laws/matchTopValues';
import { rankTrend } from '../../../../src/core/spectra/laws/rankTrend';
import { fitWidthLaw } from '../../../../src/core/spectra/laws/widthLaw';
import { normalSource } from '../../../../src/core/spectra/linear/random';

test('least squares: exact polynomials, a textbook line, and intervals that hold', () => {
  const x = [0, 1, 2, 3, 4];
  const exact = fitPolynomial(
    x,
    x.map((v) => 2 - v + 0.5 * v * v),
    2,
  )!;
  for (const [k, value] of exact.coefficients.entries()) assert.ok(Math.abs(value - [2, -1, 0.5][k]!) < 1e-9);
  assert.ok(Math.abs(exact.at(6).value - 14) < 1e-8 && exact.rSquared > 1 - 1e-12);
  // Anscombe's first set: y = 3.00 + 0.500 x, standard error of the slope 0.1179, r² 0.667.
  const anscombe = fitPolynomial(
    [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5],
    [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
    1,
  )!;
  assert.ok(Math.abs(anscombe.coefficients[1]! - 0.5) < 1e-3 && Math.abs(anscombe.rSquared - 0.667) < 1e-3);
  assert.ok(Math.abs(anscombe.errors[1]! - 2.262 * 0.1179) < 1e-3);
  assert.equal(fitPolynomial([1, 1, 1], [1, 2, 3], 1), null);
  assert.ok(Math.abs(studentT(30) - 2.042) < 0.005 && studentT(0) === Number.POSITIVE_INFINITY);
});

test('width law: the exponent and an interval that covers it in 19 of 20 cases', () => {
  const next = normalSource(1);
  let covered = 0;
  for (let round = 0; round < 400; round++) {
    const points = [1, 2, 3, 4, 5, 6, 7, 8].map((k) => ({
      width: 768 * k,
      rank: Math.exp(1 + 0.6 * Math.log(768 * k) + 0.1 * next()),
    }));
    const { interval } = fitWidthLaw(points)!;
    if (interval[0] <= 0.6 && interval[1] >= 0.6) covered++;
  }
  assert.ok(covered >= 365 && covered <= 395, `${covered} of 400`);
  const three = [1, 2, 3].map((width) => ({ width, rank: width }));
  assert.equal(fitWidthLaw(three), null);
  assert.equal(fitWidthLaw([...three, { width: 4, rank: Number.NaN }]), null);
});

test('decay scale: halving the rate scales by √½, doubling the decay does too, and it takes time', () => {
  const setting = { learningRate: 3e-4, weightDecay: 0.1 };
  assert.ok(Math.abs(decayScale(setting) - Math.sqrt(3e-3)) < 1e-12);
  assert.ok(Math.abs(averagingSteps(setting) - 1 / 3e-5) < 1e-6);
  const slower = scaleChange(setting, { ...setting, learningRate: 1.5e-4 }, 1000);
  assert.ok(Math.abs(slower.ratio - Math.SQRT1_2) < 1e-12 && !slower.settled);
  assert.ok(scaleChange(setting, { ...setting, weightDecay: 0.2 }, 40_000).settled);
  const independent = { learningRate: 1, weightDecay: 1e-4, independent: true };
  assert.ok(Math.abs(scaleChange(independent, { ...independent, learningRate: 0.5 }, 0).ratio - 0.5) < 1e-12);
  assert.equal(decayScale({ learningRate: 1, weightDecay: 0 }), Number.POSITIVE_INFINITY);
});

test('a simulated AdamW matrix settles at a scale that follows √(η/λ)', () => {
  // Sign-like updates of unit size with random signs, as Adam's are far from the minimum: w ← w(1 − ηλ) + η·u.
  const settledSize = (learningRate: number, weightDecay: number): number => {
    const next = normalSource(7);
    const weights = new Float64Array(2000);
    const steps = Math.ceil(4 / (learningRate * weightDecay));
    for (let step = 0; step < steps; step++) {
      for (let i = 0; i < weights.length; i++) {
        weights[i] = weights[i]! * (1 - learningRate * weightDecay) + learningRate * Math.sign(next());
      }
    }
    return Math.sqrt(weights.reduce((sum, value) => sum + value * value, 0) / weights.length);
  };
  const [before, after] = [
    { learningRate: 0.1, weightDecay: 0.1 },
    { learningRate: 0.05, weightDecay: 0.2 },
  ];
  const measured = settledSize(0.05, 0.2) / settledSize(0.1, 0.1);
  assert.ok(Math.abs(measured / scaleChange(before, after, 1e9).ratio - 1) < 0.05, `${measured}`);
});

test('top values of two widths: ratio, exponent, and the decay that would match them', () => {
  const pair = (kind: string, ratio: number) => ({
    kind,
    width: 256,
    otherWidth: 1024,
    spectralNorm: 2,
    otherSpectralNorm: 2 * ratio,
  });
  const free = 4 ** 0.75;
  const matches = matchTopValues([pair('up', free), pair('up', free), pair('down', 1.1), pair('embedding', 9)]);
  assert.deepEqual(
    matches.map(({ kind, mismatch }) => [kind, mismatch]),
    [
      ['up', true],
      ['down', false],
    ],
  );
  assert.ok(Math.abs(matches[0]!.exponent! - 0.75) < 1e-9);
  // σ ∝ λ^−½: with the decay multiplied by the factor the ratio is 1.
  assert.ok(Math.abs(matches[0]!.ratio / Math.sqrt(matches[0]!.decayFactor) - 1) < 1e-12);
  assert.equal(matchTopValues([{ ...pair('up', 1), otherWidth: 256 }])[0]!.exponent, null);
});

test('rank trend: a slow loss is a slope, a sudden one a collapse, one with the learning rate is neither', () => {
  const steps = Array.from({ length: 41 }, (_, i) => i * 250);
  const slow = rankTrend(
    steps.map((step) => ({ step, rank: 100 * Math.exp((-0.3 * step) / 10_000) })),
    10_000,
  )!;
  assert.ok(Math.abs(slow.slope + 0.3) < 1e-9 && !slow.collapsing);
  const sudden = steps.map((step) => ({ step, rank: step < 5000 ? 100 : 70, learningRate: 1e-3 }));
  const fell = rankTrend(sudden, 10_000)!;
  assert.ok(fell.collapsing && fell.from < 5000 && fell.to >= 5000 && Math.abs(fell.steepestFall - 0.3) < 1e-12);
  const planned = sudden.map((point) => ({ ...point, learningRate: point.step < 5000 ? 1e-3 : 1e-4 }));
  assert.equal(rankTrend(planned, 10_000)!.collapsing, false);
  assert.equal(rankTrend(sudden.slice(0, 2), 10_000), null);
});

test('logit growth: a quadratic in logarithms is continued, with its doubt', () => {
  const points = [1e7, 3e7, 1e8, 3e8, 1e9].map((scale, i) => {
    const x = Math.log(scale / 1e8);
    return { scale, logit: Math.exp(5 + 0.5 * x + 0.05 * x * x + (i % 2 === 0 ? 0.02 : -0.02)) };
  });
  const near = extrapolateLogits(points, 2e9)!;
  const truth = Math.exp(5 + 0.5 * Math.log(20) + 0.05 * Math.log(20) ** 2);
  assert.ok(near.interval[0] < truth && truth < near.interval[1]);
  assert.ok(!near.diverging);
  assert.ok(extrapolateLogits(points, 1e12)!.diverging);
  assert.ok(extrapolateLogits(points, 1e11)!.atRisk);
  assert.equal(extrapolateLogits(points.slice(0, 3), 1e10), null);
});
