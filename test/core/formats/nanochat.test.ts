import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nanochat } from '../../../src/core/formats/nanochat';
import { expectSeries } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText, testFixtures } from './console';

testFixtures(nanochat);

test('a live run: training, validation, benchmarks between', () => {
  const log = readFixture(nanochat, 'speedrunD24.log');
  expectSeries(log, 'val_bpb', { points: 36, first: [0, 3.167584], last: [8750, 0.816891] });
  assert.deepEqual(pointsOf(log, 'train_loss')[0], [0, 10.397165]);
  assert.deepEqual(pointsOf(log, 'train_loss').at(-1), [8798, 2.693273]);
  assert.deepEqual(pointsOf(log, 'learning_rate')[0], [0, 1]);
  assert.deepEqual(pointsOf(log, 'CORE metric'), [
    [3000, 0.1697],
    [6000, 0.1921],
  ]);
  assert.deepEqual(planOf(log), { totalSteps: 16704 });
  assert.equal(log.configEntries.get('num_layers'), 24);
  assert.deepEqual(log.issues, []);
});

test('fields of other releases', () => {
  const log = readText(nanochat, [
    'Overriding: depth = 20',
    'Using user-provided number of iterations: 1,000',
    'step 00000/00900 (0.00%) | loss: 11.090355 | grad norm: 0.5000 | lrm: 0.50 | dt: 12345.67ms | tok/sec: 42,466 | ' +
      'bf16_mfu: 3.93 | epoch: 1 pq: 0 rg: 8 | total time: 0.50m | eta: 12.0m',
    'step 00001/00900 (0.11%) | loss: 10.9 | lrm: 1.00 | dt: 2.00s | tok/sec: 1,042,466 | epoch: 1 pq: 1 rg: 16',
  ]);
  expectSeries(log, 'train_loss', { points: 2, first: [0, 11.090355], last: [1, 10.9] });
  expectSeries(log, 'throughput', { points: 2, first: [0, 42466], last: [1, 1042466] });
  expectSeries(log, 'iteration_time', { points: 2, first: [0, 12.34567], last: [1, 2] });
  expectSeries(log, 'epoch', { points: 2, first: [0, 1], last: [1, 1] });
  expectSeries(log, 'rg', { points: 2, first: [0, 8], last: [1, 16] });
  expectSeries(log, 'grad_norm', { points: 1, first: [0, 0.5], last: [0, 0.5] });
  expectSeries(log, 'train_time', { points: 1, first: [0, 30], last: [0, 30] });
  assert.deepEqual(planOf(log), { totalSteps: 900 });
  assert.equal(log.configEntries.get('depth'), 20);
});

test('a run under a budget of time has no total and a summary', () => {
  const step = (n: number, loss: string) =>
    `\rstep ${String(n).padStart(5, '0')} (${n}.0%) | loss: ${loss} | lrm: 1.00 | dt: 300ms | tok/sec: 1,700,000 | ` +
    `mfu: 39.1% | epoch: 1 | remaining: 299s    `;
  const log = readText(
    nanochat,
    `${step(0, '9.011223')}${step(1, '8.5')}${step(2, '8.1')}\n---\nval_bpb:          0.997900\ntraining_seconds: 300.1\n`,
  );
  expectSeries(log, 'train_loss', { points: 3, first: [0, 9.011223], last: [2, 8.1] });
  expectSeries(log, 'mfu', { points: 3, first: [0, 39.1], last: [2, 39.1] });
  assert.deepEqual(pointsOf(log, 'val_bpb'), [[2, 0.9979]]);
  assert.deepEqual(planOf(log), {});
  assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
  assert.deepEqual(readText(nanochat, `${step(1, 'nan')}\nFAIL\n`).statuses[0]!.kind, 'failed');
});

test('the other stages: fine-tuning and reinforcement', () => {
  const log = readText(nanochat, [
    'Step 00000 | Validation loss: 1.250000',
    'Step 00001/00701 | Training loss: 1.234567| lrm: 1.000000| num_tokens: 12,345',
    'Step 00002 | Pass@1: 0.1000, Pass@8: 0.3500',
    'Step 3/467 | Average reward: 0.25 | Average sequence length: 123.00',
    'Step 4/467 | Example step 0 | Rank 0',
    'Peak memory usage: 75907.44MiB',
    'Total training time: 12.5m',
  ]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [[0, 1.25]]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [[1, 1.234567]]);
  assert.deepEqual(pointsOf(log, 'Pass@8'), [[2, 0.35]]);
  assert.deepEqual(pointsOf(log, 'reward'), [[3, 0.25]]);
  assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
});

test('a resumed run', () => {
  const log = readText(nanochat, [
    'Resuming optimization from step 500',
    'step 00500/01000 (50.00%) | loss: 3.0 | lrm: 1.00 | dt: 1.00ms | tok/sec: 1',
  ]);
  assert.deepEqual(log.statuses, [{ kind: 'resumed', step: 500 }]);
});

test('colours, ranks, times and carriage returns do not matter', () => {
  const log = readText(
    nanochat,
    dressed((step) => `step 0000${step}/00009 (1.00%) | loss: ${step}.5 | lrm: 1.00 | dt: 1.00ms | tok/sec: 8,153`),
  );
  expectSeries(log, 'train_loss', { points: 6, first: [1, 1.5], last: [6, 6.5] });
});

test('lines of other programs are none', () => {
  const others = [
    'step    1/19560 | loss 11.010252 (+nanz)| norm 15.1374',
    'Step 52 | loss:2.3697 lr:2e-05',
    'Step 100/1000 | Loss: 2.3 | lr: 1e-4',
    'print0(f"step {step:05d}/{num_iterations:05d} ({pct_done:.2f}%) | loss: {debiased_smooth_loss:.6f}")',
    'val_bpb: 1.0',
  ];
  assert.equal(probeText(nanochat, others), 'no');
});
