import assert from 'node:assert/strict';
import { test } from 'node:test';

import { levanter } from '../../../src/core/formats/levanter';
import { expectSeries } from './check';
import { planOf, pointsOf, probeText, readFixture, readText } from './console';
import { testEachFixture } from './fixtures';

testEachFixture(levanter, 'nohup.out');

test('eight processes draw the bar of one run: one point per step, with the loss that was drawn last', () => {
  const log = readFixture(levanter, 'nohup.out');
  expectSeries(log, 'train_loss', { points: 106, first: [1, 12.6], last: [106, 12.7] });
  expectSeries(log, 'val_loss', { points: 3, first: [1, 3.728], last: [101, 3.73] });
  assert.deepEqual(planOf(log), { totalSteps: 2000000 });
  assert.deepEqual(log.issues, []);
});

const bar = (n: number, loss: number) => `\rtrain:   0%|          | ${n}/100 [00:12<69:14,  1.52s/it, loss=${loss}]`;

test('the loss of a counter is the one drawn last; bars of evaluations are no points', () => {
  const log = readText(
    levanter,
    `${bar(1, 5)}${bar(2, 5)}${bar(2, 4)}\n\reval :  10%|█ | 1/10 [00:03, 3.1s/it, loss=3.7]\x1b[A${bar(3, 4)}${bar(3, 'nan' as never)}`,
  );
  assert.deepEqual(pointsOf(log, 'train_loss').slice(0, 2), [
    [1, 5],
    [2, 4],
  ]);
  assert.equal(log.find('train_loss')!.nonFinite, 1);
  assert.equal(log.allSeries.length, 1);
});

test('evaluations that the log states, by tag and once for all processes', () => {
  const log = readText(levanter, [
    bar(10, 4),
    '2024-02-07T18:23:28 - 2 - levanter.callbacks - callbacks.py:69 - INFO :: validation loss: 3.728',
    '2024-02-07T18:23:28 - 7 - levanter.callbacks - callbacks.py:69 - INFO :: validation loss: 3.728',
    '2024-02-07T18:23:28 - 2 - levanter.eval - eval.py:120 - INFO :: paloma/c4_en loss: 3.210',
    'I20260323 07:08:51 123 levanter.eval paloma macro loss: 3.5',
  ]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [[10, 3.728]]);
  assert.deepEqual(pointsOf(log, 'val_loss/paloma/c4_en'), [[10, 3.21]]);
});

test('where there is no terminal, lines stand for the bar; scaled counters are rounded', () => {
  const log = readText(levanter, [
    'Progress on:train -/70',
    'Progress on:train 19.0it/70.0kit rate:76.8s/it remaining:1:05:15 elapsed:31:40 postfix:loss=1.5',
    'Progress on:eval 1.00it/8.00it rate:1s/it remaining:00:07 elapsed:00:01 postfix:loss=9',
    'Progress on:train 4.30kit/70.0kit rate:76.8s/it remaining:1:05:15 elapsed:31:40 postfix:loss=1.25',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [19, 1.5],
    [4300, 1.25],
  ]);
  assert.deepEqual(planOf(log), { totalSteps: 70000 });
  assert.deepEqual(
    log.issues.map(({ code }) => code),
    ['step.missing'],
  );
});

test('a resumed run goes back, a slow process does not', () => {
  const log = readText(
    levanter,
    `${bar(50, 3)}${bar(51, 3)}${bar(50, 3)}\nINFO:levanter.trainer:Resuming training from step 40\nINFO:levanter.trainer:Resuming training from step 40${bar(41, 3)}${bar(42, 3)}`,
  );
  assert.deepEqual(
    pointsOf(log, 'train_loss').map(([step]) => step),
    [50, 51, 41, 42],
  );
  assert.deepEqual(log.statuses, [{ kind: 'resumed', step: 40 }]);
});

test('bars of other programs are no log', () => {
  assert.equal(
    probeText(
      levanter,
      'Map: 100%|██| 10/10 [00:01<00:00, 9it/s]\rtrain:  10%|█ | 1/10 [00:01<00:09, 1it/s]\r 3%|▎ | 3/100 [00:01<00:10, 3it/s, loss=3]',
    ),
    'no',
  );
});
