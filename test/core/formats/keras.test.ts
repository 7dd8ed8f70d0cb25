import assert from 'node:assert/strict';
import { test } from 'node:test';

import { keras } from '../../../src/core/formats/keras';
import { expectSeries } from './check';
import { planOf, pointsOf, probeText, readFixture, readText } from './console';
import { testEachFixture } from './fixtures';

testEachFixture(keras, 'keras2.log');

test('bars with backspaces: steps over all epochs, the last record with its validation, evaluations apart', () => {
  const log = readFixture(keras, 'keras2.log');
  expectSeries(log, 'train_loss', { points: 65, first: [1, 8.5013], last: [2345, 3.411] });
  expectSeries(log, 'val_loss', { points: 5, first: [469, 6.814], last: [2345, 3.431] });
  assert.deepEqual(planOf(log), { totalSteps: 2345 });
});

test('bars of Keras 3', () => {
  const log = readFixture(keras, 'keras3.log');
  expectSeries(log, 'train_loss', { points: 72, first: [1, 8.5042], last: [6252, 3.8732] });
  assert.deepEqual(
    pointsOf(log, 'val_loss').map(([step]) => step),
    [1563, 3126, 4689, 6252],
  );
  expectSeries(log, 'learning_rate', { points: 4, first: [1563, 0.001], last: [6252, 0.001] });
  assert.deepEqual(planOf(log), { totalSteps: 20 * 1563 });
});

test('one line per epoch, with and without a counter', () => {
  const log = readFixture(keras, 'perEpoch.log');
  assert.deepEqual(
    pointsOf(log, 'train_loss').map(([step]) => step),
    Array.from({ length: 8 }, (_, i) => 469 * (i + 1)),
  );
  const old = readText(keras, [
    'Epoch 1/2',
    ' - 4s - loss: 0.25 - acc: 0.92 - val_loss: 0.12',
    'Epoch 2/2',
    ' - 4s - loss: nan - acc: 0.9',
  ]);
  assert.equal(old.unit, 'epoch');
  assert.deepEqual(pointsOf(old, 'val_loss'), [[1, 0.12]]);
  assert.equal(old.find('train_loss')!.nonFinite, 1);
  assert.deepEqual(planOf(old), { totalSteps: 2 });
});

test('samples as counter, an unknown length, backspaces without carriage returns', () => {
  const samples = readText(keras, [
    'Train on 25000 samples, validate on 25000 samples',
    'Epoch 1/1',
    '',
    ' 1000/25000 [>.............................] - ETA: 12s - loss: 7.5593',
    ' 2000/25000 [=>............................] - ETA: 9s - loss: 7.5516 ',
  ]);
  assert.equal(samples.unit, 'samples');
  assert.deepEqual(planOf(samples), { totalSteps: 25000 });
  const endless = readText(
    keras,
    `Epoch 1/2\n      1/Unknown - 3s 9ms/step - loss: 3.0\b\b\b\b\b\b\b\b      2/Unknown - 3s 9ms/step - loss: 2.5\nEpoch 2/2\n1/2 [=====>......] - ETA: 0s - loss: 2.0\n`,
  );
  assert.deepEqual(pointsOf(endless, 'train_loss'), [
    [1, 3],
    [2, 2.5],
    [3, 2],
  ]);
});

test('a second call of fit starts anew; callbacks and evaluations do not disturb', () => {
  const log = readText(keras, [
    'Epoch 1/2',
    '10/10 [==============================] - 4s 9ms/step - loss: 3.0 - val_loss: 3.1',
    'Epoch 00001: val_loss improved from inf to 3.1, saving model to a.h5',
    '4/4 [==============================] - 0s 9ms/step - loss: 9.0',
    'Epoch 1/2',
    ' 5/10 [==============>...............] - ETA: 1s - loss: -2.5e-01 - out_a_loss: 1.5',
    '4/4 [==============================] - 0s 9ms/step - loss: 9.0',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [10, 3],
    [5, -0.25],
  ]);
  assert.equal(log.find('out_a_loss')!.length, 1);
});

test('other scripts print epochs and downloads too', () => {
  assert.equal(
    probeText(keras, [
      'Epoch 1/3',
      'Epoch 2/3',
      'Epoch 3/3',
      'loss: 3.0',
      '   8192/17464789 [..............................] - ETA: 2:11',
      '3/10 loss: 2',
    ]),
    'no',
  );
});
