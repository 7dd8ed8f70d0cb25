import assert from 'node:assert/strict';
import { test } from 'node:test';

import { detectron2 } from '../../../src/core/formats/detectron2';
import { expectSeries } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText } from './console';
import { testEachFixture } from './fixtures';

testEachFixture(detectron2, 'log.txt');

test('two starts in one file are two segments; the plan is that of the solver', () => {
  const log = readFixture(detectron2, 'log.txt');
  expectSeries(log, 'train_loss', { points: 18, first: [19, 2.262], last: [119, 0.887] });
  expectSeries(log, 'learning_rate', { points: 18, first: [19, 0.00039962], last: [119, 0.0023976] });
  assert.deepEqual(log.find('train_loss')!.segmentStarts.length, 2);
  assert.equal(log.find('loss_cls')!.length, 18, 'losses of heads keep their names');
  const { finalLr, ...plan } = planOf(log);
  assert.deepEqual(plan, { totalSteps: 270000, warmupSteps: 1000, peakLr: 0.02, family: 'step', decayStart: 210000 });
  assert.ok(Math.abs(Number(finalLr) - 2e-4) < 1e-12);
  assert.equal(log.configEntries.get('SOLVER.MAX_ITER'), 270000);
  assert.deepEqual(log.statuses.map(({ kind }) => kind).slice(0, 2), ['started', 'failed']);
});

const line = (n: number) =>
  ` eta: 1 day, 2:03:04  iter: ${n}  total_loss: ${n}.5  loss_cls: 0.4  time: 0.4959  last_time: 0.5  data_time: 0.02  lr: N/A  max_mem: 1475M`;

test('the console, other releases, and the log of the program before', () => {
  const log = readText(detectron2, [
    `\x1b[32m[09/29 15:06:24 d2.utils.events]: \x1b[0m${line(19)}`,
    '[09/29 15:06:24] d2.utils.events INFO:  iter: 39  total_loss: nan  lr: 0.01  ',
    '2019-01-01 10:00:00,123 maskrcnn_benchmark.trainer INFO: eta: 12:23:34  iter: 60  loss: 1.2 (1.5)  loss_mask: 0.7 (0.8)  time: 0.3 (0.4)  data: 0.01 (0.02)  lr: 0.010000  max mem: 3052',
  ]);
  assert.deepEqual(
    pointsOf(log, 'train_loss').filter(([step]) => step !== 39),
    [[19, 19.5]],
  );
  assert.deepEqual(pointsOf(log, 'train_loss/2'), [[60, 1.2]]);
  assert.deepEqual(pointsOf(log, 'memory'), [
    [19, 1475],
    [60, 3052],
  ]);
  assert.equal(log.find('train_loss')!.nonFinite, 1);
  assert.equal(readText(detectron2, dressed(line)).find('train_loss')!.length, 6);
});

test('a resumed run and its evaluations', () => {
  const log = readText(detectron2, [
    '[09/29 15:06:08] d2.engine.train_loop INFO: Starting training from iteration 5000',
    line(5019),
    '[09/29 15:07:08] d2.evaluation.testing INFO: copypaste: Task: bbox',
    '[09/29 15:07:08] d2.evaluation.testing INFO: copypaste: AP,AP50',
    '[09/29 15:07:08] d2.evaluation.testing INFO: copypaste: 39.1,59.4',
  ]);
  assert.deepEqual(log.statuses, [{ kind: 'resumed', step: 5000 }]);
  assert.deepEqual(pointsOf(log, 'val/bbox/AP50'), [[5019, 59.4]]);
});

test('other lines with an iteration are no log', () => {
  assert.equal(
    probeText(detectron2, ['iter: 3 loss: 2.0', 'max_iter: 3', 'at iter: 5  loss: 3', 'iter: 19  loss of signal']),
    'no',
  );
});
