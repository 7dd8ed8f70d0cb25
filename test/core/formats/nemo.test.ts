import assert from 'node:assert/strict';
import { test } from 'node:test';

import { nemo } from '../../../src/core/formats/nemo';
import { expectSeries } from './check';
import { planOf, pointsOf, probeText, readFixture, readText } from './console';
import { testEachFixture } from './fixtures';

testEachFixture(nemo, 'slurm.out', { 'globalRank0.txt': 'settings' });

test('one point per step; a validation loss once, at its evaluation; rounded steps by the counter', () => {
  const log = readFixture(nemo, 'slurm.out');
  const steps = pointsOf(log, 'train_loss').map(([step]) => step);
  assert.deepEqual(steps, [...Array(113).keys(), ...Array.from({ length: 26 }, (_, i) => 990 + i)]);
  assert.deepEqual(
    pointsOf(log, 'val_loss').map(([step]) => step),
    [99, 990, 999],
  );
  expectSeries(log, 'samples', { points: 139, first: [0, 0], last: [1015, 4060] });
  assert.deepEqual(planOf(log), {
    totalSteps: 100000,
    peakLr: 2e-4,
    finalLr: 2e-5,
    family: 'cosine',
    warmupSteps: 500,
    decayStart: 500,
    decaySteps: 49500,
  });
  assert.deepEqual(
    log.issues.map(({ code }) => code),
    ['step.missing'],
  );
});

test('steps that are only shown rounded stay so, and that is said', () => {
  const log = readFixture(nemo, 'bionemo.txt');
  expectSeries(log, 'train_loss', { points: 4, first: [31000, 2.51], last: [31000, 2.52] });
  expectSeries(log, 'val_loss', { points: 1, first: [31000, 2.51], last: [31000, 2.51] });
  assert.deepEqual(planOf(log), { totalSteps: 1100000 });
  assert.deepEqual(
    log.issues.map(({ code }) => code),
    ['step.missing'],
  );
});

test('the text log has the configuration and no losses', () => {
  const log = readFixture(nemo, 'globalRank0.txt');
  assert.equal(log.points, 0);
  assert.equal(planOf(log).totalSteps, 3);
  assert.equal(log.configEntries.get('model.optim.sched.name'), 'CosineAnnealing');
});

test('one line per step, as newer releases print', () => {
  const line = (step: number, val: string) =>
    ` 0: Training epoch 0, iteration ${step}/99 | lr: 5.6e-06 | global_batch_size: 32 | global_step: ${step} | reduced_train_loss: 2.${step} | train_step_timing in s: 0.189 | consumed_samples: 928${val}`;
  const log = readText(nemo, [
    line(27, ''),
    line(28, ' | val_loss: 2.861 | val_ppl: 17.57'),
    'Validation: iteration 1/32',
    line(29, ' | val_loss: 2.861 | val_ppl: 17.57'),
    line(30, ' | val_loss: 2.8'),
  ]);
  assert.deepEqual(
    pointsOf(log, 'train_loss').map(([step]) => step),
    [27, 28, 29, 30],
  );
  assert.deepEqual(pointsOf(log, 'val_loss'), [
    [28, 2.861],
    [30, 2.8],
  ]);
  assert.deepEqual(pointsOf(log, 'iteration_time')[0], [27, 0.189]);
  assert.deepEqual(planOf(log), { totalSteps: 100 });
});

test('the bar without a rate', () => {
  const log = readText(nemo, [
    'Epoch 0: :   2%|▏         | 2/128 [00:47<49:46, reduced_train_loss=10.60, global_step=1.0, consumed_samples=256, train_step_timing in s=23.7]',
    'Epoch 0: :   3%|▏         | 3/128 [00:57<49:46, v_num=ab12, reduced_train_loss=nan.0, global_step=2.0, consumed_samples=512, lr=8.19e-9]',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss')[0], [1, 10.6]);
  assert.deepEqual(pointsOf(log, 'learning_rate'), [[2, 8.19e-9]]);
  assert.deepEqual(planOf(log), { totalSteps: 128 });
});

test("Lightning's bar: its counter over all epochs, the smoothed loss only where no other is shown", () => {
  const bar = (epoch: number, n: number, rest: string) =>
    `\rEpoch ${epoch}:  50%|█████     | ${n}/100 [00:01<00:01, 70.1it/s, ${rest}]`;
  const log = readText(
    nemo,
    `${bar(0, 50, 'v_num=0, train_loss=2.5')}${bar(1, 10, 'v_num=0, train_loss=2.0, val_loss=2.2')}${bar(1, 20, 'v_num=0, train_loss=1.9, val_loss=2.2')}`,
  );
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [50, 2.5],
    [110, 2],
    [120, 1.9],
  ]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [[110, 2.2]]);
  const old = readText(nemo, `${bar(0, 50, 'loss=2.5, v_num=0')}${bar(0, 60, 'loss=2.4, v_num=0')}`);
  assert.deepEqual(pointsOf(old, 'train_loss'), [
    [50, 2.5],
    [60, 2.4],
  ]);
});

test('other bars are no log', () => {
  assert.equal(
    probeText(nemo, [
      'Epoch 0:  50%|███ | 50/100 [00:01<00:01, 70.1it/s]',
      'Epoch 0:  50%|███ | 50/100 [00:01<00:01, 70.1it/s, loss=3]',
      'Training epoch 3',
    ]),
    'no',
  );
});
