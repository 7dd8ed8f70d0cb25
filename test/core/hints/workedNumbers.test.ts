import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scaledAdam } from '../../../src/core/hints/rules/adamBatchScaling';
import { scaledLr } from '../../../src/core/hints/rules/batchScaling';
import { halfLife } from '../../../src/core/hints/rules/beta2Batch';
import { lossOf, optimalSplit, replicatedLaw } from '../../../src/core/hints/rules/computeOptimal';
import { criticalBatchOf } from '../../../src/core/hints/rules/criticalBatch';
import { criticalBatchAt, sameLossAt } from '../../../src/core/hints/rules/criticalBatchLoss';
import { scaledEma } from '../../../src/core/hints/rules/emaHorizon';
import { rankGain } from '../../../src/core/hints/rules/ffnWidth';
import { batchOfTokens } from '../../../src/core/hints/rules/powerLinesBatch';
import { effectiveTokens } from '../../../src/core/hints/rules/repetition';
import { horizonExponent } from '../../../src/core/hints/rules/tokenHorizon';
import { leastWarmup } from '../../../src/core/hints/rules/warmupLength';
import { bestTimescale, timescale } from '../../../src/core/hints/rules/weightDecayTimescale';
import { bestBatch, stepLawLr } from '../../../src/core/hints/stepLawFit';

/** Numbers that were worked out from the papers by hand: what each is, the value, and what it has to be. */
const WORKED: readonly (readonly [what: string, value: number, expected: number, digits: number])[] = [
  ['timescale', timescale(3e-4, 0.1, 3e11 / 524_288), 0.0583, 3],
  ['best timescale of 1.3B on 300B', bestTimescale(3e11 / 1.3e9), 0.0616, 3],
  ['best weight decay of it', 524_288 / (3e-4 * 3e11 * bestTimescale(3e11 / 1.3e9)), 0.0946, 3],
  ['best timescale at 20', bestTimescale(20), 0.224, 3],
  ['best timescale at 200', bestTimescale(200), 0.066, 2],
  ['best timescale at 2000', bestTimescale(2000), 0.0197, 3],
  ['token horizon 20B to 100B', 1e-3 * 5 ** horizonExponent(1e9), 6e-4, 2],
  ['step law, 1B on 100B', stepLawLr(1e9, 1e11).value, 1.66e-3, 3],
  ['step law, low', stepLawLr(1e9, 1e11).band[0], 1.52e-3, 3],
  ['step law, high', stepLawLr(1e9, 1e11).band[1], 1.82e-3, 3],
  ['step law, 7B on 2T', stepLawLr(7e9, 2e12).value, 1.04e-3, 3],
  ['step law, 7B on 2T, low', stepLawLr(7e9, 2e12).band[0], 0.85e-3, 2],
  ['step law, 7B on 2T, high', stepLawLr(7e9, 2e12).band[1], 1.28e-3, 3],
  ['step law, batch at 100B', bestBatch(1e11).value, 1.11e6, 3],
  ['step law, batch at 100B, low', bestBatch(1e11).band[0], 1.02e6, 3],
  ['step law, batch at 100B, high', bestBatch(1e11).band[1], 1.2e6, 3],
  ['step law, batch at 2T', bestBatch(2e12).value, 6.1e6, 2],
  ['step law, batch at 2T, low', bestBatch(2e12).band[0], 5.1e6, 2],
  ['step law, batch at 2T, high', bestBatch(2e12).band[1], 7.3e6, 2],
  ['SGD in proportion', scaledLr(0.1, 8, true), 0.8, 3],
  ['best batch at 2.2B', batchOfTokens(2.2e9).best, 0.24e6, 2],
  ['critical batch at 2.2B', batchOfTokens(2.2e9).critical, 2e6, 1],
  ['best batch at 300B', batchOfTokens(3e11).best, 1.6e6, 2],
  ['critical batch at 300B', batchOfTokens(3e11).critical, 19e6, 2],
  ['critical batch at 1.7B, sequences', criticalBatchOf(1.7e9) / 512, 756, 3],
  ['critical batch at a loss of 2.5', criticalBatchAt(2.5), 2.5e6, 2],
  ['half-life of 0.95', halfLife(0.95), 13.5, 3],
  ['half-life of 0.999', halfLife(0.999), 693, 3],
  ['warmup for 0.95', leastWarmup(0.95), 40, 3],
  ['warmup for 0.999', leastWarmup(0.999), 2000, 3],
  ['average at 8 times the batch', scaledEma(0.9999, 8), 0.9992, 4],
  ['average at a quarter of the batch', scaledEma(0.9999, 0.25), 0.999975, 6],
  ['4 epochs of 10B', effectiveTokens(1e10, 4), 37.3e9, 3],
  ['16 epochs of 10B', effectiveTokens(1e10, 16), 106e9, 3],
  ['40 epochs of 10B', effectiveTokens(1e10, 40), 152e9, 3],
  ['soft rank of twice the width', rankGain(2, false).soft[0]!, 2 ** 0.661, 4],
  ['hard rank under Muon', rankGain(2, true).hard[0]!, 2 ** 0.821, 4],
];

/** The sources print rounded numbers, and bands of their bootstrap instead of the Gaussian that stands for it. */
const TOLERANCE = 0.012;

for (const [what, value, expected, digits] of WORKED) {
  test(what, () => {
    const isRounded = value.toPrecision(digits) === expected.toPrecision(digits);
    assert.ok(isRounded || Math.abs(value / expected - 1) < TOLERANCE, `${value} for ${expected}`);
  });
}

test('Adam at four times the batch', () => {
  const { lr, beta1, beta2, epsilon } = scaledAdam({ lr: 3e-4, beta1: 0.9, beta2: 0.95, epsilon: 1e-8 }, 4);
  const expected = [6e-4, 0.6, 0.8, 5e-9];
  for (const [index, value] of [lr, beta1, beta2, epsilon].entries())
    assert.ok(Math.abs(value / expected[index]! - 1) < 1e-9);
});

test('compute-optimal split: the replication against the printed coefficients', () => {
  const printed = { e: 1.69, a: 406.4, alpha: 0.34, b: 410.7, beta: 0.28 };
  for (const [law, ratio, loss] of [
    [printed, 92.7, 1.931],
    [replicatedLaw(), 18.4, 1.974],
  ] as const) {
    const { parameters, tokens } = optimalSplit(law, 5.76e23);
    assert.ok(Math.abs(tokens / parameters / ratio - 1) < 0.002);
    assert.equal(lossOf(law, parameters, tokens).toFixed(3), loss.toFixed(3));
  }
});

test('steps and tokens at another batch keep (S/S_min − 1)(E/E_min − 1) = 1', () => {
  const critical = 1e6;
  const { steps, tokens } = sameLossAt(1e5, 4e6, critical);
  const s = (1 + critical / 1e5) * steps;
  const e = (1 + 1e5 / critical) * tokens;
  assert.ok(Math.abs((s - 1) * (e - 1) - 1) < 1e-9);
});
