import assert from 'node:assert/strict';
import { test } from 'node:test';
import { megatron } from '../../../src/core/formats/megatron';
import type { FileLog } from '../../../src/core/series/fileLog';
import { bytesOf, checkChunking, checkHostile, expectSeries, fixture, fixtureNames, readLog, sampleOf } from './check';

function read(text: string): FileLog {
  return readLog(megatron, 'train.log', bytesOf(text));
}

function load(name: string): FileLog {
  return readLog(megatron, name, fixture('megatron', name));
}

function facts(log: FileLog): Record<string, unknown> {
  return Object.fromEntries(Object.entries(log.facts).map(([key, fact]) => [key, fact.value]));
}

function dump(args: Record<string, string>): string {
  const lines = Object.entries(args).map(([key, value]) => `  ${key} ${'.'.repeat(47 - key.length)} ${value}\n`);
  return `------------------------ arguments ------------------------\n${lines.join('')}-------------------- end of arguments ---------------------\n`;
}

test('iterations without a loss give a learning rate only', () => {
  const log = load('bigscienceN4.out');
  expectSeries(log, 'train_loss', { points: 19, first: [20, 12.03115], last: [200, 7.365868] });
  expectSeries(log, 'learning_rate', { points: 20, first: [10, 0], last: [200, 0.0001342] });
  expectSeries(log, 'val_loss', { points: 2, first: [100, 8.017406], last: [200, 7.487306] });
  assert.deepEqual(facts(log), {
    totalSteps: 1000,
    peakLr: 0.00015,
    warmupSteps: 8,
    family: 'cosine',
    finalLr: 1e-5,
    decayStart: 8,
    decaySteps: 792,
  });
  assert.equal(log.configEntries.get('seq_length'), 1024);
  assert.equal(log.configEntries.get('exit_interval'), null);
  assert.equal(log.configEntries.get('adlr_autoresume'), false);
  assert.match(JSON.stringify(log.statuses), /"failed".*CANCELLED AT 2021-05-23/);
});

test('a job that met its time limit says so', () => {
  const log = load('bigscienceN64.out');
  expectSeries(log, 'train_loss', { points: 5, first: [20, 14.12743], last: [60, 16.9694] });
  expectSeries(log, 'learning_rate', { points: 6, first: [10, 0], last: [60, 0.0001494] });
  assert.match(JSON.stringify(log.statuses), /DUE TO TIME LIMIT/);
});

test('Megatron-DeepSpeed names its loss with a hyphen', () => {
  const log = load('bigscienceMegDs.out');
  expectSeries(log, 'train_loss', { points: 49, first: [1, 12.44238], last: [49, 7.747273] });
  expectSeries(log, 'learning_rate', { points: 49, first: [1, 1.875e-5], last: [49, 0.0001491] });
  expectSeries(log, 'grad_norm', { points: 49, first: [1, 0], last: [49, 0] });
  assert.equal(log.facts.totalSteps!.value, 1000);
  assert.equal(log.find('train_loss')!.label, 'lm-loss');
});

test('added columns, a plan in samples and tokens, colours and CRLF', () => {
  const log = load('randomLtd.log');
  expectSeries(log, 'train_loss', { points: 60, first: [10, 10.78335], last: [600, 7.516389] });
  expectSeries(log, 'learning_rate', { points: 60, first: [10, 9.339e-8], last: [600, 6.812e-6] });
  expectSeries(log, 'val_loss', { points: 5, first: [100, 9.661073], last: [500, 7.883712] });
  expectSeries(log, 'tokens', { points: 60, first: [10, 5242880], last: [600, 314572800] });
  expectSeries(log, 'reserve_length', { points: 60, first: [10, 256], last: [600, 352] });
  assert.deepEqual(facts(log), {
    totalSteps: 171661,
    peakLr: 3e-4,
    warmupSteps: 5722,
    family: 'cosine',
    finalLr: 3e-5,
  });
});

test('an interrupted run keeps its points', () => {
  const log = load('moeLtd.log');
  expectSeries(log, 'train_loss', { points: 213, first: [10, 10.69056], last: [2130, 4.569905] });
  expectSeries(log, 'learning_rate', { points: 213, first: [10, 5.308e-7], last: [2130, 0.0001256] });
  expectSeries(log, 'val_loss', { points: 21, first: [100, 9.082616], last: [2100, 4.554939] });
  assert.deepEqual(log.statuses, [{ kind: 'failed', reason: 'KeyboardInterrupt' }]);
});

