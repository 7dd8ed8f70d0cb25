import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlanFacts, PlanSource } from '../../../src/core/model';
import { inferSchedule } from '../../../src/core/plan/infer';
import { PLAN_KEYS, type PlanPart, type Schedule } from '../../../src/core/plan/plan';
import { resolvePlan } from '../../../src/core/plan/resolve';
import { scheduleLr } from '../../../src/core/plan/schedule';

function part(facts: PlanFacts, source: PlanSource): PlanPart {
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [key, { value, source, confidence: 1, where: `${key} of ${source}` }]),
  ) as PlanPart;
}

function ratesOf(schedule: Schedule, until: number): { steps: number[]; lrs: number[] } {
  const steps = Array.from({ length: Math.floor(until / 10) }, (_, i) => 10 * (i + 1));
  return { steps, lrs: steps.map((step) => scheduleLr(schedule, step)) };
}

const COSINE: Schedule = {
  family: 'cosine',
  totalSteps: 1000,
  warmupSteps: 100,
  peakLr: 1e-3,
  finalLr: 1e-4,
  decayStart: 100,
  decaySteps: 900,
};

test('user before log before config before code before inference', () => {
  const inferred = inferSchedule({ ...ratesOf(COSINE, 500), hints: {} });
  const resolved = resolvePlan({
    user: part({ totalSteps: 2000 }, 'user'),
    log: part({ totalSteps: 1000, warmupSteps: 90 }, 'log'),
    config: part({ warmupSteps: 80, peakLr: 1e-3, family: 'cosine' }, 'config'),
    code: part({ family: 'linear', finalLr: 0 }, 'code'),
    inferred,
  });
  const sources = PLAN_KEYS.map((key) => resolved.plan[key]?.source);
  assert.deepEqual(sources, ['user', 'log', 'config', 'config', 'code', 'inferred', 'inferred']);
  assert.equal(resolved.plan.totalSteps?.value, 2000);
});

test('inference alone makes a schedule', () => {
  const inferred = inferSchedule({ ...ratesOf(COSINE, 500), hints: {} });
  const { schedule, missing, conflicts } = resolvePlan({ inferred });
  assert.deepEqual(missing, []);
  assert.deepEqual(conflicts, []);
  for (const step of [50, 300, 700, 1000])
    assert.ok(Math.abs(scheduleLr(schedule!, step) - scheduleLr(COSINE, step)) < 5e-6);
});

test('what is missing is named', () => {
  assert.deepEqual(resolvePlan({}).missing, ['totalSteps', 'learningRate']);
  assert.deepEqual(resolvePlan({ log: part({ totalSteps: 100 }, 'log') }).missing, ['learningRate']);
  assert.deepEqual(resolvePlan({ config: part({ family: 'cosine', peakLr: 1 }, 'config') }).missing, ['totalSteps']);
  assert.equal(resolvePlan({}).schedule, null);
});

test('assumptions say so and are not sure', () => {
  const { plan, schedule } = resolvePlan({
    config: part({ totalSteps: 1000, peakLr: 1, family: 'wsd-linear' }, 'config'),
  });
  assert.equal(schedule?.decayStart, 800);
  for (const key of ['warmupSteps', 'finalLr', 'decayStart', 'decaySteps'] as const) {
    assert.ok(plan[key]!.confidence <= 0.5);
    assert.match(plan[key]!.where, /^assumed/);
  }
});

test('a guessed key gives way to rates that were seen', () => {
  const linear: Schedule = { ...COSINE, family: 'linear', finalLr: 0 };
  const inferred = inferSchedule({ ...ratesOf(linear, 700), totalSteps: 1000, hints: {} });
  const config: PlanPart = { family: { value: 'cosine', source: 'config', confidence: 0.6, where: 'min_lr' } };
  assert.equal(resolvePlan({ config, inferred }).plan.family?.value, 'linear');
});

test('a plan in absolute rates is scaled to a log of multipliers', () => {
  const inferred = inferSchedule({
    ...ratesOf({ ...COSINE, peakLr: 1, finalLr: 0.1 }, 300),
    totalSteps: 1000,
    hints: {},
  });
  const { schedule, conflicts } = resolvePlan({
    config: part({ totalSteps: 1000, peakLr: 1e-3, finalLr: 1e-4, family: 'cosine' }, 'config'),
    inferred,
  });
  assert.ok(Math.abs(schedule!.peakLr - 1) < 1e-3 && Math.abs(schedule!.finalLr - 0.1) < 1e-3);
  assert.deepEqual(conflicts, []);
});

test('contradictions are said in words', () => {
  const config = (facts: PlanFacts): PlanPart =>
    part({ totalSteps: 1000, peakLr: 1e-3, family: 'cosine', ...facts }, 'config');
  const first = (facts: PlanFacts): string => resolvePlan({ config: config(facts) }).conflicts.join(' ');
  assert.match(
    first({ warmupSteps: 2000, decayStart: 2000, decaySteps: 0 }),
    /warm-up of 2.000 steps .* longer than the run/,
  );
  assert.match(first({ warmupSteps: 100, decayStart: 100, decaySteps: 400 }), /ends before the run does/);
  assert.match(first({ warmupSteps: 100, decayStart: 100, decaySteps: 3000 }), /cut short/);
  assert.match(first({ finalLr: 1 }), /above the peak/);
  assert.equal(first({ warmupSteps: 100, decayStart: 100, decaySteps: 900 }), '');
  const linear: Schedule = { ...COSINE, family: 'linear', finalLr: 0 };
  const rates = inferSchedule({ ...ratesOf(linear, 700), totalSteps: 1000, hints: {} });
  assert.match(resolvePlan({ config: config({}), inferred: rates }).conflicts.join(' '), /look like linear/);
  const stable = inferSchedule({ ...ratesOf({ ...COSINE, family: 'constant' }, 900), totalSteps: 1000, hints: {} });
  const late = part({ totalSteps: 1000, peakLr: 1e-3, family: 'wsd-linear', decaySteps: 500 }, 'config');
  assert.match(
    resolvePlan({ config: late, inferred: stable }).conflicts.join(' ') +
      resolvePlan({ config: config({}), inferred: stable }).conflicts.join(' '),
    /still at its peak/,
  );
});

test('warm-up still running: a stated plan stands alone', () => {
  const inferred = inferSchedule({ ...ratesOf(COSINE, 80), totalSteps: 1000, hints: {} });
  const { schedule } = resolvePlan({
    config: part({ totalSteps: 1000, warmupSteps: 100, peakLr: 1e-3, finalLr: 1e-4, family: 'cosine' }, 'config'),
    inferred,
  });
  assert.deepEqual(schedule, COSINE);
});
