import assert from 'node:assert/strict';
import { test } from 'node:test';

import { olmo } from '../../../src/core/formats/olmo';
import { expectSeries } from './check';
import { planOf, pointsOf, probeText, readFixture, readText } from './console';
import { testEachFixture } from './fixtures';

testEachFixture(olmo, 'olmoCore.log');

test("OLMo's blocks, evaluations and configuration", () => {
  const log = readFixture(olmo, 'olmo.log');
  expectSeries(log, 'train_loss', { points: 60, first: [1, 10.71], last: [60, 3.391] });
  expectSeries(log, 'tokens', { points: 60, first: [1, 4194304], last: [60, 251658240] });
  expectSeries(log, 'learning_rate', { points: 60, first: [1, 0.000015], last: [60, 0.0003] });
  expectSeries(log, 'val_loss/c4_en_validation', { points: 3, first: [20, 6.768], last: [60, 3.441] });
  const { finalLr, ...plan } = planOf(log);
  assert.deepEqual(plan, { totalSteps: 100, peakLr: 3e-4, warmupSteps: 20, family: 'cosine' });
  assert.ok(Math.abs(Number(finalLr) - 3e-5) < 1e-12);
  assert.equal(log.configEntries.get('scheduler.alpha_f'), 0.1);
});

test("OLMo-core's blocks: a second process adds nothing, evaluations are apart", () => {
  const log = readFixture(olmo, 'olmoCore.log');
  expectSeries(log, 'train_loss', { points: 40, first: [50, 10.71], last: [2000, 4.52] });
  expectSeries(log, 'grad_norm', { points: 40, first: [50, 2], last: [2000, 1.025] });
  expectSeries(log, 'learning_rate/group1', { points: 40, first: [50, 4e-4], last: [2000, 4e-4] });
  assert.equal(log.find('val_loss/c4_en_validation')!.length, 4);
  assert.deepEqual(planOf(log), { totalSteps: 2000 });
  assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
});

test('an unknown length, ranks before each line, tabs, nan', () => {
  const log = readText(olmo, [
    '2025-01-01 00:00:00.000\thost:0\tolmo_core.train.callbacks.console_logger:105\tINFO\t[step=1/???,epoch=1]',
    '    train/CE loss=11.0',
    '[rank0]: [2024-04-17 09:42:38] INFO     [olmo.train:816, rank=0] [step=2/???]',
    '[rank0]:     train/CE loss=nan',
    '[rank0]:     throughput/total tokens=4.19B',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss')[0], [1, 11]);
  assert.equal(log.find('train_loss')!.nonFinite, 1);
  assert.equal(Math.round(log.find('tokens')!.last()!.value), 4.19e9);
  assert.deepEqual(planOf(log), {});
});

test('a resumed run says so', () => {
  const log = readText(olmo, [
    'INFO [olmo_core.train.trainer:1] Will resume training from step 1,000, epoch 1',
    '[step=1001/2000,epoch=1]',
    '    train/CE loss=3',
  ]);
  assert.deepEqual(log.statuses, [{ kind: 'resumed', step: 1000 }]);
});

test('other lines with a value are no metrics', () => {
  assert.equal(probeText(olmo, ['    lr=0.1', '    loss=3', '[eval=lm,step=5/10]', 'step=3 loss=2']), 'no');
  const log = readText(olmo, [
    '[step=1/9]',
    '    train/CE loss=3',
    'Saving to gs://bucket/step=100',
    'x = 3',
    '[eval_step=10/10]',
  ]);
  assert.equal(log.points, 1);
});
