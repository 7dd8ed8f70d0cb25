import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neptune } from '../../../src/core/formats/neptune';
import { expectSeries } from './check';
import { planOf, probeText, readFixture, testFixtures } from './console';

testFixtures(neptune);

test('series and hyperparameters of an offline run; what it says of the machine is left out', () => {
  const log = readFixture(neptune, 'data-1.log');
  expectSeries(log, 'train_loss', { points: 60, first: [0, 5], last: [59, 2.3873] });
  expectSeries(log, 'val_loss', { points: 6, first: [9, 3.04868], last: [59, 2.4873] });
  // Logged without steps: they are counted.
  expectSeries(log, 'grad_norm', { points: 60, first: [0, 1.5], last: [59, 1.5] });
  assert.deepEqual(Object.fromEntries(log.configEntries), {
    learning_rate: 0.0003,
    max_steps: 60,
    'optimizer/name': 'adamw',
  });
  assert.deepEqual(planOf(log), { totalSteps: 60 });
});

test('other JSON lines are none of Neptune', () => {
  assert.equal(probeText(neptune, '{"obj": {"type": "x"}, "version": 1}\n{"step": 1, "loss": 2}\n'), 'no');
});
