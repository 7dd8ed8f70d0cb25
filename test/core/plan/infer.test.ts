import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Inference, inferSchedule } from '../../../src/core/plan/infer';
import type { Schedule } from '../../../src/core/plan/plan';
import { scheduleLr } from '../../../src/core/plan/schedule';
import { FAMILIES, randomRun, seededRandom } from './randomRuns';

function logOf(schedule: Schedule, until: number, interval = 10): { steps: number[]; lrs: number[] } {
  const steps: number[] = [];
  for (let step = interval; step <= until; step += interval) steps.push(step);
  return { steps, lrs: steps.map((step) => scheduleLr(schedule, step)) };
}

const COSINE: Schedule = {
  family: 'cosine',
  totalSteps: 10_000,
  warmupSteps: 200,
  peakLr: 6e-4,
  finalLr: 6e-5,
  decayStart: 200,
  decaySteps: 9800,
};

function near(actual: number | undefined, expected: number, share = 0.02): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= share * Math.abs(expected) + 1e-12,
    `${actual} is not ${expected}`,
  );
}

test('random runs: families are recovered and never confidently wrong', () => {
  const random = seededRandom(20);
  let sure = 0;
  let sureWrong = 0;
  let fallen = 0;
  let right = 0;
  for (const family of FAMILIES) {
    for (const prefix of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      for (let i = 0; i < 8; i++) {
        const run = randomRun(family, random, prefix);
        const found = inferSchedule({ steps: run.steps, lrs: run.lrs, hints: {} });
        const name = found.facts.family;
        if (name === undefined || (found.phase !== 'decaying' && found.phase !== 'decayed')) continue;
        fallen++;
        if (name.value === family) right++;
        if (name.confidence >= 0.9) sure++;
        if (name.confidence >= 0.9 && name.value !== family) sureWrong++;
      }
    }
  }
  assert.ok(fallen > 200 && right >= 0.95 * fallen, `${right} of ${fallen}`);
  assert.ok(sure > 0.75 * fallen && sureWrong <= 0.01 * sure, `${sureWrong} of ${sure} sure ones are wrong`);
});

test('random runs: horizons said with confidence are right', () => {
  const random = seededRandom(21);
  let said = 0;
  let right = 0;
  for (const family of ['linear', 'cosine', 'wsd-linear', 'wsd-sqrt', 'wsd-cosine', 'one-cycle'] as const) {
    for (const prefix of [0.3, 0.5, 0.7, 0.9]) {
      for (let i = 0; i < 10; i++) {
        const run = randomRun(family, random, prefix);
        const total = inferSchedule({ steps: run.steps, lrs: run.lrs, hints: {} }).facts.totalSteps;
        if (total === undefined || total.confidence < 0.9) continue;
        said++;
        if (Math.abs(total.value - run.schedule.totalSteps) <= 0.05 * run.schedule.totalSteps) right++;
      }
    }
  }
  assert.ok(said > 50 && right >= 0.95 * said, `${right} of ${said}`);
});

/** What was said with a confidence, and whether it was right. */
interface Said {
  readonly confidence: number;
  readonly right: boolean;
}

const shareRight = (said: readonly Said[]): number => said.filter(({ right }) => right).length / said.length;

test('every family at 20 to 100 % seen: sure facts are right, unsure ones say so', () => {
  const random = seededRandom(23);
  const totals: Said[] = [];
  const all: Said[] = [];
  for (const family of FAMILIES) {
    const families: Said[] = [];
    for (const seen of [0.2, 0.4, 0.6, 0.8, 1]) {
      for (let i = 0; i < 5; i++) {
        const run = randomRun(family, random, seen);
        const { facts } = inferSchedule({ steps: run.steps, lrs: run.lrs, hints: {} });
        const name = facts.family;
        const total = facts.totalSteps;
        if (name !== undefined) families.push({ confidence: name.confidence, right: name.value === family });
        if (total === undefined) continue;
        const off = Math.abs(total.value - run.schedule.totalSteps);
        totals.push({ confidence: total.confidence, right: off <= 0.05 * run.schedule.totalSteps });
      }
    }
    const sure = families.filter(({ confidence }) => confidence >= 0.8);
    assert.ok(
      sure.every(({ right }) => right) || shareRight(sure) >= 0.9,
      `${family}: ${shareRight(sure)} of the sure ones`,
    );
    all.push(...families);
  }
  for (const said of [all, totals]) {
    for (const [low, high] of [
      // Below, before any fall, custom speaks: of families that are all equally frequent here, and are not in public logs.
      [0.5, 0.8],
      [0.8, 0.95],
      [0.95, 1],
    ] as const) {
      const bin = said.filter(({ confidence }) => confidence >= low && confidence < high + Number(high === 1));
      if (bin.length < 15) continue;
      const mean = bin.reduce((sum, { confidence }) => sum + confidence, 0) / bin.length;
      // Three standard errors of a share, and what the bins themselves span.
      const room = 3 * Math.sqrt((mean * (1 - mean)) / bin.length) + 0.08;
      assert.ok(shareRight(bin) >= mean - room, `${low}: ${shareRight(bin)} of ${bin.length}, said ${mean}`);
    }
  }
});

