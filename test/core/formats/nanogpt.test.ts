import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nanogpt } from '../../../src/core/formats/nanogpt';
import type { FileLog } from '../../../src/core/series/fileLog';
import { bytesOf, checkChunking, checkHostile, expectSeries, fixture, fixtureNames, readLog, sampleOf } from './check';

function read(text: string): FileLog {
  return readLog(nanogpt, 'train.log', bytesOf(text));
}

function facts(log: FileLog): Record<string, unknown> {
  return Object.fromEntries(Object.entries(log.facts).map(([key, fact]) => [key, fact.value]));
}

test('a console log kept by W&B gives the losses of training and of both evaluated sets', () => {
  const log = readLog(nanogpt, 'output.log', fixture('nanogpt', 'wandbOutput.log'));
  expectSeries(log, 'train_loss', { points: 1329, first: [0, 10.9733], last: [13280, 3.129] });
  expectSeries(log, 'val_loss', { points: 14, first: [0, 10.9897], last: [13000, 3.1641] });
  expectSeries(log, 'eval_train_loss', { points: 14, first: [0, 10.9886], last: [13000, 3.1668] });
  expectSeries(log, 'iteration_time', { points: 1329, first: [0, 31.26463], last: [13280, 3.05126] });
  assert.equal(log.find('mfu')!.first()!.step, 10, '-100 % is not a measurement');
  assert.deepEqual(log.issues, []);
  assert.deepEqual(log.statuses, []);
});

test('echoed settings give the plan, and the end of the process its status', () => {
  const log = readLog(nanogpt, 'pretrain.txt', fixture('nanogpt', 'pretrainLineSearch.txt'));
  expectSeries(log, 'train_loss', { points: 991, first: [0, 10.9778], last: [9900, 3.817] });
  expectSeries(log, 'val_loss', { points: 100, first: [0, 10.9903], last: [9900, 3.8291] });
  expectSeries(log, 'eval_train_loss', { points: 100, first: [0, 10.9889], last: [9900, 3.8221] });
  assert.deepEqual(facts(log), { totalSteps: 10000, family: 'cosine' });
  assert.equal(log.facts.totalSteps!.where, 'max_iters in the printed settings');
  assert.equal(log.configEntries.get('gradient_accumulation_steps'), 40);
  assert.equal(log.configEntries.get('wandb_run_name'), 'linesearch_0.005');
  assert.equal(log.statuses.length, 1);
  assert.equal(log.statuses[0]!.kind, 'failed');
});

test('logs of validation losses only are read', () => {
  const first = readLog(nanogpt, 'a.log', fixture('nanogpt', 'valOnly5e-5.log'));
  expectSeries(first, 'val_loss', { points: 5, first: [200, 1.6379], last: [1000, 1.4651] });
  const second = readLog(nanogpt, 'b.txt', fixture('nanogpt', 'valOnly6e-4.txt'));
  expectSeries(second, 'val_loss', { points: 5, first: [200, 2.2628], last: [1000, 1.6983] });
  assert.equal(first.points + second.points, 10);
});

for (const name of fixtureNames('nanogpt')) {
  test(`${name} is known as nanoGPT and reads the same however it is cut`, () => {
    const bytes = fixture('nanogpt', name);
    assert.equal(nanogpt.probe(sampleOf(name, bytes)), 'yes');
    checkChunking(nanogpt, name, bytes);
  });
  test(`${name} cut or damaged is no fault`, () => checkHostile(nanogpt, name, fixture('nanogpt', name)));
}

test('forks that add, drop or rename fields are read', () => {
  const log = read(
    [
      'iter 0: loss 4.2, time 1.5s, lr 0.0001, tokens 1,234,567',
      'iter 1/500: loss 4.1 | lr 2e-4 | grad_norm: 1.25',
      'iteration 2: train_loss=4.0, tok/s 35.1K',
      'step 3, loss: 3.9',
      'iter 4: loss 3.8 (ema 3.85), device cuda:0',
      'step 5: train loss 3.7, val loss 3.75',
    ].join('\n'),
  );
  expectSeries(log, 'train_loss', { points: 4, first: [0, 4.2], last: [4, 3.8] });
  expectSeries(log, 'learning_rate', { points: 2, first: [0, 0.0001], last: [1, 2e-4] });
  expectSeries(log, 'grad_norm', { points: 1, first: [1, 1.25], last: [1, 1.25] });
  expectSeries(log, 'tokens', { points: 1, first: [0, 1234567], last: [0, 1234567] });
  expectSeries(log, 'throughput', { points: 1, first: [2, 35100], last: [2, 35100] });
  expectSeries(log, 'val_loss', { points: 1, first: [5, 3.75], last: [5, 3.75] });
});

