import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScheduleFamily } from '../../../src/core/model';
import type { Schedule } from '../../../src/core/plan/plan';
import { scheduleLr } from '../../../src/core/plan/schedule';
import { FAMILIES, randomSchedule, seededRandom } from './randomRuns';

function near(actual: number, expected: number, room = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= room, `${actual} is not ${expected}`);
}

function schedule(family: ScheduleFamily, changes: Partial<Schedule> = {}): Schedule {
  return {
    family,
    totalSteps: 1000,
    warmupSteps: 100,
    peakLr: 1,
    finalLr: 0,
    decayStart: 100,
    decaySteps: 900,
    ...changes,
  };
}

test('every family rises to its peak, ends at its final rate and stays there', () => {
  const random = seededRandom(1);
  for (const family of FAMILIES) {
    for (let i = 0; i < 20; i++) {
      const one = randomSchedule(family, random);
      near(scheduleLr(one, one.warmupSteps), one.peakLr, 1e-12);
      const end = family === 'step' ? one.decayStart + 1 : one.decayStart + one.decaySteps;
      near(scheduleLr(one, end), one.finalLr, 1e-9 * one.peakLr);
      near(scheduleLr(one, end + 5000), one.finalLr, 1e-9 * one.peakLr);
      if (one.warmupSteps > 0 && family !== 'one-cycle') near(scheduleLr(one, 0), 0);
    }
  }
});

test('no family rises after its warm-up', () => {
  const random = seededRandom(2);
  for (const family of FAMILIES) {
    const one = randomSchedule(family, random);
    let last = Number.POSITIVE_INFINITY;
    for (let i = 0; i <= 400; i++) {
      const lr = scheduleLr(one, one.warmupSteps + ((one.totalSteps - one.warmupSteps) * i) / 400);
      assert.ok(lr <= last * (1 + 1e-12), `${family} rises`);
      last = lr;
    }
  }
});

test('transformers: cosine and linear with warm-up', () => {
  const cosine = schedule('cosine');
  near(scheduleLr(cosine, 50), 0.5);
  near(scheduleLr(cosine, 550), 0.5);
  near(scheduleLr(cosine, 325), 0.5 * (1 + Math.cos(Math.PI * 0.25)));
  near(scheduleLr(schedule('linear'), 325), 0.75);
});

test('nanoGPT: cosine to min_lr, which then holds', () => {
  const one = schedule('cosine', { peakLr: 6e-4, finalLr: 6e-5, totalSteps: 2000 });
  near(scheduleLr(one, 550), 6e-5 + 0.5 * (6e-4 - 6e-5));
  near(scheduleLr(one, 1800), 6e-5);
});

test('WSD: linear, 1 - sqrt, cosine and exponential decays', () => {
  const late = { decayStart: 800, decaySteps: 200 };
  assert.equal(scheduleLr(schedule('wsd-linear', late), 799), 1);
  near(scheduleLr(schedule('wsd-linear', late), 850), 0.75);
  near(scheduleLr(schedule('wsd-sqrt', late), 850), 0.5);
  near(scheduleLr(schedule('wsd-cosine', late), 850), 0.5 * (1 + Math.SQRT1_2));
  near(scheduleLr(schedule('wsd-exponential', { ...late, finalLr: 0.01 }), 900), 0.1);
  near(scheduleLr(schedule('wsd-exponential', late), 900), 2 * Math.SQRT1_2 - 1);
});

test('inverse square root: the warm-up is the time scale unless a final rate fixes it', () => {
  near(scheduleLr(schedule('inverse-sqrt'), 400), 0.5);
  const one = schedule('inverse-sqrt', { finalLr: 0.25 });
  near(scheduleLr(one, 1000), 0.25);
  near(scheduleLr(one, 100), 1);
});

test('polynomial with its power, power 1 without', () => {
  near(scheduleLr(schedule('polynomial', { power: 2 }), 550), 0.25);
  near(scheduleLr(schedule('polynomial'), 550), 0.5);
});

test('torch OneCycleLR rises along a cosine from peak / 25', () => {
  const one = schedule('one-cycle', { warmupSteps: 300, decayStart: 300, decaySteps: 700, finalLr: 4e-6 });
  near(scheduleLr(one, 0), 0.04);
  near(scheduleLr(one, 150), 0.52);
  near(scheduleLr(one, 650), 4e-6 + 0.5 * (1 - 4e-6));
});

test('step: one drop, or the levels of a table', () => {
  const one = schedule('step', { decayStart: 500, decaySteps: 0, finalLr: 0.1 });
  assert.equal(scheduleLr(one, 500), 1);
  assert.equal(scheduleLr(one, 501), 0.1);
  const many = schedule('step', { table: { steps: [500, 800], lrs: [0.3, 0.1] } });
  assert.deepEqual(
    [499, 500, 799, 800, 5000].map((step) => scheduleLr(many, step)),
    [1, 0.3, 0.3, 0.1, 0.1],
  );
});

test('table: piecewise linear, constant beyond its ends', () => {
  const one = schedule('table', { table: { steps: [10, 20], lrs: [1, 3] } });
  assert.deepEqual(
    [0, 10, 15, 20, 30].map((step) => scheduleLr(one, step)),
    [1, 1, 2, 3, 3],
  );
});

test('non-finite steps have no rate', () => {
  assert.ok(Number.isNaN(scheduleLr(schedule('cosine'), Number.NaN)));
});