test('a known last step fixes the final rate of a straight fall', () => {
  const linear: Schedule = { ...COSINE, family: 'linear' };
  const found = inferSchedule({ ...logOf(linear, 4000), totalSteps: 10_000, hints: {} });
  assert.equal(found.facts.family?.value, 'linear');
  near(found.facts.finalLr?.value, 6e-5);
  assert.ok(found.facts.finalLr!.confidence > 0.8);
  assert.equal(found.facts.totalSteps, undefined);
  near(found.schedule?.totalSteps, 10_000);
});

test('a straight fall of unknown length is assumed to end at zero, with the other end as alternative', () => {
  const linear: Schedule = { ...COSINE, family: 'linear', finalLr: 0 };
  const found = inferSchedule({ ...logOf(linear, 4000), hints: {} });
  near(found.facts.totalSteps?.value, 10_000);
  assert.ok(found.facts.totalSteps!.confidence < 0.9);
  assert.ok(found.alternatives.some((other) => Math.abs(other.totalSteps! - 9020) < 100));
});

test('a cosine tells its horizon and final rate', () => {
  const found = inferSchedule({ ...logOf(COSINE, 3000), hints: {} });
  assert.equal(found.facts.family?.value, 'cosine');
  near(found.facts.totalSteps?.value, 10_000, 0.005);
  near(found.facts.finalLr?.value, 6e-5);
  near(found.facts.peakLr?.value, 6e-4, 0.001);
  near(found.facts.warmupSteps?.value, 200, 0.06);
  assert.equal(found.phase, 'decaying');
});

test('three significant digits and multipliers of the peak do not hide a cosine', () => {
  const { steps, lrs } = logOf({ ...COSINE, peakLr: 1, finalLr: 0.1 }, 6000);
  const found = inferSchedule({ steps, lrs: lrs.map((lr) => Number(lr.toPrecision(3))), hints: {} });
  assert.equal(found.facts.family?.value, 'cosine');
  near(found.facts.totalSteps?.value, 10_000, 0.03);
});

test('noise of 0.5 % leaves family and horizon', () => {
  const random = seededRandom(22);
  const { steps, lrs } = logOf(COSINE, 7000);
  const found = inferSchedule({ steps, lrs: lrs.map((lr) => lr * (1 + 0.01 * (random() - 0.5))), hints: {} });
  assert.equal(found.facts.family?.value, 'cosine');
  near(found.facts.totalSteps?.value, 10_000, 0.05);
});

test('a stable phase has no horizon and honest alternatives', () => {
  const stable: Schedule = { ...COSINE, family: 'constant', decayStart: 10_000, decaySteps: 0 };
  const open = inferSchedule({ ...logOf(stable, 5000), hints: {} });
  assert.equal(open.phase, 'stable');
  assert.equal(open.facts.totalSteps, undefined);
  assert.equal(open.schedule, null);
  assert.ok(open.facts.family!.confidence <= 0.6);
  assert.ok(
    ['constant', 'wsd-linear'].every(
      (family) => open.facts.family?.value === family || open.alternatives.some((other) => other.family === family),
    ),
  );
  const known = inferSchedule({ ...logOf(stable, 5000), totalSteps: 10_000, hints: {} });
  assert.equal(known.schedule?.decayStart, 8000);
  const late = inferSchedule({ ...logOf(stable, 9500), totalSteps: 10_000, hints: {} });
  assert.equal(late.facts.family?.value, 'constant');
});

test('during the warm-up nothing is claimed', () => {
  const found = inferSchedule({ ...logOf(COSINE, 150), totalSteps: 10_000, hints: {} });
  assert.equal(found.phase, 'warmup');
  assert.deepEqual(found.facts, {});
});

test('drops are a step schedule', () => {
  const step: Schedule = { ...COSINE, family: 'step', table: { steps: [3000, 5000], lrs: [2e-4, 6e-5] } };
  const found = inferSchedule({ ...logOf(step, 6000), totalSteps: 10_000, hints: {} });
  assert.equal(found.facts.family?.value, 'step');
  assert.deepEqual(found.facts.table?.lrs, [2e-4, 6e-5]);
  assert.ok(Math.abs(scheduleLr(found.schedule!, 9000) - 6e-5) < 1e-12);
});

