import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildLrCurve, LR_TOLERANCE, type LrCurve, lrAt, MAX_LR_KNOTS } from '../../../src/core/plan/lrCurve';
import { scheduleLr } from '../../../src/core/plan/schedule';
import { FAMILIES, randomSchedule, seededRandom } from './randomRuns';

function assertSound(curve: LrCurve): void {
  assert.ok(curve.steps.length <= MAX_LR_KNOTS);
  assert.equal(curve.steps.length, curve.lrs.length);
  for (let i = 0; i < curve.steps.length; i++) {
    assert.ok(Number.isFinite(curve.steps[i]) && Number.isFinite(curve.lrs[i]));
    if (i > 0) assert.ok(curve.steps[i]! > curve.steps[i - 1]!, `step ${curve.steps[i]} follows ${curve.steps[i - 1]}`);
  }
}

test('a schedule alone is followed at every step, for every family', () => {
  const random = seededRandom(3);
  for (const family of FAMILIES) {
    for (let i = 0; i < 6; i++) {
      const schedule = randomSchedule(family, random);
      const curve = buildLrCurve({ observed: null, schedule });
      assertSound(curve);
      assert.equal(curve.steps[0], 0);
      assert.equal(curve.steps.at(-1), schedule.totalSteps);
      const stride = Math.max(1, Math.floor(schedule.totalSteps / 5000));
      for (let step = 0; step <= schedule.totalSteps; step += stride) {
        const error = Math.abs(lrAt(curve, step) - scheduleLr(schedule, step));
        assert.ok(error <= LR_TOLERANCE * schedule.peakLr, `${family} at ${step}: ${error / schedule.peakLr}`);
      }
    }
  }
});

test('the past is as logged, the future as planned', () => {
  const random = seededRandom(4);
  for (const family of FAMILIES) {
    const schedule = randomSchedule(family, random);
    const seen = Math.floor(0.4 * schedule.totalSteps);
    const steps = Array.from({ length: seen }, (_, i) => i + 1);
    const lrs = steps.map((step) => 0.9 * scheduleLr(schedule, step));
    const curve = buildLrCurve({ observed: { steps, lrs }, schedule, totalSteps: schedule.totalSteps });
    assertSound(curve);
    const room = LR_TOLERANCE * schedule.peakLr;
    for (let i = 0; i < seen; i += 7) assert.ok(Math.abs(lrAt(curve, steps[i]!) - lrs[i]!) <= room);
    for (let step = seen + 1; step <= schedule.totalSteps; step += 13) {
      assert.ok(Math.abs(lrAt(curve, step) - scheduleLr(schedule, step)) <= room);
    }
  }
});

test('a straight log keeps two knots', () => {
  const steps = Array.from({ length: 5000 }, (_, i) => i);
  const curve = buildLrCurve({ observed: { steps, lrs: steps.map(() => 0.001) }, schedule: null });
  assert.equal(curve.steps.length, 2);
});

test('a noisy log keeps the cap on knots', () => {
  const random = seededRandom(5);
  const steps = Array.from({ length: 50_000 }, (_, i) => i);
  const curve = buildLrCurve({ observed: { steps, lrs: steps.map(() => random()) }, schedule: null });
  assertSound(curve);
  assert.ok(curve.steps.length > 2);
});

test('repeated, non-finite and superseded points leave a strictly ascending curve', () => {
  const steps = [1, 2, 2, 3, Number.NaN, 4, 5, 3, 4, 6];
  const lrs = [1, 2, 3, 4, 9, Number.NaN, 5, 40, 50, 60];
  const curve = buildLrCurve({ observed: { steps, lrs }, schedule: null });
  assertSound(curve);
  assert.deepEqual([...curve.steps], [1, 2, 3, 4, 6]);
  assert.equal(lrAt(curve, 2), 3);
  assert.equal(lrAt(curve, 3), 40);
});

test('the schedule stands for a rate that the log rounds away', () => {
  const schedule = {
    ...randomSchedule('linear', seededRandom(6)),
    totalSteps: 1000,
    warmupSteps: 0,
    decayStart: 0,
    decaySteps: 1000,
    peakLr: 3e-6,
    finalLr: 0,
  };
  const steps = Array.from({ length: 500 }, (_, i) => i);
  const rounded = steps.map((step) => Number(scheduleLr(schedule, step).toFixed(6)));
  const curve = buildLrCurve({ observed: { steps, lrs: rounded }, schedule });
  assert.ok(Math.abs(lrAt(curve, 250) - 2.25e-6) < 1e-9);
  const zeros = buildLrCurve({ observed: { steps, lrs: steps.map(() => 0) }, schedule });
  assert.ok(Math.abs(lrAt(zeros, 250) - 2.25e-6) < 1e-9);
});

test('nothing known gives no knots', () => {
  const curve = buildLrCurve({ observed: null, schedule: null, totalSteps: 100 });
  assert.equal(curve.steps.length, 0);
  assert.ok(Number.isNaN(lrAt(curve, 5)));
});
