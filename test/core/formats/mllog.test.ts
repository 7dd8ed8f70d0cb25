import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mllog } from '../../../src/core/formats/mllog';
import { expectSeries } from './check';
import { planOf, pointsOf, probeText, readFixture, readText } from './console';
import { testEachFixture } from './fixtures';

testEachFixture(mllog, 'tinygradBert.txt');

test('losses by samples; the accuracy of a language model is its validation loss; the plan in samples', () => {
  const log = readFixture(mllog, 'llama31.txt');
  expectSeries(log, 'train_loss', { points: 312, first: [512, 8.011297225952148], last: [159744, 3.2782912254333496] });
  expectSeries(log, 'val_loss', { points: 13, first: [12288, 5.220914840698242], last: [159744, 3.2960522174835205] });
  assert.equal(log.unit, 'samples');
  const plan = planOf(log);
  assert.equal(plan.totalSteps, 1200000 * 16);
  assert.equal(plan.warmupSteps, 256);
  assert.equal(plan.family, 'cosine');
  assert.deepEqual(log.statuses, [{ kind: 'started' }, { kind: 'finished' }]);
});

test('tokens, where the counter is a whole number of batches of sequences', () => {
  const log = readFixture(mllog, 'maxtextGpt3.txt');
  expectSeries(log, 'val_loss', {
    points: 24,
    first: [50331648, 2.7481878214839246],
    last: [1207959552, 2.6894531661184047],
  });
  assert.equal(log.unit, 'tokens');
  assert.equal(planOf(log).finalLr, undefined);
});

test('an accuracy stays one', () => {
  const log = readFixture(mllog, 'tinygradBert.txt');
  expectSeries(log, 'val_accuracy', {
    points: 22,
    first: [149504, 0.37238641977310183],
    last: [3289088, 0.7201055765151978],
  });
  assert.equal(planOf(log).totalSteps, 3900 * 1024);
});

test('ranks before the mark and learning rates in the metadata', () => {
  const log = readFixture(mllog, 'flux1.txt');
  expectSeries(log, 'train_loss', {
    points: 266,
    first: [5120, 1.8885042667388916],
    last: [1361920, 0.5273879766464233],
  });
  assert.deepEqual(pointsOf(log, 'learning_rate')[0], [5120, 1.3741411617738913e-6]);
  assert.equal(log.find('iteration_time')!.segmentStarts.length, 1);
});

const event = (key: string, value: unknown, metadata: object) =>
  `:::MLLOG ${JSON.stringify({ namespace: '', time_ms: 1, event_type: 'POINT_IN_TIME', key, value, metadata: { file: 'a.py', lineno: 1, ...metadata } })}`;

test('epochs and steps as axis; a failed run; a cut record', () => {
  const epochs = readText(mllog, [
    event('eval_accuracy', 0.5, { epoch_num: 1 }),
    event('eval_accuracy', 0.6, { epoch_num: 2 }),
  ]);
  assert.equal(epochs.unit, 'epoch');
  const steps = readText(mllog, [
    event('max_steps', 50, {}),
    event('train_loss', Number.NaN, { step_num: 10 }).replace('null', 'NaN'),
    event('train_loss', 2, { step_num: 20 }),
    ':::MLPv0.7.0 1600000000 (a.py:1) {"x',
    ':::MLLOG {"event_type": "INTERVAL_END", "key": "run_stop", "value": null, "metadata": {"status": "aborted"}}',
  ]);
  assert.equal(steps.unit, 'step');
  assert.deepEqual(planOf(steps), { totalSteps: 50 });
  assert.equal(steps.find('train_loss')!.nonFinite, 1);
  assert.equal(steps.statuses[0]!.kind, 'failed');
  assert.deepEqual(
    steps.issues.map(({ code }) => code),
    ['json.malformed'],
  );
});

test('other marks are no log', () => {
  assert.equal(probeText(mllog, [':::SYSJSON {"a":1}', ':::DLPAL x', ':::MLLOG']), 'no');
});
