import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { answerWhatIf, type WhatIfQuestion } from '../../src/core/answers/question';
import { scheduleLr } from '../../src/core/plan/schedule';
import { CODE_KINDS, scheduleCode } from '../../webview/run/scheduleCode';
import { draftOf, fromSlider, readDraft, sliderOf, wordsOf } from '../../webview/run/whatIfModel';
import { madeFit, PEAK, TOTAL } from '../core/answers/madeRun';

const fitted = madeFit(10_000);
const ask = (question: WhatIfQuestion) => answerWhatIf(fitted, question).value!;
const plan = ask({ kind: 'plan' });
const schedule = { totalSteps: 24_000, rate: PEAK, decayStart: 14_000, shape: 'cosine', lowest: 6e-5 } as const;
const other = ask({ kind: 'schedule', ...schedule });
const best = ask({ kind: 'best', totalSteps: TOTAL, lowest: 0 });

test('the plan comes back in five numbers and differs from itself by nothing', () => {
  assert.deepEqual(plan.now, {
    step: 10_000,
    rate: PEAK,
    plan: { totalSteps: TOTAL, rate: PEAK, decayStart: 15_000, shape: 'linear', lowest: 0 },
  });
  assert.equal(wordsOf(plan).difference, 'This is the plan.');
  assert.match(wordsOf(plan).stop, /^Stopping now would give up 0\.\d+ and save 10/);
});

test('a schedule in five numbers is the one that is weighed, with a new rate from the next step on', () => {
  const { steps, lrs } = ask({ kind: 'schedule', ...schedule, rate: PEAK / 2 }).ahead;
  assert.deepEqual([steps[0], lrs[0]], [10_001, PEAK / 2]);
  assert.equal(steps.at(-1), 24_000);
  const known = {
    ...schedule,
    peakLr: PEAK,
    finalLr: 6e-5,
    warmupSteps: 0,
    decaySteps: 10_000,
    family: 'wsd-cosine',
  } as const;
  for (const [k, step] of other.ahead.steps.entries()) {
    if (step > 14_000) assert.ok(Math.abs(other.ahead.lrs[k]! - scheduleLr(known, step)) < 1e-3 * PEAK, `${step}`);
  }
  assert.match(wordsOf(other).difference, /against the plan \(80 %: .+ … .+\), better with a chance of/);
  assert.ok(best.difference.value < 0);
});

test('the form reads what it shows, and says what is wrong with a field', () => {
  const draft = draftOf(schedule);
  assert.deepEqual(readDraft(draft, 10_000), { schedule });
  assert.deepEqual(readDraft({ ...draft, decayStart: '3000' }, 10_000), {
    schedule: { ...schedule, decayStart: 10_000 },
  });
  const wrong = { totalSteps: '9000', rate: '0', decayStart: 'soon', lowest: '-1' };
  for (const [field, text] of Object.entries(wrong)) {
    const read = readDraft({ ...draft, [field]: text }, 10_000);
    assert.equal('field' in read && read.field, field);
  }
});

test('copied code gives the rates that were weighed', (t) => {
  if (spawnSync('python3', ['--version']).status !== 0) return t.skip('there is no Python here');
  for (const [reply, simple] of [
    [other, schedule],
    [best, null],
  ] as const) {
    const code = scheduleCode('nanogpt', reply, simple);
    const steps = reply.ahead.steps.filter((step) => step > 14_100);
    const program = `${code}\nprint([get_lr(s) for s in ${JSON.stringify(steps)}])`;
    const { stdout, stderr } = spawnSync('python3', ['-c', program], { encoding: 'utf8' });
    assert.equal(stderr, '');
    const said = JSON.parse(stdout) as number[];
    for (const [k, step] of steps.entries()) {
      const rate = reply.ahead.lrs[reply.ahead.steps.indexOf(step)]!;
      assert.ok(Math.abs(said[k]! - rate) < 1e-3 * PEAK, `${step}: ${said[k]}, ${rate}`);
    }
  }
  assert.match(scheduleCode('pytorch', other, schedule), /LambdaLR\(optimizer/);
  const trainer = scheduleCode('transformers', best, null);
  assert.match(trainer, /^# The nearest/);
  assert.match(
    trainer,
    /--lr_scheduler_kwargs '\{"num_decay_steps":\d+,"decay_type":"1-sqrt","min_lr_ratio":[\d.]+\}'/,
  );
  for (const kind of CODE_KINDS) assert.ok(!/NaN|undefined|−/.test(scheduleCode(kind, best, null)), kind);
});

test('each place of a slider is a value of its field, and each value has its place', () => {
  const now = { step: 10_000, plan: { ...schedule, rate: 1e-3 } };
  const at = (key: 'rate' | 'lowest', place: number) => Number(fromSlider(key, place, now, now.plan));
  assert.deepEqual(
    [0, 200, 400].map((place) => at('rate', place)),
    [1e-4, 1e-3, 1e-2],
  );
  assert.deepEqual(
    [0, 400].map((place) => at('lowest', place)),
    [0, 1e-3],
  );
  for (const place of [0, 130, 400]) {
    const moved = { ...now.plan, rate: at('rate', place) };
    assert.ok(Math.abs(sliderOf('rate', now, moved).value - place) < 0.5);
  }
  assert.deepEqual(sliderOf('decayStart', now, schedule), { min: 10_000, max: 24_000, value: 14_000 });
  assert.deepEqual(sliderOf('decayLength', now, schedule), { min: 0, max: 14_000, value: 10_000 });
  assert.deepEqual(sliderOf('totalSteps', now, schedule), { min: 10_001, max: 72_000, value: 24_000 });
  assert.equal(fromSlider('decayStart', 12_345, now, schedule), '12345');
});
