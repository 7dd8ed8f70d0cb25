import assert from 'node:assert/strict';
import { test } from 'node:test';
import { llmcMainLog } from '../../../src/core/formats/llmcMainLog';
import { expectSeries } from './check';
import { dressed, pointsOf, probeText, readFixture, readText, testFixtures } from './console';

testFixtures(llmcMainLog);

test('the log of llm.c', () => {
  const log = readFixture(llmcMainLog, 'main.log');
  expectSeries(log, 'val_loss', { points: 80, first: [0, 11.0092], last: [19560, 3.2722] });
  for (const [name, first, last] of [
    ['train_loss', 11.0091, 3.2217],
    ['learning_rate', 1e-6, 0],
    ['grad_norm', 15.37, 0.22],
  ] as const) {
    assert.deepEqual(pointsOf(log, name)[0], [0, first]);
    assert.deepEqual(pointsOf(log, name).at(-1), [19559, last]);
  }
  assert.deepEqual(log.issues, []);
});

test('the shorter lines of the first runs', () => {
  const log = readFixture(llmcMainLog, 'buildNanogpt.log');
  expectSeries(log, 'val_loss', { points: 76, first: [0, 10.968871], last: [9536, 3.275959] });
  assert.deepEqual(pointsOf(log, 'train_loss').at(-1), [9535, 3.34018]);
});

test('every kind of line, of llm.c and of build-nanogpt', () => {
  const log = readText(llmcMainLog, [
    's:250 eval:0.2463',
    's:250 hel:0.2542',
    's:250 trl:-nan lr:0.000214 norm:inf',
    '500 hella 0.2700',
    '500 val 5.2967',
    '500 train 5.312345',
    '750 train nan',
  ]);
  assert.deepEqual(pointsOf(log, 'val_accuracy/hellaswag'), [[250, 0.2463]]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [[250, Number.NaN]]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [[500, 5.2967]]);
  assert.equal(log.points, 9);
});

test('build-nanogpt alone', () => {
  const log = readText(llmcMainLog, ['0 val 10.9511', '0 hella 0.2463', '0 train 10.955029', '1 train 10.6']);
  expectSeries(log, 'train_loss', { points: 2, first: [0, 10.955029], last: [1, 10.6] });
  expectSeries(log, 'val_loss', { points: 1, first: [0, 10.9511], last: [0, 10.9511] });
  expectSeries(log, 'val_accuracy/hellaswag', { points: 1, first: [0, 0.2463], last: [0, 0.2463] });
});

test('a resumed run starts a segment', () => {
  const log = readText(llmcMainLog, ['s:1 trl:3.0', 's:2 trl:2.9', 's:3 trl:2.8', 's:2 trl:2.85', 's:3 trl:2.7']);
  assert.deepEqual(log.find('train_loss')!.segmentStarts, [0, 3]);
});

test('colours, ranks, times and carriage returns do not matter', () => {
  const log = readText(
    llmcMainLog,
    dressed((step) => `s:${step} trl:${step}.5 lr:0.1 norm:1.0`),
  );
  expectSeries(log, 'train_loss', { points: 6, first: [1, 1.5], last: [6, 6.5] });
});

test('prose with numbers is none', () => {
  const others = ['12 train stations', '3 val 5 of 7', 's: 3', 's:3', 's:{step} trl:{loss}', '5 trains 3'];
  assert.equal(probeText(llmcMainLog, others), 'no');
});