for (const name of fixtureNames('megatron')) {
  test(`${name} is known as Megatron and reads the same however it is cut`, () => {
    const bytes = fixture('megatron', name);
    assert.equal(megatron.probe(sampleOf(name, bytes)), 'yes');
    checkChunking(megatron, name, bytes);
  });
  test(`${name} cut or damaged is no fault`, () => checkHostile(megatron, name, fixture('megatron', name)));
}

test('newer releases: a time before the line, throughput, more losses', () => {
  const log = read(
    ' [2025-06-01 10:00:00.123456] iteration      100/   15000 | consumed samples:       102400 | ' +
      'elapsed time per iteration (ms): 1234.5 | throughput per GPU (TFLOP/s/GPU): 401.2 | learning rate: 2.999800E-04 | ' +
      'global batch size:  1024 | lm loss: 5.012345E+00 | mtp_1 loss: 5.2E+00 | load_balancing_loss: 1.000001E+00 | ' +
      'loss scale: 1.0 | grad norm: 1.234 | num zeros: None | params norm: 250.125 | ' +
      'number of skipped iterations:   0 | number of nan iterations:   0 |\n',
  );
  expectSeries(log, 'train_loss', { points: 1, first: [100, 5.012345], last: [100, 5.012345] });
  expectSeries(log, 'iteration_time', { points: 1, first: [100, 1.2345], last: [100, 1.2345] });
  expectSeries(log, 'params_norm', { points: 1, first: [100, 250.125], last: [100, 250.125] });
  assert.equal(log.facts.totalSteps!.value, 15000);
  assert.equal(log.allSeries.filter(({ name }) => name.startsWith('train_loss')).length, 1);
});

test('ranks before the line, a NaN loss and blanks around the slash do not matter', () => {
  const log = read(
    '[default7]: iteration       10/     100 | lm loss: nan | learning rate: 1.0E-04 |\r\n' +
      ' 3:  iteration       20 /     100 | lm_loss: 4.5E+00 | learning rate: 1.0E-04 |\r\n' +
      'worker-1:  iteration 30/ 100 | lm loss: inf | number of nan iterations:   2 |\r\n',
  );
  assert.equal(log.find('train_loss')!.length, 2);
  assert.equal(log.find('train_loss')!.nonFinite, 2);
  assert.equal(log.find('number of nan iterations')!.last()!.value, 2);
});

test('keys without a colon are read too', () => {
  const log = read(' iteration       50/    2000 | elapsed time per iteration (ms) 512.3 | lm loss 5.100000E+00 |\n');
  expectSeries(log, 'train_loss', { points: 1, first: [50, 5.1], last: [50, 5.1] });
});

test('the test set and further validation sets are kept apart from the validation loss', () => {
  const log = read(
    ' iteration      100/     100 | lm loss: 3.0E+00 |\n' +
      ' validation loss at iteration 100 | lm loss value: 3.1E+00 | lm loss PPL: 2.2E+01 | \n' +
      ' validation loss at iteration 100 on validation set | lm loss value: 3.2E+00 | lm loss PPL: 2.2E+01 | \n' +
      ' validation-1 loss at iteration 100 on validation set | lm loss value: 3.3E+00 | lm loss PPL: 2.2E+01 | \n' +
      ' validation results at the end of training for val data | lm_loss value: 3.4E+00 | lm_loss_ppl value: 2E+01 | \n' +
      ' validation loss at the end of training for test data | lm loss value: 3.5E+00 | lm loss PPL: 2.2E+01 | \n' +
      ' validation loss at iteration 100 on test set | lm loss value: 3.6E+00 | lm loss PPL: 2.2E+01 | \n',
  );
  const values = (name: string) => Array.from(log.find(name)?.values.view() ?? []);
  assert.deepEqual(values('val_loss'), [3.1, 3.2]);
  assert.deepEqual(values('val_loss/1'), [3.3]);
  assert.deepEqual(values('test_loss'), [3.5, 3.6]);
  assert.equal(log.find('val_loss')!.last()!.step, 100);
});

