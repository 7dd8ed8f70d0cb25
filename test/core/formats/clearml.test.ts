import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clearml } from '../../../src/core/formats/clearml';
import { expectSeries } from './check';
import { probeText, readFixture, readText, testFixtures } from './console';

testFixtures(clearml);

test('scalars of a session are series, plots are not', () => {
  const log = readFixture(clearml, 'metrics.jsonl');
  expectSeries(log, 'train_loss', { points: 60, first: [0, 5], last: [59, 2.3873] });
  expectSeries(log, 'learning_rate', { points: 60, first: [0, 0.0003], last: [59, 0.0003] });
  expectSeries(log, 'val_loss', { points: 6, first: [9, 3.04868], last: [59, Number.NaN], nonFinite: 1 });
  assert.equal(log.allSeries.length, 3);
});

test('other JSON lines are none of ClearML; a damaged line is named and the next one read', () => {
  assert.equal(probeText(clearml, '{"step": 1, "loss": 2}\n'), 'no');
  const event = (iter: number) =>
    JSON.stringify([{ type: 'training_stats_scalar', task: 't', metric: 'loss', variant: 'loss', iter, value: 2 }]);
  const log = readText(clearml, [event(1), '[{"type": "training', event(2)]);
  expectSeries(log, 'train_loss', { points: 2, first: [1, 2], last: [2, 2] });
  assert.deepEqual(
    log.issues.map(({ code, offset }) => [code, offset]),
    [['json.malformed', event(1).length + 1]],
  );
});
