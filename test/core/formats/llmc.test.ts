import assert from 'node:assert/strict';
import { test } from 'node:test';
import { llmc } from '../../../src/core/formats/llmc';
import { expectSeries } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText, testFixtures } from './console';

testFixtures(llmc, { 'slurmOom.log': 'settings' });

const PLAN = {
  totalSteps: 19560,
  peakLr: 6e-4,
  warmupSteps: 700,
  family: 'cosine',
  finalLr: 0,
  decayStart: 700,
  decaySteps: 18860,
};

test('a run that its time limit ended inside a progress bar', () => {
  const log = readFixture(llmc, 'slurm750.log');
  expectSeries(log, 'train_loss', { points: 750, first: [1, 11.010252], last: [750, 4.763922] });
  expectSeries(log, 'grad_norm', { points: 750, first: [1, 15.1374], last: [750, 0.5849] });
  expectSeries(log, 'learning_rate', { points: 750, first: [1, 8.57e-7], last: [750, 6e-4] });
  expectSeries(log, 'val_loss', { points: 4, first: [0, 11.008742], last: [750, 4.723455] });
  expectSeries(log, 'throughput', { points: 750, first: [1, 113446], last: [750, 124025] });
  expectSeries(log, 'iteration_time', { points: 750, first: [1, 4.62147], last: [750, 4.21208] });
  expectSeries(log, 'mfu', { points: 750, first: [1, 29.2], last: [750, 32.1] });
  expectSeries(log, 'val_accuracy/hellaswag', { points: 2, first: [250, 0.248954], last: [500, 0.243079] });
  assert.deepEqual(planOf(log), PLAN);
  assert.equal(log.configEntries.get('total batch size'), 524288);
  assert.equal(log.configEntries.get('use_master_weights'), 'enabled');
});

test('losses that are no numbers are points, and a cut line says why', () => {
  const log = readFixture(llmc, 'slurmNan.log');
  assert.equal(log.find('train_loss')!.nonFinite, 100);
  assert.equal(log.find('grad_norm')!.nonFinite, 100);
  expectSeries(log, 'learning_rate', { points: 100, first: [1, 8.57e-7], last: [100, 8.57e-5] });
  assert.equal(log.find('val_loss')!.nonFinite, 1);
  assert.deepEqual(
    log.issues.map(({ code }) => code),
    ['line.malformed'],
  );
  assert.match(JSON.stringify(log.statuses), /CANCELLED AT 2024-10-10.*DUE TO TIME LIMIT/);
});

test('a run that dies before its first step has a plan and no points', () => {
  const log = readFixture(llmc, 'slurmOom.log');
  assert.equal(log.points, 0);
  assert.deepEqual(planOf(log), PLAN);
  assert.equal(log.statuses[0]!.kind, 'failed');
});

test('forms of other releases', () => {
  const log = readText(llmc, [
    'val loss 11.000000',
    'step    1/40: train loss 4.316126 (acc 4.28) (12.345 ms, 331234 tok/s)',
    'step    2/40 | train loss 4.270000 | norm 30.3000 | lr 1.00e-04 | (123.45 ms | 1234 tok/s)',
    'step    3/40 | loss 4.100000 (-1.25z)| norm 1.2 (+0.10z)| lr 1.0e-04 | 10.00 ms | -100.0% bf16 MFU | 1,234 tok/s',
    'total average iteration time: 12.5 ms',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [1, 4.316126],
    [2, 4.27],
    [3, 4.1],
  ]);
  assert.deepEqual(pointsOf(log, 'throughput'), [
    [2, 1234],
    [3, 1234],
  ]);
  assert.equal(log.find('mfu'), undefined);
  assert.deepEqual(planOf(log), { totalSteps: 40 });
  assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
  const old = readText(llmc, [
    'val loss 5.325529',
    'step 0: train loss 5.356189 (took 1452.121000 ms)',
    'step 1: train loss 4.301069 (took 1288.673000 ms)',
    'val loss 4.301',
  ]);
  assert.deepEqual(pointsOf(old, 'train_loss').at(-1), [1, 4.301069]);
  assert.deepEqual(pointsOf(old, 'val_loss'), [
    [0, 5.325529],
    [2, 4.301],
  ]);
});

test('the console of build-nanogpt counts from 0', () => {
  const log = readText(llmc, [
    'validation loss: 10.9511',
    'HellaSwag accuracy: 2463/10042=0.2453',
    'step     0 | loss: 10.955029 | lr 8.3916e-07 | norm: 15.3667 | dt: 1250.00ms | tok/sec: 424691.29',
    'step     1 | loss: 10.900000 | lr 1.6783e-06 | norm: 14.2 | dt: 500.00ms | tok/sec: 1272234.00',
    'validation loss: 10.5',
  ]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [
    [0, 10.9511],
    [2, 10.5],
  ]);
  expectSeries(log, 'iteration_time', { points: 2, first: [0, 1.25], last: [1, 0.5] });
  expectSeries(log, 'throughput', { points: 2, first: [0, 424691.29], last: [1, 1272234] });
  assert.deepEqual(pointsOf(log, 'val_accuracy/hellaswag'), [[0, 0.2453]]);
});

test('a resumed run, and the schedules of llm.c', () => {
  const row = (key: string, value: string) => `| ${key.padEnd(21)} | ${value.padEnd(50)} |`;
  const log = readText(llmc, [
    row('LR scheduler', 'wsd'),
    row('learning rate (LR)', '1e-3'),
    row('warmup iterations', '60'),
    row('final LR fraction', '0.1'),
    row('train_num_batches', '1000'),
    'step  501/1000 | loss 3.5 (+nanz)| norm 1.0 (+nanz)| lr 1.00e-03 | 10.00 ms | 100 tok/s',
  ]);
  assert.deepEqual(planOf(log), {
    totalSteps: 1000,
    peakLr: 1e-3,
    warmupSteps: 60,
    family: 'wsd-sqrt',
    finalLr: 1e-4,
    decayStart: 800,
    decaySteps: 200,
  });
  assert.deepEqual(log.statuses, [{ kind: 'resumed', step: 500 }]);
});

test('colours, ranks, times and carriage returns do not matter', () => {
  const log = readText(
    llmc,
    dressed((step) => `step    ${step}/9 | loss ${step}.5 (+nanz)| norm 1.0 (+nanz)| lr 8.57e-07 | 1.0 ms | 9 tok/s`),
  );
  expectSeries(log, 'train_loss', { points: 6, first: [1, 1.5], last: [6, 6.5] });
});

test('lines of other programs are none', () => {
  const others = [
    'step 00001/16704 (0.01%) | loss: 10.757717 | lrm: 1.00',
    'step 0: train loss 10.9886, val loss 10.9897',
    'Step 00250 | Validation bpb: 1.05',
    'step:6000/6000 train_loss:3.4305',
    'val loss of 3.5 is good',
    '| a | b | c |',
  ];
  assert.equal(probeText(llmc, others), 'no');
});
