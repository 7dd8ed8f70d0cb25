import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moddedNanogpt } from '../../../src/core/formats/moddedNanogpt';
import { expectSeries } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText, testFixtures } from './console';

testFixtures(moddedNanogpt);

test('a dumped script gives the plan, its lines about losses no points', () => {
  const log = readFixture(moddedNanogpt, 'valueEmbed.txt');
  expectSeries(log, 'train_loss', { points: 1530, first: [1, 10.8258], last: [1530, 3.2364] });
  expectSeries(log, 'val_loss', { points: 14, first: [0, 10.8258], last: [1530, 3.2751] });
  assert.deepEqual(planOf(log), {
    totalSteps: 1530,
    warmupSteps: 0,
    family: 'wsd-linear',
    decayStart: 930,
    decaySteps: 600,
  });
  assert.equal(log.configEntries.get('batch_size'), 8);
  const soap = readFixture(moddedNanogpt, 'soap.txt');
  expectSeries(soap, 'val_loss', { points: 49, first: [0, 11.0149], last: [6000, 3.2763] });
  assert.deepEqual(pointsOf(soap, 'train_loss')[0], [1, 11.0091]);
  assert.deepEqual(pointsOf(soap, 'train_loss').at(-1), [6000, 3.4305]);
  assert.deepEqual(planOf(soap), {
    totalSteps: 6000,
    peakLr: 0.0036,
    warmupSteps: 250,
    family: 'wsd-linear',
    decayStart: 4200,
    decaySteps: 1800,
    finalLr: 0,
  });
});

test('logs of validation losses and times only', () => {
  const log = readFixture(moddedNanogpt, 'valOnly.txt');
  assert.equal(log.find('train_loss'), undefined);
  expectSeries(log, 'val_loss', { points: 16, first: [0, 10.8258], last: [1770, 3.2774] });
  expectSeries(log, 'iteration_time', { points: 1773, first: [13, 0.09411], last: [1770, 0.09972] });
  assert.deepEqual(planOf(log), { totalSteps: 1770, family: 'wsd-linear', decayStart: 1062, decaySteps: 708 });
  assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
  const wide = readFixture(moddedNanogpt, 'switchBank.txt');
  assert.equal(wide.find('train_loss'), undefined);
  expectSeries(wide, 'val_loss', { points: 36, first: [0, 10.944356], last: [1750, 2.901154] });
  assert.equal(wide.facts.totalSteps!.value, 1750);
});

test('a run under a limit of time states its ceiling, no values after quantisation, no warm-up lines', () => {
  const naive = readFixture(moddedNanogpt, 'golfNaive.log');
  expectSeries(naive, 'train_loss', { points: 285, first: [1, 6.9408], last: [13750, 1.991] });
  expectSeries(naive, 'val_loss', { points: 70, first: [0, 6.937], last: [13780, 2.0606] });
  expectSeries(naive, 'val_bpb', { points: 70, first: [0, 4.0978], last: [13780, 1.2172] });
  assert.deepEqual(planOf(naive), { totalSteps: 20000 });
  assert.deepEqual(naive.statuses, [{ kind: 'finished' }]);
  assert.equal(naive.configEntries.get('max_wallclock_seconds'), 600);
  const dga = readFixture(moddedNanogpt, 'golfDga.log');
  expectSeries(dga, 'train_loss', { points: 39, first: [1, 6.9276], last: [2900, 1.9412] });
  expectSeries(dga, 'val_loss', { points: 7, first: [0, 6.9262], last: [2979, 2.0089] });
  const hnet = readFixture(moddedNanogpt, 'golfHnet.log');
  expectSeries(hnet, 'train_loss', { points: 436, first: [1, 5.4917], last: [85200, 0.9061] });
  expectSeries(hnet, 'val_loss', { points: 87, first: [0, 5.4859], last: [85242, 0.9181] });
});

