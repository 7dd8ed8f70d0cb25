import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fallAhead, plannedAhead, withAhead } from '../../../src/core/answers/ahead';
import { chanceBelow, chanceBelowRun, chanceOfZ, endOf } from '../../../src/core/answers/chance';
import { collapse } from '../../../src/core/answers/collapse';
import { decayStart } from '../../../src/core/answers/decayStart';
import { lossAt } from '../../../src/core/answers/lossAt';
import { probe } from '../../../src/core/answers/probe';
import { remainingFall } from '../../../src/core/answers/remainingFall';
import { runLength } from '../../../src/core/answers/runLength';
import { stepOfLoss } from '../../../src/core/answers/stepOfLoss';
import { stopNow } from '../../../src/core/answers/stopNow';
import { whatIf } from '../../../src/core/answers/whatIf';
import { estimateAt } from '../../../src/core/forecast/estimate';
import { fitForecast, predictFinalLoss } from '../../../src/core/forecast/predict';
import { madeFit, madeRun, PEAK, TOTAL, truthAt } from './madeRun';

const fitted = madeFit(10_000);
const falling = madeFit(18_000);

test('the loss at a step is the truth within its interval, and is refused outside the fit and the plan', () => {
  for (const step of [6000, 12_000, 17_000, TOTAL]) {
    const { interval95 } = lossAt(fitted, step).value!;
    const [truth] = truthAt([step]);
    assert.ok(interval95[0] < truth! && truth! < interval95[1], `${step}`);
  }
  assert.equal(lossAt(fitted, 100).refused?.code, 'outsideFit');
  assert.equal(lossAt(fitted, TOTAL + 1).refused?.code, 'beyondPlan');
  assert.equal(lossAt(fitted, Number.NaN).refused?.code, 'badArgument');
});

test('the step of a loss is where the curve crosses it; a loss below the end is never reached', () => {
  const target = lossAt(fitted, 18_000).value!.value;
  const { step, interval80 } = stepOfLoss(fitted, target).value!;
  assert.ok(Math.abs(step! - 18_000) <= 2, `${step}`);
  assert.ok(interval80[0]! < step! && step! < interval80[1]!);
  assert.equal(stepOfLoss(fitted, estimateAt(fitted).interval95[0] * 0.99).value!.step, null);
  assert.equal(stepOfLoss(fitted, 10).value!.step, Math.ceil(fitted.newest));
  assert.equal(stepOfLoss(fitted, -1).refused?.code, 'badArgument');
});

test('chances hold what the intervals promise', () => {
  const { value, interval80, interval95 } = estimateAt(fitted);
  const chance = (loss: number): number => chanceBelow(fitted, loss).value!;
  assert.ok(Math.abs(chance(value) - 0.5) < 1e-6);
  assert.ok(Math.abs(chance(interval80[1]) - chance(interval80[0]) - 0.8) < 1e-5);
  assert.ok(Math.abs(chance(interval95[1]) - chance(interval95[0]) - 0.95) < 1e-5);
  let last = 0;
  for (let z = -8; z <= 8; z += 0.25) {
    const now = chanceOfZ(z, { of80: 2.18, of95: 6.09 });
    assert.ok(now >= last && now <= 1);
    last = now;
  }
});

test('a run ends below another with chances that add up; what both owe to one prior cancels in part', () => {
  const ends = [1, 2].map((seed) => endOf(fitForecast(madeRun(10_000, seed)))!);
  const [a, b] = [ends[0]!, { ...ends[1]!, value: ends[0]!.value * 1.01 }];
  const chance = chanceBelowRun(a, b);
  assert.ok(chance > 0.5 && Math.abs(chance + chanceBelowRun(b, a) - 1) < 1e-9);
  assert.ok(chance > chanceBelowRun({ ...a, held: null }, b));
});

test('a what-if of the plan itself changes nothing; another schedule ends near its true end', () => {
  const same = whatIf(fitted, plannedAhead(fitted)).value!;
  assert.ok(Math.abs(same.difference.value) < 1e-9 && same.caution === null);
  assert.ok(Math.abs(same.finalLoss.value - estimateAt(fitted).value) < 1e-9);
  const ahead = fallAhead(fitted, { start: 10_000, finalStep: TOTAL, lowest: 0, shape: (u) => 1 - u });
  const other = whatIf(fitted, ahead).value!;
  const lr = { steps: Float64Array.of(0, 400, 10_000, TOTAL), lrs: Float64Array.of(0, PEAK, PEAK, 0) };
  const change = truthAt([TOTAL], lr)[0]! - truthAt([TOTAL])[0]!;
  const { value, interval95 } = other.difference;
  assert.ok(interval95[0] < change && change < interval95[1], `${value} for ${change}`);
  assert.ok(interval95[1] - interval95[0] < 0.5 * (other.finalLoss.interval95[1] - other.finalLoss.interval95[0]));
  assert.equal(other.curve.steps.at(-1), TOTAL);
});

