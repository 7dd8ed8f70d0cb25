import assert from 'node:assert/strict';
import { test } from 'node:test';
import { torchtitan } from '../../../src/core/formats/torchtitan';
import { expectSeries } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText, testFixtures } from './console';

// Two records in a file of 6 kB are a guess; a log that goes on becomes sure.
testFixtures(torchtitan, { 'twoSteps.log': 'maybe', 'lossesLlama3.txt': 'maybe' });

test('with and without colours inside the fields', () => {
  const ansi = readFixture(torchtitan, 'ansi.log');
  expectSeries(ansi, 'train_loss', { points: 10, first: [1, 12.48686], last: [10, 6.42455] });
  expectSeries(ansi, 'grad_norm', { points: 10, first: [1, 20.75], last: [10, 29.375] });
  expectSeries(ansi, 'throughput', { points: 10, first: [1, 1383], last: [10, 10537] });
  assert.deepEqual(planOf(ansi), { totalSteps: 10, warmupSteps: 10 });
  assert.deepEqual(ansi.statuses, [{ kind: 'started' }, { kind: 'finished' }]);
  const plain = readFixture(torchtitan, 'noColor.log');
  expectSeries(plain, 'train_loss', { points: 10, first: [1, 12.55223], last: [10, 6.92163] });
  expectSeries(plain, 'grad_norm', { points: 10, first: [1, 21.375], last: [10, 60.5] });
  expectSeries(plain, 'memory', { points: 10, first: [1, 160.86], last: [10, 169.1] });
  assert.equal(plain.configEntries.get('training.seq_len'), 128);
  const two = readFixture(torchtitan, 'twoSteps.log');
  expectSeries(two, 'train_loss', { points: 2, first: [1, 12.41445], last: [10, 6.26338] });
});

test('two columns without a header are a guess', () => {
  const log = readFixture(torchtitan, 'lossesLlama3.txt');
  expectSeries(log, 'train_loss', {
    points: 100,
    first: [1, 8.049097061157227],
    last: [100, 2.746471643447876],
  });
  assert.equal(probeText(torchtitan, ['3 blind mice', '1 8.0', '2 7.5', '3 7.0']), 'no');
});

test('older and newer fields, validation', () => {
  const log = readText(torchtitan, [
    'step:  1  loss: 12.2  memory:  6.07GiB(12.77%)  wps: 1,234  mfu: 1.50%',
    '[rank0]:2025-01-01 10:00:00,000 - root - INFO - step:  2  loss:  8.05  grad_norm: nan  memory: 9.55GiB(20.10%)  ' +
      'tps: 7,911  tflops: 1,458.2  mfu: 46.3%  lr: 3e-05',
    'validate step:  2  loss:  8.1000  memory:  9.55GiB(20.10%)  tps: 9,000',
    'step: 10  loss: inf  memory: 9.55GiB(20.10%)  tps: 7,911 ',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [1, 12.2],
    [2, 8.05],
    [10, Number.POSITIVE_INFINITY],
  ]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [[2, 8.1]]);
  assert.deepEqual(pointsOf(log, 'learning_rate'), [[2, 3e-5]]);
  assert.deepEqual(pointsOf(log, 'tflops'), [[2, 1458.2]]);
});

test('of ranks that print the same steps the first one counts; stages without a loss do not', () => {
  const line = (rank: number, step: number, loss: string) =>
    `[rank${rank}]:[titan] 2026-05-20 05:40:06,366 - root - INFO - step: ${step}  loss: ${loss}  tps: 1`;
  const log = readText(torchtitan, [
    line(0, 1, '-1.0000'),
    line(7, 1, '9.0'),
    line(6, 1, '9.1'),
    line(7, 2, '8.0'),
    line(7, 3, '7.0'),
    line(6, 2, '8.1'),
    line(6, 3, '7.1'),
    line(7, 2, '6.0'),
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [1, 9],
    [2, 8],
    [3, 7],
    [2, 6],
  ]);
});

test('a resumed run and a printed configuration', () => {
  const log = readText(torchtitan, [
    '[titan] 2025-01-01 10:00:00,000 - root - INFO - Running with args: {',
    '  "optimizer": {',
    '    "name": "AdamW",',
    '    "lr": 0.0008',
    '  },',
    '  "training": {',
    '    "steps": 1000,',
    '    "compile": true',
    '  }',
    '}',
    '[titan] 2025-01-01 10:00:00,000 - root - INFO - Trainer is initialized with local batch size 8, global batch size 64, ' +
      'gradient accumulation steps 1, sequence length 2048, total steps 1000 (warmup 200)',
    '[titan] 2025-01-01 10:00:00,000 - root - INFO - Training starts at step 501',
    'step: 510  loss:  3.0  tps: 10',
  ]);
  assert.deepEqual(log.statuses, [{ kind: 'resumed', step: 500 }]);
  assert.deepEqual(planOf(log), { totalSteps: 1000, warmupSteps: 200 });
  assert.equal(log.configEntries.get('optimizer.lr'), 0.0008);
  assert.equal(log.configEntries.get('training.compile'), true);
});

test('prefixes and carriage returns do not matter', () => {
  const log = readText(
    torchtitan,
    dressed((step) => `step:  ${step}  loss:  ${step}.5000  memory:  1.00GiB(2.00%)  tps: 1,000`),
  );
  expectSeries(log, 'train_loss', { points: 6, first: [1, 1.5], last: [6, 6.5] });
});

test('lines of other programs are none', () => {
  const others = [
    'step:6000/6000 train_loss:3.4305',
    'step:1 - actor/pg_loss:0.0058',
    'step: 5 of the recipe',
    'logger.info(f"step: {step:2}  loss: {loss:7.4f}")',
  ];
  assert.equal(probeText(torchtitan, others), 'no');
});