test('rounding to six decimals is no step schedule', () => {
  const { steps, lrs } = logOf({ ...COSINE, peakLr: 6e-6, finalLr: 0 }, 8000);
  const found = inferSchedule({ steps, lrs: lrs.map((lr) => Number(lr.toFixed(6))), hints: {} });
  assert.notEqual(found.facts.family?.value, 'step');
});

test('a rate that is updated once per epoch is read as the smooth schedule it samples', () => {
  const steps = Array.from({ length: 700 }, (_, i) => 10 * i);
  const lrs = steps.map((step) =>
    scheduleLr({ ...COSINE, warmupSteps: 0, decayStart: 0, decaySteps: 10_000 }, 500 * Math.floor(step / 500)),
  );
  const found = inferSchedule({ steps, lrs, hints: {} });
  assert.equal(found.facts.family?.value, 'cosine');
  near(found.facts.totalSteps?.value, 10_000, 0.05);
});

test('after a warm restart the newest cycle counts', () => {
  const steps = Array.from({ length: 800 }, (_, i) => 10 * i);
  const lrs = steps.map((step) => {
    const inCycle = step < 2000 ? step / 2000 : (step - 2000) / 8000;
    return 5e-4 * (1 + Math.cos(Math.PI * inCycle));
  });
  const found = inferSchedule({ steps, lrs, hints: {} });
  assert.equal(found.facts.family?.value, 'cosine');
  near(found.facts.totalSteps?.value, 10_000, 0.03);
  assert.ok(found.facts.totalSteps!.confidence < 0.8);
});

test('points that a resumed run trained again are superseded', () => {
  const { steps, lrs } = logOf(COSINE, 5000);
  const again = logOf(COSINE, 6000);
  const from = again.steps.indexOf(4500);
  const found = inferSchedule({
    steps: [...steps, ...again.steps.slice(from)],
    lrs: [...lrs, ...again.lrs.slice(from)],
    hints: {},
  });
  near(found.facts.totalSteps?.value, 10_000, 0.01);
});

test('no rates, zeros only, one point, wild rates: no claim', () => {
  const bare = (found: Inference): void => assert.equal(found.facts.totalSteps, undefined);
  assert.equal(inferSchedule({ steps: [], lrs: [], hints: {} }).phase, 'none');
  assert.equal(inferSchedule({ steps: [1, 2], lrs: [0, 0], hints: {} }).phase, 'none');
  assert.equal(inferSchedule({ steps: [1, 2], lrs: [Number.NaN, -1], hints: {} }).phase, 'none');
  bare(inferSchedule({ steps: [7], lrs: [0.001], hints: {} }));
  const random = seededRandom(23);
  const steps = Array.from({ length: 300 }, (_, i) => i);
  const wild = inferSchedule({ steps, lrs: steps.map(() => 0.001 + random()), hints: {} });
  assert.ok((wild.facts.family?.confidence ?? 0) < 0.7);
});

interface Real {
  readonly file: string;
  readonly schedule: {
    readonly kind: string;
    readonly total_steps: number;
    readonly decay_start?: number;
    readonly decay_steps?: number;
    readonly final_lr?: number;
    readonly peak_lr: number;
  };
}

const FIXTURES = join(process.cwd(), 'test/fixtures/plans');
const REAL = JSON.parse(readFileSync(join(FIXTURES, 'manifest.json'), 'utf8')) as Record<string, Real>;

for (const [id, { file, schedule }] of Object.entries(REAL)) {
  test(`real run ${id}: the end of the decay once a fifth of it is seen`, () => {
    const rows = readFileSync(join(FIXTURES, file), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number));
    const start = schedule.decay_start ?? 700;
    const length = schedule.decay_steps ?? schedule.total_steps - start;
    const seen = rows.filter((row) => row[0]! <= start + 0.5 * length);
    const found = inferSchedule({
      steps: seen.map((row) => row[0]!),
      lrs: seen.map((row) => row[1]!),
      totalSteps: schedule.total_steps,
      hints: {},
    });
    const { decayStart, decaySteps, finalLr } = found.facts;
    near(decayStart!.value + decaySteps!.value, start + length, 0.03);
    assert.ok(Math.abs(finalLr!.value - (schedule.final_lr ?? 0)) < 0.03 * schedule.peak_lr, `final ${finalLr!.value}`);
  });
}
