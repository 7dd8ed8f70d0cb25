import assert from 'node:assert/strict';
import { test } from 'node:test';

import { composer } from '../../../src/core/formats/composer';
import { expectSeries } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText } from './console';
import { testEachFixture } from './fixtures';

testEachFixture(composer, 'llmFoundry.txt');

test('a block of lines is one record', () => {
  const log = readFixture(composer, 'llmFoundry.txt');
  expectSeries(log, 'train_loss', { points: 4, first: [1, 10.9736], last: [4, 10.6459] });
  expectSeries(log, 'train_loss/cross_entropy', { points: 4, first: [1, 10.9736], last: [4, 10.6459] });
  expectSeries(log, 'perplexity', { points: 4, first: [1, 58312.0586], last: [4, 42018.5508] });
  assert.deepEqual(planOf(log), { totalSteps: 100 });
});

const EPOCHS = [
  '******************************',
  'Config:',
  'max_duration: 2ep',
  'optimizer:',
  '  lr: 6.0e-4',
  'scheduler:',
  '  name: cosine_with_warmup',
  '  t_warmup: 100ba',
  '  alpha_f: 0.1',
  '',
  '******************************',
  '[epoch=1][batch=1/5]:',
  '\t Train time/batch: 0',
  '\t Train time/token: 29,254,495',
  '\t Train loss/train/total: 8.4213',
  '\t Train lr-DecoupledAdamW/group0: 0.0000',
  '\t Train expert/layer: <wandb.sdk.data_types.image.Image object at 0x711e4ce7f800>',
  '[epoch=2][batch=5/5]:',
  '\t Train loss/train/total: nan',
  '\t Train lr-DecoupledAdamW/group0: 0.0006',
  '[Eval batch=1/3] Eval on eval data',
  '[Eval batch=3/3] Eval on eval data:',
  '\t Eval metrics/eval/LanguageCrossEntropy: 3.4',
  '\t Eval metrics/c4/LanguageCrossEntropy: 3.5',
];

test('epochs and batches make steps; evaluations are apart; a rate of 0.0000 is none', () => {
  const log = readText(composer, EPOCHS);
  assert.deepEqual(
    pointsOf(log, 'train_loss').map(([step]) => step),
    [1, 10],
  );
  assert.ok(Number.isNaN(log.find('train_loss')!.last()!.value));
  assert.deepEqual(pointsOf(log, 'learning_rate'), [[10, 0.0006]]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [[10, 3.4]]);
  assert.deepEqual(pointsOf(log, 'val_loss/c4'), [[10, 3.5]]);
  assert.deepEqual(pointsOf(log, 'tokens'), [[1, 29254495]]);
  assert.deepEqual(planOf(log), {
    totalSteps: 10,
    peakLr: 6e-4,
    finalLr: 6e-4 * 0.1,
    family: 'cosine',
    warmupSteps: 100,
  });
});

test('tokens and samples are a unit of their own; the length of an epoch may be unknown', () => {
  const tokens = readText(composer, [
    '[token=4096/81920]:',
    ' Train loss/train/total: 3',
    '[token=8192/81920]:',
    ' Train loss/train/total: 2',
  ]);
  assert.equal(tokens.unit, 'tokens');
  assert.deepEqual(planOf(tokens), { totalSteps: 81920 });
  const endless = readText(composer, [
    '[epoch=1][batch=7]:',
    ' Train loss/train: 3',
    '[epoch=2][batch=1]:',
    ' Train loss/train: 2',
  ]);
  assert.deepEqual(pointsOf(endless, 'train_loss'), [
    [7, 3],
    [8, 2],
  ]);
});

test('the bar of releases with one is read, the bar of evaluations is not', () => {
  const bar = (n: number, loss: number) =>
    `\rtrain          Epoch   1:    7%|█▊     | ${n}/64 [00:01<00:10, 1.2ba/s, loss/train/total=${loss}]`;
  const log = readText(
    composer,
    `${bar(1, 3)}${bar(2, 3)}${bar(2, 2.5)}\r\neval           Epoch   1:  100%|██| 9/9 [00:01<00:00, 2ba/s, metrics/eval/Accuracy=0.1]${bar(3, 2)}`,
  );
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [65, 3],
    [66, 2.5],
    [67, 2],
  ]);
});

test('prefixes of launchers do not matter; another node repeats a record', () => {
  const log = readText(composer, [
    '0: [batch=1/9]:',
    '0: \t Train loss/train/total: 3',
    '1: [batch=1/9]:',
    '1: \t Train loss/train/total: 3',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [[1, 3]]);
  const long = readText(
    composer,
    dressed((step) => `[batch=${step}/9]:\n Train loss/train/total: ${step}`),
  );
  assert.equal(long.find('train_loss')!.length, 6);
});

test('code that prints such lines is no log', () => {
  assert.equal(
    probeText(composer, ["log_str = f'[batch={batch}]:'", 'Train loss: 3.0', '[batch=x]:', 'Train loss/train: 3']),
    'no',
  );
});