test('non-finite losses are points', () => {
  const log = read('iter 0: loss nan, time 1.00ms, mfu 1.00%\niter 1: loss inf, time 1.00ms, mfu 1.00%\n');
  const series = log.find('train_loss')!;
  assert.equal(series.length, 2);
  assert.equal(series.nonFinite, 2);
});

test('colours, ranks, times and carriage returns do not matter', () => {
  const log = read(
    '\ufeffiter 0: loss 4.0, time 1.00ms\r\n0: iter 1: loss 3.9, time 1.00ms\r\n' +
      '[rank0]: \x1b[32miter\x1b[0m 2: loss \x1b[38;2;1;2;3m3.8\x1b[0m, time 1.00ms\r\n' +
      '2026-05-20T05:40:06.123Z stdout F iter 3: loss 3.7, time 1.00ms\riter 4: loss 3.6, time 1.00ms',
  );
  expectSeries(log, 'train_loss', { points: 5, first: [0, 4], last: [4, 3.6] });
});

test('source code and text about steps are no points', () => {
  const log = read(
    [
      'print(f"iter {iter_num}: loss {lossf:.4f}, time {dt*1000:.2f}ms, mfu {running_mfu*100:.2f}%")',
      'step 1: download the data, 2 files',
      'iter 10 loss 3.0',
      'iter: 19  total_loss: 2.262  lr: 0.0003',
      'step 00001/16704 (0.01%) | loss: 10.757717 | lrm: 1.00',
      'step:6000/6000 train_loss:3.4305',
      'step    1/19560 | loss 11.010252 (+nanz)| norm 15.1374',
      'step 12: loss of signal, 5',
    ].join('\n'),
  );
  assert.equal(log.points, 0);
});

test('a field that another process wrote into is left out with an issue', () => {
  const log = read('iter 0: loss 4.0, time 1.00ms\niter 1: loss 3.9, time 30slurmstepd: error: x\n');
  expectSeries(log, 'train_loss', { points: 2, first: [0, 4], last: [1, 3.9] });
  assert.equal(log.find('iteration_time')!.length, 1);
  assert.deepEqual(
    log.issues.map(({ code, offset }) => [code, offset]),
    [['line.malformed', 30]],
  );
});

test('all ways of printing the settings give the plan', () => {
  const expected = {
    totalSteps: 5000,
    warmupSteps: 100,
    family: 'cosine',
    peakLr: 1e-3,
    finalLr: 1e-4,
    decayStart: 100,
    decaySteps: 4900,
  };
  const settings = {
    learning_rate: '1e-3',
    max_iters: '5000',
    lr_decay_iters: '5000 # same as max_iters',
    min_lr: '1e-4',
    warmup_iters: '100',
    decay_lr: 'True',
  };
  const lines = Object.entries(settings);
  assert.deepEqual(facts(read(lines.map(([key, value]) => `${key} = ${value}\n`).join(''))), expected);
  assert.deepEqual(facts(read(lines.map(([key, value]) => `Overriding: ${key} = ${value}\n`).join(''))), expected);
  const bare = lines.map(([key, value]) => [key, value.replace(/ .*/, '')] as const);
  assert.deepEqual(facts(read(`Namespace(${bare.map(([k, v]) => `${k}=${v}`).join(', ')})`)), expected);
  assert.deepEqual(facts(read(`{${bare.map(([k, v]) => `'${k}': ${v}`).join(', ')}}`)), expected);
});

test('without decay the rate is constant', () => {
  assert.deepEqual(facts(read('decay_lr = False\nlearning_rate = 3e-5\nmax_iters = 20\nmin_lr = 6e-5\n')), {
    totalSteps: 20,
    family: 'constant',
    peakLr: 3e-5,
  });
});

test('names given values after training has begun are no settings', () => {
  const log = read('iter 0: loss 4.0, time 1.00ms\nmax_iters = 7\n');
  assert.equal(log.configEntries.size, 0);
});

test('a resumed run says at which step', () => {
  const log = read('Resuming training from out\niter 500: loss 3.0, time 1.00ms, mfu 1.00%\n');
  assert.deepEqual(log.statuses, [{ kind: 'resumed', step: 500 }]);
});

test('settings alone are no nanoGPT log, one line in a large file is a guess', () => {
  const probe = (text: string) => nanogpt.probe(sampleOf('x.log', bytesOf(text)));
  assert.equal(probe('a = 1\nb = 2\nc = 3\n'), 'no');
  assert.equal(probe(''), 'no');
  assert.equal(probe(`iter 0: loss 4.0, time 1.00ms\n${'other\n'.repeat(1000)}`), 'maybe');
  assert.equal(probe('iter 9: loss 1, x 1\niter 5: loss 1, x 1\niter 1: loss 1, x 1\n'), 'maybe');
});
