import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyValue } from '../../../src/core/formats/keyValue';
import { readMeaning } from '../../../src/core/formats/text/shape';
import { expectSeries } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText, testFixtures } from './console';

testFixtures(keyValue, { 'epflAdamw.log': 'maybe', 'epflSgd.log': 'maybe', 'epflEightRuns.log': 'maybe' });

test('lines of training and of evaluation, and the settings above them', () => {
  const log = readFixture(keyValue, 'epflAdamw.log');
  expectSeries(log, 'train_loss', { points: 81, first: [50, 7.384], last: [4050, 4.096] });
  expectSeries(log, 'learning_rate', { points: 81, first: [50, 0.001], last: [4050, 0.001] });
  expectSeries(log, 'val_loss', { points: 5, first: [256, 5.624], last: [4096, 4.098] });
  expectSeries(log, 'val_accuracy', { points: 5, first: [256, 0.185951], last: [4096, 0.307306] });
  expectSeries(log, 'iteration_time', { points: 81, first: [50, 0.274], last: [4050, 0.27] });
  assert.deepEqual(planOf(log), { totalSteps: 4096 });
  assert.equal(log.configEntries.get('opt'), 'adamw');
  assert.equal(log.configEntries.get('batch_size'), 16);
  const sgd = readFixture(keyValue, 'epflSgd.log');
  expectSeries(sgd, 'train_loss', { points: 81, first: [50, 8.292], last: [4050, 6.804] });
  expectSeries(sgd, 'val_loss', { points: 5, first: [256, 7.568], last: [4096, 6.973] });
});

test('eight runs in one file are eight segments', () => {
  const log = readFixture(keyValue, 'epflEightRuns.log');
  expectSeries(log, 'train_loss', { points: 648, first: [50, 7.384], last: [4050, 4.046] });
  expectSeries(log, 'val_loss', { points: 40, first: [256, 5.624], last: [4096, 4.044] });
  assert.equal(log.find('train_loss')!.segmentStarts.length, 8);
});

/** Forms of one record: step 20 of 100, loss 2.5, rate 1e-4. */
const FORMS: readonly string[] = [
  'step 20/100 | loss 2.5 | lr 1e-4',
  'Step: 20/100, Loss: 2.5, LR: 1e-4',
  'step=20/100 loss=2.5 lr=1.0e-4',
  '[20/100] loss: 2.5 lr: 1e-4',
  '[ 20/100]\tloss: 2.5 (2.6)\tlr: 0.0001',
  '2026-05-20 05:40:06,366 - train - INFO - step 20 / 100, train loss: 2.5, learning rate: 1e-4',
  'INFO:root:Iteration 20 of 100 - training loss = 2.5000 - learning_rate = 1.0e-04',
  'global_step: 20, total_steps: 100, train/loss: 2.5, train/lr: 1e-4, took 3.5 s',
  "{'step': 20, 'max_steps': 100, 'loss': 2.5, 'lr': 1e-4, 'note': 'x'}",
  'Iter [20/100] loss: 2.5, lr: 1e-4, eta 0:12:34',
  '>>> it: 20/100 (20.0%) loss: 2.5 | lr: 1e-4 | 3.2 it/s',
];

for (const form of FORMS) {
  test(`a record is read from: ${form}`, () => {
    const log = readText(keyValue, [form]);
    assert.deepEqual(pointsOf(log, 'train_loss'), [[20, 2.5]]);
    assert.deepEqual(pointsOf(log, 'learning_rate'), [[20, 1e-4]]);
    assert.equal(planOf(log).totalSteps, 100);
  });
}