test('a what-if is refused for what is no schedule, and cautious about rates never tried', () => {
  const ask = (steps: number[], lrs: number[]) => whatIf(fitted, { steps, lrs });
  assert.equal(ask([], []).refused?.code, 'badSchedule');
  assert.equal(ask([9000], [1e-4]).refused?.code, 'badSchedule');
  assert.equal(ask([12_000, 11_000], [1e-4, 0]).refused?.code, 'badSchedule');
  assert.equal(ask([12_000], [Number.NaN]).refused?.code, 'badSchedule');
  assert.equal(ask([12_000], [-1]).refused?.code, 'badSchedule');
  assert.match(ask([12_000], [2 * PEAK]).value!.caution!, /unstable/);
  const blind = fitForecast({ ...madeRun(10_000), lr: { steps: new Float64Array(0), lrs: new Float64Array(0) } })
    .fitted!;
  assert.equal(whatIf(blind, plannedAhead(fitted)).refused?.code, 'noLearningRate');
});

test('the rest of the fall adds up to the forecast', () => {
  const { fromMoreSteps, fromLowerRate } = remainingFall(fitted).value!;
  const { remaining } = predictFinalLoss(madeRun(10_000));
  assert.equal(fromMoreSteps.value, remaining!.fromMoreSteps);
  assert.equal(fromLowerRate.value, remaining!.fromLowerLr);
  for (const { value, interval80 } of [fromMoreSteps, fromLowerRate]) {
    assert.ok(interval80[0] < value && value < interval80[1]);
  }
  const done = fitForecast(madeRun(TOTAL)).fitted!;
  assert.equal(remainingFall({ ...done, newest: TOTAL }).refused?.code, 'planOver');
});

test('the best start of a decay is the best of all starts, and a decay that has begun has none', () => {
  const { start, tried, flat, finalLoss, ahead } = decayStart(fitted).value!;
  assert.equal(finalLoss.value, Math.min(...tried.map((each) => each.finalLoss)));
  assert.ok(flat[0] <= start && start <= flat[1]);
  const own = withAhead(fitted, ahead).value!;
  assert.equal(estimateAt(own).value, finalLoss.value);
  assert.equal(decayStart(falling).refused?.code, 'decayBegun');
  assert.ok(decayStart(fitted, { shape: '1-sqrt' }).value!.finalLoss.value < finalLoss.value);
});

test('stopping now gives up the rest of the fall; a short decay wins part of it back', () => {
  const { rest, stepsSaved, cooled, lossNow } = stopNow(fitted).value!;
  assert.equal(stepsSaved, TOTAL - 10_000);
  assert.ok(Math.abs(lossNow.value + rest.value - estimateAt(fitted).value) < 1e-9);
  assert.ok(rest.chanceBetter > 0.99);
  assert.ok(cooled!.finalLoss.value < lossNow.value && cooled!.toPlan.value > 0);
  assert.equal(stopNow({ ...fitted, lastSeen: TOTAL }).refused?.code, 'planOver');
});

test('a longer run ends lower, a shorter one higher, the same one where it did', () => {
  const ends = [12_000, TOTAL, 40_000].map((step) => runLength(fitted, step).value!);
  assert.ok(ends[0]!.difference.value > 0 && ends[2]!.difference.value < 0);
  assert.ok(Math.abs(ends[1]!.difference.value) < 1e-9);
  assert.equal(runLength(fitted, 9000).refused?.code, 'badArgument');
});

test('a probe narrows the forecast of a stable rate as much as a real one does', () => {
  const { before, after, steps } = probe(fitted).value!;
  assert.ok(after < before && steps === 300);
  assert.equal(probe(falling).refused?.code, 'decayBegun');
  assert.equal(probe(fitted, 50_000).refused?.code, 'badArgument');
});

test('runs of a family collapse, one that is unlike them stands out', () => {
  const run = (name: string, finalStep: number, bend = 0) => {
    const steps = Float64Array.from({ length: 200 }, (_, i) => ((i + 1) * finalStep) / 200);
    const shape = (x: number): number => 3 * (1 + 0.3 * (x ** -0.3 - 1) + bend * x * (1 - x));
    return { name, steps, losses: steps.map((step) => shape(step / finalStep)), finalStep, finalLoss: 3 };
  };
  const runs = collapse([run('a', 1000), run('b', 4000), run('c', 16_000), run('odd', 2000, 0.1)]).value!;
  assert.deepEqual(
    runs.map(({ name, z }) => [name, Math.abs(z) > 4]),
    [
      ['a', false],
      ['b', false],
      ['c', false],
      ['odd', true],
    ],
  );
  assert.equal(collapse([run('a', 1000)]).refused?.code, 'notComparable');
});

test('answers leave the fit as it is', () => {
  const copy = structuredClone(fitted);
  whatIf(fitted, plannedAhead(fitted));
  decayStart(fitted);
  stepOfLoss(fitted, 3);
  assert.deepEqual(fitted, copy);
  assert.deepEqual(fitted.path.steps, Float64Array.of(0, 400, 10_000, 15_000, TOTAL));
});
