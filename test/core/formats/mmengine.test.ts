import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mmengine } from '../../../src/core/formats/mmengine';
import { expectSeries } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText } from './console';
import { testEachFixture } from './fixtures';

testEachFixture(mmengine, 'mmcv.log');

test('epochs: steps over all of them, evaluations at the last, the plan of the configuration', () => {
  const log = readFixture(mmengine, 'epochs.log');
  expectSeries(log, 'train_loss', { points: 24, first: [50, 10.7115], last: [1200, 6.1541] });
  assert.equal(log.find('grad_norm')!.nonFinite, 1);
  assert.deepEqual(
    pointsOf(log, 'val/pascal_voc/mAP').map(([step]) => step),
    [300, 600, 900, 1200],
  );
  assert.equal(log.find('loss_cls')!.length, 24);
  assert.equal(log.find('eta'), undefined);
  assert.deepEqual(planOf(log), { totalSteps: 1200 });
});

test('iterations: the counter is the step, a date without year', () => {
  const log = readFixture(mmengine, 'iters.log');
  expectSeries(log, 'train_loss', { points: 40, first: [10, 10.7115], last: [400, 4.5197] });
  expectSeries(log, 'val/mIoU', { points: 2, first: [200, 51.12], last: [400, 51.12] });
  assert.deepEqual(planOf(log), { totalSteps: 1920 });
});

test("MMCV's text", () => {
  const log = readFixture(mmengine, 'mmcv.log');
  assert.equal(log.find('train_loss')!.last()!.step, 2760);
  expectSeries(log, 'val/bbox_mAP', { points: 3, first: [900, 0.375], last: [2760, 0.375] });
  assert.equal(log.find('val/bbox_mAP_copypaste'), undefined);
  assert.deepEqual(planOf(log), { totalSteps: 12 * 930 });
});

test('scalars: the step of an evaluation is an epoch and not used', () => {
  const log = readFixture(mmengine, 'scalars.json');
  assert.equal(log.find('train_loss')!.last()!.step, 900);
  assert.deepEqual(
    pointsOf(log, 'val/coco/bbox_mAP').map(([step]) => step),
    [300, 600, 900],
  );
  assert.deepEqual(log.issues, []);
});

test("MMCV's JSON lines: iterations within epochs are joined, and that is said", () => {
  const log = readFixture(mmengine, 'mmcv.log.json');
  assert.deepEqual(
    pointsOf(log, 'train_loss').map(([step]) => step),
    Array.from({ length: 18 }, (_, i) => 50 * (i + 1)),
  );
  assert.deepEqual(
    pointsOf(log, 'val/bbox_mAP').map(([step]) => step),
    [300, 600, 900],
  );
  assert.deepEqual(
    log.issues.map(({ code }) => code),
    ['step.missing'],
  );
});

test('a resumed run, prefixes, no time left, progress of an evaluation', () => {
  const line = (n: number) => `05/17 09:34:02 - mmengine - INFO - Iter(train) [ ${n}/50]  loss: ${n}.0949`;
  const log = readText(mmengine, [
    'mmengine - INFO - resumed epoch: 3, iter: 30',
    line(35),
    '05/17 09:34:02 - mmengine - INFO - Iter(val) [ 5/17]  eta: 0:00:03  time: 0.1  val/loss: 9.9',
    '05/17 09:34:02 - mmengine - INFO - Iter(val) [17/17]  loss: 3.9',
    line(40),
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [35, 35.0949],
    [40, 40.0949],
  ]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [[35, 3.9]]);
  assert.deepEqual(log.statuses, [{ kind: 'resumed', step: 30 }]);
  assert.equal(readText(mmengine, dressed(line)).find('train_loss')!.length, 6);
});

test('other lines are no log', () => {
  assert.equal(
    probeText(mmengine, [
      'Epoch [1] loss: 3',
      'Iter 3: loss 2',
      'Epoch 1/10',
      '{"step": 1, "loss": 2}',
      '{"iter": 1, "loss": 2.0}',
    ]),
    'no',
  );
});
