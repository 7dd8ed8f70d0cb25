import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fairseq } from '../../../src/core/formats/fairseq';
import { expectSeries } from './check';
import { planOf, pointsOf, probeText, readFixture, readText } from './console';
import { testEachFixture } from './fixtures';

testEachFixture(fairseq, 'bigRun2.log');

test('JSON records behind a logger; losses are in bits', () => {
  const log = readFixture(fairseq, 'bigRun1.log');
  expectSeries(log, 'train_loss', { points: 4, first: [25, 16.464], last: [2575, 9.78] });
  expectSeries(log, 'learning_rate', { points: 4, first: [25, 1.25e-5], last: [2575, 0.0012875] });
  assert.equal(log.find('train_loss')!.unit, 'bits');
  const ppl = log.find('perplexity')!.first()!.value;
  assert.ok(Math.abs(Math.log2(ppl) - 16.464) < 0.001);
  assert.deepEqual(planOf(log), {
    totalSteps: 100000,
    peakLr: 0.005,
    family: 'linear',
    warmupSteps: 10000,
    decayStart: 10000,
    decaySteps: 90000,
    finalLr: 0,
  });
  assert.deepEqual(
    log.issues.map(({ code, offset }) => [code, offset]),
    [['value.nonFinite', 8736]],
  );
});

test('validation and the mean over an epoch are series of their own', () => {
  const log = readFixture(fairseq, 'bigRun2.log');
  expectSeries(log, 'train_loss', { points: 4, first: [25, 18.665], last: [10050, 8.739] });
  expectSeries(log, 'learning_rate', { points: 4, first: [25, 1.25e-5], last: [10050, 0.00499722] });
  expectSeries(log, 'val_loss', { points: 1, first: [10000, 8.535], last: [10000, 8.535] });
  expectSeries(log, 'train_loss/epoch', { points: 1, first: [100000, 7.874], last: [100000, 7.874] });
  assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
});

test('plain records', () => {
  const log = readFixture(fairseq, 'simple.log');
  expectSeries(log, 'train_loss', { points: 3, first: [1, 16.264], last: [10, 9.331] });
  expectSeries(log, 'val_loss', { points: 1, first: [10, 9.189], last: [10, 9.189] });
  assert.equal(log.find('train_loss/epoch')!.last()!.value, 11.87);
});

test('Hydra, metaseq, ranks and several validation sets', () => {
  const log = readText(fairseq, [
    '[2022-03-28 18:33:10,631][train_inner][INFO] - {"epoch": 1, "update": 0.1, "loss": "9.5", "nll_loss": "9.1", "num_updates": "100", "lr": "nan"}',
    '2021-12-10 12:21:56 | INFO | metaseq_cli.train | Start iterating over samples',
    '0: 2021-12-10 12:21:56 | INFO | train_inner | {"epoch": 1, "loss": 8.5, "ppl": 362, "num_updates": 200, "lr": 1e-4, "actv_norm": "3"}',
    '2021-12-10 12:22:56 | INFO | valid/Books | {"epoch": 1, "valid/Books_loss": "8", "valid/Books_num_updates": "200"}',
    '2021-12-10 12:22:56 | INFO | valid1 | {"epoch": 1, "valid1_loss": "7", "valid1_num_updates": "200"}',
    '2021-12-10 12:22:56 | INFO | test | {"epoch": 1, "test_loss": "6", "test_num_updates": "200"}',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [100, 9.5],
    [200, 8.5],
  ]);
  assert.deepEqual(pointsOf(log, 'val_loss/Books'), [[200, 8]]);
  assert.deepEqual(pointsOf(log, 'val_loss/1'), [[200, 7]]);
  assert.deepEqual(pointsOf(log, 'test_loss'), [[200, 6]]);
  assert.equal(log.find('learning_rate')!.nonFinite, 1);
});

test('older releases: no logger, a namespace, drawn bars', () => {
  const log = readText(fairseq, [
    "Namespace(arch='x', lr=[0.0005], lr_scheduler='inverse_sqrt', max_update=3000, warmup_updates=400, optimizer='adam')",
    '| epoch 001:    100 / 1000 loss=9.5, nll_loss=9.1, ppl=500.10, wps=100, num_updates=100, lr=1e-05, wall=10',
    'epoch 001:  20%|██   | 200/1000 [00:10<00:40, 19.5it/s, loss=9.0, ppl=400, num_updates=200, lr=2e-05]',
    'epoch 001:  20%|██   | 201/1000 [00:10<00:40, 19.5it/s, loss=9.0, ppl=400, num_updates=200, lr=2e-05]',
    '| epoch 001 | loss 9.2 | nll_loss 8.8 | ppl 450.1 | num_updates 1000',
    "| epoch 001 | valid on 'valid' subset | loss 8.0 | nll_loss 7.7 | ppl 200.2 | num_updates 1000 | best_loss 8",
    '{"epoch": 2, "update": 1.1, "loss": "7.5", "num_updates": "1100"}',
    '{"epoch": 2, "valid_loss": "7.25", "valid_num_updates": "2000"}',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [100, 9.5],
    [200, 9],
    [1100, 7.5],
  ]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [
    [1000, 8],
    [2000, 7.25],
  ]);
  assert.deepEqual(pointsOf(log, 'val_loss/nll'), [[1000, 7.7]]);
  assert.deepEqual(planOf(log), { totalSteps: 3000, peakLr: 0.0005, family: 'inverse-sqrt', warmupSteps: 400 });
});

test('a loaded checkpoint resumes, a saved one does not; a cut record is an issue', () => {
  const log = readText(fairseq, [
    '2021-03-08 12:00:00 | INFO | fairseq.trainer | Loaded checkpoint a/checkpoint_last.pt (epoch 9 @ 468 updates)',
    '2021-03-08 12:00:00 | INFO | fairseq.checkpoint_utils | Saved checkpoint b.pt (epoch 9 @ 500 updates, score 45.4) (writing took 7 seconds)',
    '2021-03-08 12:00:00 | INFO | train_inner | {"epoch": 9, "loss": "9.5", "num_upd',
  ]);
  assert.deepEqual(log.statuses, [{ kind: 'resumed', step: 468 }]);
  assert.deepEqual(
    log.issues.map(({ code }) => code),
    ['json.malformed'],
  );
});

test('JSON without updates and prose are no log', () => {
  assert.equal(probeText(fairseq, ['{"epoch": 1, "loss": 2}', '| epoch 001 | loss of time', 'epoch 1: loss 3']), 'no');
});