test('a line that another process cut keeps its whole fields and is reported', () => {
  const log = read(
    ' iteration 10/ 100 | lm loss: 3.0E+00 | loss scale: 3616.slurmstepd: error: *** JOB 1 CANCELLED ***\n',
  );
  expectSeries(log, 'train_loss', { points: 1, first: [10, 3], last: [10, 3] });
  assert.deepEqual(
    log.issues.map(({ code, offset }) => [code, offset]),
    [['line.malformed', 0]],
  );
});

test('schedules of the argument dump', () => {
  const base = { train_iters: '1000', lr: '0.001', min_lr: '0.0001', lr_decay_iters: 'None', lr_warmup_iters: '100' };
  assert.deepEqual(facts(read(dump({ ...base, lr_decay_style: 'linear' }))), {
    totalSteps: 1000,
    peakLr: 0.001,
    warmupSteps: 100,
    family: 'linear',
    finalLr: 0.0001,
    decayStart: 100,
    decaySteps: 900,
  });
  const wsd = { ...base, lr_decay_style: 'WSD', lr_wsd_decay_style: 'minus_sqrt', lr_wsd_decay_iters: '200' };
  assert.deepEqual(facts(read(dump(wsd))), {
    totalSteps: 1000,
    peakLr: 0.001,
    warmupSteps: 100,
    family: 'wsd-sqrt',
    finalLr: 0.0001,
    decayStart: 800,
    decaySteps: 200,
  });
  assert.equal(facts(read(dump({ ...base, lr_decay_style: 'constant' }))).finalLr, undefined);
  assert.equal(facts(read(dump({ ...base, lr_decay_style: 'odd' }))).family, undefined);
});

test('samples become iterations unless the batch size ramps up', () => {
  const samples = {
    train_iters: 'None',
    train_samples: '256000',
    lr: '0.001',
    min_lr: '0.0',
    lr_decay_style: 'cosine',
    lr_decay_samples: '204800',
    lr_warmup_iters: '0',
    lr_warmup_samples: '25600',
    global_batch_size: '256',
  };
  assert.deepEqual(facts(read(dump({ ...samples, rampup_batch_size: 'None' }))), {
    totalSteps: 1000,
    peakLr: 0.001,
    warmupSteps: 100,
    family: 'cosine',
    finalLr: 0,
    decayStart: 100,
    decaySteps: 700,
  });
  const ramped = facts(read(dump({ ...samples, rampup_batch_size: "['16', '16', '1000']" })));
  assert.deepEqual(ramped, { peakLr: 0.001, family: 'cosine', finalLr: 0 });
});

test('the marks that GPT-NeoX puts after values are taken off', () => {
  const log = read(
    dump({ lr: '0.0006......................updated', train_iters: '512updated', data_impl: 'mmapdefault' }),
  );
  assert.equal(log.configEntries.get('lr'), 0.0006);
  assert.equal(log.configEntries.get('train_iters'), 512);
  assert.equal(log.configEntries.get('data_impl'), 'mmap');
});

test('a dump without an end counts from the first iteration on', () => {
  const text = dump({ lr: '0.001', train_iters: '500' }).replace(/-+ end of arguments -+\n/, '');
  const log = read(`${text} iteration 10/ 500 | lm loss: 3.0E+00 |\n  lr ............. 7\n`);
  assert.deepEqual(facts(log), { totalSteps: 500, peakLr: 0.001 });
  assert.equal(log.configEntries.get('lr'), 0.001);
});

test('loading a checkpoint and the end of training are told', () => {
  const log = read(
    '  successfully loaded checkpoint from /ckpt [ t 1/1, p 1/1 ] at iteration 5000\n' +
      ' iteration 5010/ 6000 | lm loss: 3.0E+00 |\n[after training is done] datetime: 2025-01-01 00:00:00 \n',
  );
  assert.deepEqual(log.statuses, [{ kind: 'resumed', step: 5000 }, { kind: 'finished' }]);
});

test('text about iterations is no record', () => {
  const log = read('iteration 10/ 100 done\niteration 5 | x\n iteration 10/ 100 |\nvalidation loss at iteration 5\n');
  assert.equal(log.points, 0);
});