test('values of evaluations are told by their line', () => {
  const log = readText(keyValue, [
    'Train: step 10 loss 3.0 acc 0.1',
    'Eval: step 10 loss 2.9 acc 0.2 ppl 18.2',
    '[test] step: 10, loss: 2.8',
    'step 20, train loss: 2.5, val loss: 2.6, val_acc: 0.3',
    'loss at step 30: 2.4',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [10, 3],
    [30, 2.4],
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss/2'), [[20, 2.5]]);
  assert.deepEqual(pointsOf(log, 'val_loss')[0], [10, 2.9]);
  assert.deepEqual(pointsOf(log, 'val_perplexity'), [[10, 18.2]]);
  assert.deepEqual(pointsOf(log, 'test_loss'), [[10, 2.8]]);
  assert.deepEqual(pointsOf(log, 'val_accuracy')[0], [10, 0.2]);
});

test('steps that begin anew with each epoch go on', () => {
  const log = readText(keyValue, [
    'Epoch [1/3], Step [100/200], Loss: 2.5',
    'Epoch [1/3], Step [200/200], Loss: 2.4',
    'Epoch [2/3], Step [100/200], Loss: 2.3',
    'Epoch [3/3], Step [200/200], Loss: 2.2',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [100, 2.5],
    [200, 2.4],
    [300, 2.3],
    [600, 2.2],
  ]);
  assert.deepEqual(planOf(log), { totalSteps: 600 });
  const bare = readText(keyValue, [
    'epoch 0 step 0 loss 3.0',
    'epoch 0 step 9 loss 2.9',
    'epoch 1 step 0 loss 2.8',
    'epoch 1 step 9 loss 2.7',
  ]);
  assert.deepEqual(
    pointsOf(bare, 'train_loss').map(([step]) => step),
    [0, 9, 18, 27],
  );
  const counted = readText(keyValue, [
    'Epoch: [0][  0/50]\tTime 0.5 (0.6)\tLoss 6.9 (7.0)\tAcc@1 0.0 (0.1)',
    'Epoch: [0][ 10/50]\tTime 0.5 (0.6)\tLoss 6.8 (7.0)\tAcc@1 0.0 (0.1)',
    'Epoch: [1][  0/50]\tTime 0.5 (0.6)\tLoss 6.7 (7.0)\tAcc@1 0.0 (0.1)',
  ]);
  assert.deepEqual(pointsOf(counted, 'train_loss'), [
    [0, 6.9],
    [10, 6.8],
    [50, 6.7],
  ]);
});

test('counters of evaluations, processes and lines of code are no steps and no values', () => {
  const log = readText(keyValue, [
    'Test: [  0/196]\tTime 3.0 (3.0)\tLoss 5.1 (5.1)',
    '2024-05-01 10:00:00.123 | INFO     | __main__:train:42 - Train Epoch: 1 [0/600 (0%)]\tLoss: 2.300',
    '2024-05-01 10:00:01.123 | INFO     | __main__:train:42 - Train Epoch: 1 [64/600 (11%)]\tLoss: 2.200',
    'Test: [  0/196]\tTime 3.0 (3.0)\tLoss 5.1 (5.1)',
    '[INFO|PID=12|PP=0] Train Epoch: 2 [0/600 (0%)]\tLoss: 2.100, elapsed_time_per_iteration_ms: 1.5K, 12345/s LR: 0.1',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [0, 2.3],
    [64, 2.2],
    [600, 2.1],
  ]);
  assert.deepEqual(pointsOf(log, 'iteration_time'), [[600, 1.5]]);
  assert.deepEqual(pointsOf(log, 'learning_rate'), [[600, 0.1]]);
  assert.deepEqual(
    log.allSeries.map(({ name }) => name),
    ['epoch', 'train_loss', 'iteration_time', 'learning_rate'],
  );
});

test('epochs alone are the axis; a summary among steps stands at the last one', () => {
  const log = readText(keyValue, ['Epoch 1/10 - loss: 0.5 - val_loss: 0.6', 'Epoch 2/10 - loss: 0.4 - val_loss: 0.5']);
  assert.equal(log.unit, 'epoch');
  assert.deepEqual(pointsOf(log, 'val_loss'), [
    [1, 0.6],
    [2, 0.5],
  ]);
  assert.deepEqual(planOf(log), { totalSteps: 10 });
  const mixed = readText(keyValue, ['step 10: loss 2.5', 'step 20: loss 2.4', 'Epoch 1: val_loss: 2.45']);
  assert.equal(mixed.unit, 'step');
  assert.deepEqual(pointsOf(mixed, 'val_loss'), [[20, 2.45]]);
});

test('units, thousands, numbers that are none, micro-batches', () => {
  const log = readText(keyValue, [
    'step=1,000 micro_step=3 loss=nan dt=250ms tok/s=35.1K tokens=1,234,567 bf16=1 gpt-2=0',
    'step=1,010 micro_step=3 loss=-inf dt=250ms tok/s=35.1K tokens=1,234,567 bf16=1 gpt-2=0',
  ]);
  assert.equal(log.find('train_loss')!.nonFinite, 2);
  assert.deepEqual(pointsOf(log, 'iteration_time')[0], [1000, 0.25]);
  assert.deepEqual(pointsOf(log, 'throughput')[0], [1000, 35100]);
  assert.deepEqual(pointsOf(log, 'tokens')[1], [1010, 1234567]);
});

test('of ranks that print the same steps the first one counts', () => {
  const line = (rank: number, step: number) => `[rank${rank}]: step ${step} | loss: ${step}.${rank}`;
  const log = readText(keyValue, [line(1, 1), line(0, 1), line(1, 2), line(1, 3), line(0, 2), line(0, 3), line(1, 2)]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [1, 1.1],
    [2, 2.1],
    [3, 3.1],
    [2, 2.1],
  ]);
});

test('colours, ranks, times and carriage returns do not matter', () => {
  const log = readText(
    keyValue,
    dressed((step) => `step ${step} | loss: ${step}.5 | lr: 0.1`),
  );
  expectSeries(log, 'train_loss', { points: 6, first: [1, 1.5], last: [6, 6.5] });
});

test('settings before the first record', () => {
  const log = readText(keyValue, [
    'lr: 0.001',
    'optimizer = "adamw"',
    'max_steps: 5,000',
    'step 1 | loss: 2.0',
    'lr: 3',
  ]);
  assert.equal(log.configEntries.get('lr'), 0.001);
  assert.equal(log.configEntries.get('optimizer'), 'adamw');
  assert.deepEqual(planOf(log), { totalSteps: 5000 });
});

test('never more than a guess, and none of prose and code', () => {
  assert.equal(probeText(keyValue, ['step 1 | loss: 2', 'step 2 | loss: 1.9', 'step 3 | loss: 1.8']), 'maybe');
  const others = [
    'In step 3 we look at the loss of 2 runs.',
    'loss = 2.5',
    'print(f"step {step} loss {loss:.4f}")',
    'for step in range(100): loss = model(x)',
    'Downloading 12 files: 100%|████| 12/12 [00:01<00:00, 9.1it/s]',
    '[rank0]: step 4 of 9 of the recipe',
    'step 5: saved checkpoint 12',
    '2026-05-20 05:40:06,366 - root - INFO - using 8 workers',
  ];
  assert.deepEqual(
    others.filter((line) => probeText(keyValue, [line]) !== 'no'),
    [],
  );
});

test('the meaning of a line', () => {
  assert.equal(readMeaning([]), undefined);
  assert.equal(readMeaning(['step ', ' saved ', '']), undefined);
  const meaning = readMeaning(['Epoch ', '/', ' step ', ' | loss: ', ' | dt: ', 'ms'])!;
  assert.deepEqual(
    { unit: meaning.unit, x: meaning.x, epoch: meaning.epoch, epochs: meaning.epochs, total: meaning.total },
    { unit: 'step', x: 2, epoch: 0, epochs: 1, total: -1 },
  );
  assert.deepEqual(
    meaning.values.map(({ name, scale }) => [name, scale]),
    [
      ['epoch', 1],
      ['train_loss', 1],
      ['iteration_time', 0.001],
    ],
  );
});
