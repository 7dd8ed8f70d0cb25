import assert from 'node:assert/strict';
import { test } from 'node:test';
import { litgpt } from '../../../src/core/formats/litgpt';
import { expectSeries } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText, testFixtures } from './console';

testFixtures(litgpt);

test('the step is the optimizer’s, not the micro-batch', () => {
  const log = readFixture(litgpt, 'zeroToLitgpt.txt');
  expectSeries(log, 'train_loss', { points: 10, first: [0, 1.646], last: [5, 1.524] });
  assert.equal(log.find('val_loss'), undefined);
  expectSeries(log, 'epoch', { points: 10, first: [0, 1], last: [5, 1] });
});

test('validation: its own line once, the value repeated in training lines not again', () => {
  const log = readText(litgpt, [
    'Epoch 1 | iter 4 step 1 | loss train: 1.660, val: n/a | iter time: 500.00 ms (step) remaining time: 0:10:00',
    'iter 4: val loss 1.2345, val time: 1234.56 ms',
    'Epoch 1 | iter 5 step 1 | loss train: 1.600, val: 1.234 | iter time: 250.00 ms remaining time: 0:09:00',
    'Epoch 1 | iter  8 step 2 | loss train: nan, val: 1.234 | iter time: 250.00 ms (step)',
    'Epoch 1 | iter 12 step 3 | loss train: 1.500, val: 1.100 | iter time: 250.00 ms (step)',
    'Epoch 1 | iter 16 step 4 | loss train:  1.400',
    'Final evaluation | val loss: 1.050 | val ppl: 2.858',
  ]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [
    [1, 1.2345],
    [3, 1.1],
    [4, 1.05],
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [1, 1.66],
    [1, 1.6],
    [2, Number.NaN],
    [3, 1.5],
    [4, 1.4],
  ]);
  assert.deepEqual(pointsOf(log, 'val_perplexity'), [[4, 2.858]]);
  assert.deepEqual(pointsOf(log, 'time_per_micro_batch')[0], [1, 0.5]);
  assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
});

test('the lines of earlier releases', () => {
  const log = readText(litgpt, [
    'iter 1760 | step 220: loss 1.5947, iter time: 250.00 ms (optimizer.step)',
    'iter 1770 step 221: loss 1.5191, iter time: 89.96ms',
    'iter 1770: val loss 1.7258, val time: 3778.02 ms',
    'iter 1780 | step 222: loss train 1.4, val 1.726 | iter time: 131.68 ms',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [220, 1.5947],
    [221, 1.5191],
    [222, 1.4],
  ]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [[221, 1.7258]]);
});

test('the printed arguments give config and plan', () => {
  const log = readText(litgpt, [
    "{'checkpoint_dir': PosixPath('checkpoints/microsoft/phi-2'),",
    " 'data': Alpaca2k(mask_prompt=False,",
    '                  val_split_fraction=0.03847,',
    '                  seed=42),',
    " 'devices': 1,",
    " 'precision': 'bf16-true',",
    " 'quantize': None,",
    " 'train': TrainArgs(save_interval=800,",
    '                    log_interval=1,',
    '                    global_batch_size=8,',
    '                    lr_warmup_steps=10,',
    '                    max_tokens=None,',
    '                    max_steps=500,',
    '                    learning_rate=0.0002,',
    '                    min_lr=6e-05)}',
    'Seed set to 1337',
    'Epoch 1 | iter 1 step 0 | loss train: 1.646, val: n/a | iter time: 820.31 ms',
  ]);
  assert.deepEqual(planOf(log), { warmupSteps: 10, family: 'cosine', totalSteps: 500, peakLr: 0.0002 });
  assert.equal(log.configEntries.get('devices'), 1);
  assert.equal(log.configEntries.get('precision'), 'bf16-true');
  assert.equal(log.configEntries.get('train.global_batch_size'), 8);
  assert.equal(log.configEntries.get('train.min_lr'), 6e-5);
});

test('colours, ranks, times and carriage returns do not matter', () => {
  const log = readText(
    litgpt,
    dressed(
      (step) => `Epoch 1 | iter ${step * 2} step ${step} | loss train: ${step}.500, val: n/a | iter time: 1.00 ms`,
    ),
  );
  expectSeries(log, 'train_loss', { points: 6, first: [1, 1.5], last: [6, 6.5] });
});

test('lines of other programs are none', () => {
  const others = [
    'iter 10: loss 10.3218, time 2948.92ms, mfu 22.83%',
    'step 0: train loss 10.9886, val loss 10.9897',
    'Epoch 1 | loss train: 2.3',
    'Epoch 1: 37/100',
  ];
  assert.equal(probeText(litgpt, others), 'no');
});
