import assert from 'node:assert/strict';
import { test } from 'node:test';

import { maxtext } from '../../../src/core/formats/maxtext';
import { expectSeries } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText } from './console';
import { testEachFixture } from './fixtures';

testEachFixture(maxtext, 'maxtest.txt');

test('steps of a page of the documentation', () => {
  const log = readFixture(maxtext, 'maxtest.txt');
  expectSeries(log, 'train_loss', { points: 5, first: [0, 10.874], last: [4, 9.61] });
  expectSeries(log, 'iteration_time', { points: 5, first: [0, 1.353], last: [4, 11.645] });
});

test('absl prefixes, evaluations and the plan of the parameters', () => {
  const log = readText(maxtext, [
    'I0317 10:00:15.412 140 pyconfig.py:120] Config param learning_rate: 3e-05',
    'Config param learning_rate_final_fraction: 0.1',
    'Config param learning_rate_schedule_steps: -1',
    "Config param logical_axis_rules: (('activation_batch', ('data',)),)",
    'Config param run_name: a b',
    'Config param steps: 1000',
    'Config param warmup_steps_fraction: 0.1',
    'I0317 10:00:17.579063 125344476638336 metric_logger.py:181] completed step: 10, seconds: 0.435, TFLOP/s/device: 236.448, Tokens/s/device: 9423.869, total_weights: 30708, loss: nan, lr: 3.000e-05, grad_norm: 1.5',
    'eval metrics after step: 9, loss=9.420, total_weights=75264.0, avg_mtp_loss=1.5',
    'eval metrics after step: 19, eval_loss: 2.5',
    'average loss after step=29: eval_step_count=10, eval_loss=2.25, total_weights=75264.0',
  ]);
  assert.equal(log.find('train_loss')!.nonFinite, 1);
  assert.deepEqual(pointsOf(log, 'learning_rate'), [[10, 3e-5]]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [
    [9, 9.42],
    [19, 2.5],
    [29, 2.25],
  ]);
  assert.deepEqual(planOf(log), {
    totalSteps: 1000,
    peakLr: 3e-5,
    finalLr: 3e-5 * 0.1,
    family: 'cosine',
    warmupSteps: 100,
    decayStart: 100,
    decaySteps: 900,
  });
  assert.equal(log.configEntries.get('run_name'), 'a b');
});

test('releases differ in fields and names; a restart is a segment', () => {
  const line = (step: number) => `completed step: ${step}, seconds: 0.77, TFLOP/s/device: 178.3, loss: ${step}.5`;
  const log = readText(maxtext, [
    line(0),
    line(1),
    line(2),
    "restoring from this run's directory latest step 1",
    line(1),
    line(2),
  ]);
  assert.equal(log.find('train_loss')!.segmentStarts.length, 2);
  assert.deepEqual(log.statuses, [{ kind: 'resumed', step: 1 }]);
  assert.deepEqual(
    pointsOf(readText(maxtext, dressed(line)), 'train_loss').map(([step]) => step),
    [1, 2, 3, 4, 5, 6],
  );
  assert.deepEqual(
    readText(maxtext, ['completed step: 3, seconds: 0.7 slurmstepd: error, loss: 3.0']).issues.map(({ code }) => code),
    ['line.malformed'],
  );
});

test('prose about steps is no log', () => {
  assert.equal(probeText(maxtext, ['completed step: three', 'completed step: 3', 'Completed eval step 0']), 'no');
});