test('short names of a fork', () => {
  const log = readFixture(moddedNanogpt, 'golfTernary.txt');
  expectSeries(log, 'train_loss', { points: 6, first: [1000, 3.312], last: [6000, 3.0211] });
  expectSeries(log, 'val_loss', { points: 1, first: [6530, 3.0517], last: [6530, 3.0517] });
  expectSeries(log, 'train_time', { points: 7, first: [1000, 91.47800000000001], last: [6530, 599.652] });
});

test('newer scripts: typed settings, an extension, a phase in brackets, lines without a total', () => {
  const log = readText(moddedNanogpt, [
    '    num_scheduled_iterations: int = 2205  # number of steps to complete lr and ws schedule',
    '    num_iterations: int = num_scheduled_iterations + num_extension_iterations',
    '    cooldown_frac: float = 0.50  # fraction of num_scheduled_iterations spent cooling down',
    'step:0/2245 val_loss:10.8258 train_time:0ms step_avg:0.02ms',
    'step:1/2245 train_time:120ms step_avg:120.05ms',
    'step:2/2245 [CE+SWA] loss:7.5 train_time:0.2s',
    'step:3 churn:0.12 zero:0.331',
    'step:3 untied lm_head (head_lr=0.01)',
    'step:4/2245 val_loss:nan train_time:300ms step_avg:inf',
  ]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [
    [0, 10.8258],
    [4, Number.NaN],
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [[2, 7.5]]);
  assert.deepEqual(pointsOf(log, 'train_time').at(2), [2, 0.2]);
  assert.deepEqual(pointsOf(log, 'churn'), [[3, 0.12]]);
  assert.deepEqual(planOf(log), { totalSteps: 2245, family: 'wsd-linear', decayStart: 1122, decaySteps: 1123 });
});

test('settings from the environment', () => {
  const log = readText(moddedNanogpt, [
    '    iterations = int(os.environ.get("ITERATIONS", 20000))',
    '    warmdown_iters = int(os.environ.get("WARMDOWN_ITERS", 1200))',
    'warmup_step:20/20',
    'step:1/20000 train_loss:6.9 train_time:24ms step_avg:23.99ms',
  ]);
  assert.deepEqual(planOf(log), { totalSteps: 20000, family: 'wsd-linear', decayStart: 18800, decaySteps: 1200 });
  assert.equal(log.find('train_loss')!.length, 1);
});

test('a second run of the script in one file goes on', () => {
  const line = (step: number) => `step:${step}/3 train_loss:${5 - step} train_time:1ms step_avg:1ms`;
  const end = 'peak memory allocated: 1 MiB reserved: 2 MiB';
  const log = readText(moddedNanogpt, [line(1), line(2), line(3), end, line(1), line(2), end, end]);
  assert.deepEqual(log.find('train_loss')!.segmentStarts, [0, 3]);
  assert.deepEqual(log.statuses, [{ kind: 'finished' }, { kind: 'finished' }]);
});

test('colours, ranks, times and carriage returns do not matter', () => {
  const log = readText(
    moddedNanogpt,
    dressed((step) => `step:${step}/9 train_loss:${step}.5 train_time:1ms step_avg:1ms`),
  );
  expectSeries(log, 'train_loss', { points: 6, first: [1, 1.5], last: [6, 6.5] });
});

test('lines of other programs are none', () => {
  const others = [
    'step:1 - global_seqlen/min:336776 - actor/pg_loss:0.0058',
    'step:  1  loss: 12.48686  grad_norm: 20.7500',
    'step: 1 loss: 2.0',
    's:0 trl:10.965596',
    'iter 10: loss 10.3218, time 2948.92ms, mfu 22.83%',
    "print0(f'step:{step}/{args.num_iterations} val_loss:{val_loss:.4f}')",
    'final_int8_zlib_roundtrip val_loss:2.0727 val_bpb:1.2244',
    `${'a:b'.repeat(1000)}:`,
  ];
  assert.equal(readText(moddedNanogpt, others).points, 0);
  assert.equal(probeText(moddedNanogpt, others), 'no');
});
