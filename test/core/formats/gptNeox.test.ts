import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectFormat } from '../../../src/core/formats/detect';
import { gptNeox } from '../../../src/core/formats/gptNeox';
import { expectSeries, fixture, fixtureNames, sampleOf } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText, testFixtures } from './console';

testFixtures(gptNeox, { 'pretrain70mCrash.out': 'maybe' });

test('the iterations once, evaluations apart, DeepSpeed’s twin not at all', () => {
  const log = readFixture(gptNeox, 'pretrain70m.out');
  for (const [name, first, last] of [
    ['train_loss', 11.06431, 2.367784],
    ['learning_rate', 1e-5, 1e-4],
    ['iteration_time', 2.4771, 0.6999],
    ['samples_per_second', 206.693, 731.575],
  ] as const) {
    assert.deepEqual(pointsOf(log, name)[0], [1, first]);
    assert.deepEqual(pointsOf(log, name).at(-1), [512, last]);
    assert.equal(log.find(name)!.segmentStarts.length, 1);
  }
  expectSeries(log, 'val_loss', { points: 4, first: [128, 3.9171], last: [512, 2.367807] });
  expectSeries(log, 'val_perplexity', { points: 4, first: [128, 50.2545], last: [512, 10.67396] });
  expectSeries(log, 'val_loss/final', { points: 1, first: [512, 2.363417], last: [512, 2.363417] });
  expectSeries(log, 'test_loss', { points: 1, first: [512, 2.354278], last: [512, 2.354278] });
  assert.deepEqual(planOf(log), { totalSteps: 512, peakLr: 0.001, family: 'cosine', finalLr: 0.0001 });
  assert.equal(log.configEntries.get('train_iters'), 512);
  assert.equal(log.configEntries.get('lr_decay_style'), 'cosine');
  assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
});

test('a run that crashed before its first iteration has a plan and is a guess', () => {
  const log = readFixture(gptNeox, 'pretrain70mCrash.out');
  assert.equal(log.find('train_loss'), undefined);
  assert.equal(log.find('val_loss'), undefined);
  assert.equal(log.facts.totalSteps!.value, 6144);
  const sample = sampleOf('x.out', fixture('gptNeox', 'pretrain70mCrash.out'));
  assert.equal(detectFormat(sample)?.format.id, 'gptNeox');
});

test('its dialect wins where both are sure, and leaves Megatron-LM its own', () => {
  const sample = sampleOf('x.out', fixture('gptNeox', 'pretrain70m.out'));
  assert.equal(detectFormat(sample)?.format.id, 'gptNeox');
  for (const name of fixtureNames('megatron')) {
    assert.equal(gptNeox.probe(sampleOf(name, fixture('megatron', name))), 'no', name);
  }
});

test('a warm-up as a share, and marks behind the values', () => {
  const log = readText(gptNeox, [
    '-------------------- arguments --------------------',
    '  lr .............................. 0.0006......................updated',
    '  lr_decay_iters .................. None........................default',
    '  lr_decay_style .................. cosine......................default',
    '  min_lr .......................... 6e-05.......................updated',
    '  train_iters ..................... 1000........................updated',
    '  warmup .......................... 0.01........................default',
    '---------------- end of arguments ----------------',
  ]);
  assert.deepEqual(planOf(log), {
    totalSteps: 1000,
    peakLr: 0.0006,
    warmupSteps: 10,
    family: 'cosine',
    finalLr: 6e-5,
    decayStart: 10,
    decaySteps: 990,
  });
});

test('colours, ranks, times and carriage returns do not matter, a loss may be no number', () => {
  const line = (step: number) =>
    ` samples/sec: 206.693 | iteration        ${step}/     512 | learning rate: 1.000E-05 | lm_loss: ${step}.5E+00 | number of nan iterations:   0 |`;
  const log = readText(gptNeox, dressed(line));
  expectSeries(log, 'train_loss', { points: 6, first: [1, 1.5], last: [6, 6.5] });
  expectSeries(log, 'samples_per_second', { points: 6, first: [1, 206.693], last: [6, 206.693] });
  const bad = readText(gptNeox, [line(1).replace('1.5E+00', 'nan'), line(2)]);
  assert.equal(bad.find('train_loss')!.nonFinite, 1);
});

test('lines of other programs are none', () => {
  const others = [
    ' iteration       10/  171661 | consumed samples: 2560 | lm loss: 1.078335E+01 |',
    ' validation loss at iteration 200 | lm loss value: 7.487306E+00 |',
    'steps: 1 loss: 11.0643 iter time (s): 2.474 samples/sec: 206.954',
    ' samples/sec: 12 | epoch 3 | loss 2',
  ];
  assert.equal(probeText(gptNeox, others), 'no');
});
