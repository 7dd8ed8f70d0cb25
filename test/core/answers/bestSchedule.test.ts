import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ahead, withAhead } from '../../../src/core/answers/ahead';
import { bestSchedule } from '../../../src/core/answers/bestSchedule';
import { decayStart } from '../../../src/core/answers/decayStart';
import { isotonicFall } from '../../../src/core/answers/isotonic';
import { estimateAt } from '../../../src/core/forecast/estimate';
import { normals } from '../fit/random';
import { LR, madeFit, PEAK, TOTAL, TRUTH, truthAt } from './madeRun';

const fitted = madeFit(10_000);
const endOf = (ahead: Ahead): number => estimateAt(withAhead(fitted, ahead).value!).value;

/** A stable rate until `start`, then (1 - u)^power down to `low`. */
function powerFall(start: number, power: number, low: number): Ahead {
  const steps = [start, ...Array.from({ length: 40 }, (_, k) => start + ((k + 1) * (TOTAL - start)) / 40)];
  const lrs = steps.map((step) => low + (PEAK - low) * (1 - (step - start) / (TOTAL - start)) ** power);
  return { steps, lrs };
}

test('no schedule of a dense search ends lower by more than half a thousandth of a nat', () => {
  const { ahead, finalLoss } = bestSchedule(fitted).value!;
  let least = Number.POSITIVE_INFINITY;
  for (let start = 10_001; start < TOTAL; start += 200) {
    for (const power of [0.6, 0.8, 1, 1.25, 1.5, 2, 2.5, 3]) {
      for (const low of [0, 0.02 * PEAK, 0.1 * PEAK]) least = Math.min(least, endOf(powerFall(start, power, low)));
    }
  }
  assert.ok(finalLoss.value <= least + 5e-4, `${finalLoss.value}, ${least}`);
  // Nor does one near it.
  for (let seed = 1; seed <= 40; seed++) {
    const noise = normals(ahead.lrs.length, seed);
    const moved = Array.from(ahead.lrs, (lr, k) => Math.min(PEAK, Math.max(0, lr + 0.05 * PEAK * noise[k]!)));
    assert.ok(finalLoss.value <= endOf({ ...ahead, lrs: moved }) + 5e-4);
  }
});

test('it is no worse than the plan and than the best decay of a family, and keeps its limits', () => {
  const { ahead, gain, finalLoss } = bestSchedule(fitted).value!;
  assert.ok(gain.value < 0 && gain.interval80[0] < gain.value && gain.value < gain.interval80[1]);
  assert.ok(finalLoss.value <= decayStart(fitted, { shape: '1-sqrt' }).value!.finalLoss.value + 5e-4);
  const lrs = Array.from(ahead.lrs);
  assert.ok(lrs.every((lr, k) => lr >= 0 && lr <= PEAK * (1 + 1e-9) && lr <= (lrs[k - 1] ?? PEAK) + 1e-12));
  const limited = bestSchedule(fitted, { highest: 0.5 * PEAK, lowest: 0.1 * PEAK }).value!;
  for (const lr of Array.from(limited.ahead.lrs)) assert.ok(lr >= 0.1 * PEAK - 1e-12 && lr <= 0.5 * PEAK + 1e-12);
  assert.ok(limited.finalLoss.value >= finalLoss.value - 5e-4);
});

test('the gain is the true one within its interval: runs drawn from the prior, the best schedule of each really tried', () => {
  const [runs, draws] = [24, normals(24 * 4, 17)];
  let inside = 0;
  for (let k = 0; k < runs; k++) {
    const [alpha, drop, memory, size] = draws.subarray(4 * k, 4 * k + 4);
    const theta = TRUTH.map(
      (value, a) => value * Math.exp([0, 0.2 * size!, 0.1 * alpha!, 0.2 * drop!, 0.4 * memory!][a]!),
    );
    const run = madeFit(9000, k + 1, theta);
    const { ahead, gain } = bestSchedule(run).value!;
    const lr = {
      steps: Float64Array.of(0, 400, 9000, ...Array.from(ahead.steps)),
      lrs: Float64Array.of(0, PEAK, PEAK, ...Array.from(ahead.lrs)),
    };
    const truth = truthAt([TOTAL], lr, theta)[0]! - truthAt([TOTAL], LR, theta)[0]!;
    if (gain.interval80[0] <= truth && truth <= gain.interval80[1]) inside++;
    assert.ok(gain.chanceBetter > 0.5 && gain.chanceBetter <= 1);
  }
  assert.ok(inside >= 0.6 * runs, `${inside} of ${runs}`);
});

test('limits that leave nothing are refused, and so is a plan that is over', () => {
  assert.equal(bestSchedule(fitted, { lowest: PEAK, highest: PEAK }).refused?.code, 'badArgument');
  assert.equal(bestSchedule({ ...fitted, lastSeen: TOTAL }).refused?.code, 'planOver');
});

test('isotonic falls equal the reference and keep the sum', () => {
  assert.deepEqual(isotonicFall([3, 1, 2, 2, 0]), [3, 5 / 3, 5 / 3, 5 / 3, 0]);
  assert.deepEqual(isotonicFall([1, 2, 3]), [2, 2, 2]);
  assert.deepEqual(isotonicFall([]), []);
});
