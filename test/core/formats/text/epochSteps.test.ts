import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csv } from '../../../../src/core/formats/csv';
import { jsonl } from '../../../../src/core/formats/jsonl';
import { NO_EPOCHS, nextPlace, stepOverEpochs } from '../../../../src/core/formats/text/epochSteps';
import { bytesOf, readLog } from '../check';

/** Epoch, step and stated steps of an epoch, and the step over all epochs. */
const COURSES: Readonly<Record<string, readonly (readonly [number, number, number, number])[]>> = {
  'steps that go on': [
    [0, 10, 0, 10],
    [0, 20, 0, 20],
    [1, 30, 0, 30],
  ],
  'counted from 0: the epoch ends one interval later': [
    [0, 0, 0, 0],
    [0, 10, 0, 10],
    [1, 0, 0, 20],
    [1, 10, 0, 30],
    [2, 0, 0, 40],
  ],
  'counted from 1: the epoch ends with its last step': [
    [1, 1, 0, 1],
    [1, 2, 0, 2],
    [2, 1, 0, 3],
    [2, 2, 0, 4],
  ],
  'a stated length': [
    [0, 0, 50, 0],
    [0, 40, 50, 40],
    [1, 0, 50, 50],
    [3, 10, 50, 160],
  ],
  'a restart from the beginning': [
    [0, 0, 0, 0],
    [0, 10, 0, 10],
    [0, 0, 0, 0],
  ],
  'epochs with parts': [
    [0.5, 10, 0, 10],
    [0.9, 20, 0, 20],
    [1.1, 15, 0, 15],
  ],
};

for (const [what, records] of Object.entries(COURSES)) {
  test(what, () => {
    let state = NO_EPOCHS;
    for (const [epoch, step, total, over] of records) {
      state = nextPlace(state, { epoch, step, total, epochs: 0, isWithin: true });
      assert.equal(stepOverEpochs(state), over, `epoch ${epoch}, step ${step}`);
    }
  });
}

/** Steps 0, 5, … 995 of three epochs, as tables and as objects. */
const ROWS = Array.from({ length: 600 }, (_, i) => ({
  epoch: Math.floor(i / 200),
  step: (i % 200) * 5,
  loss: 9 - i / 100,
}));
const TEXTS = [
  [csv, `epoch,step,loss\n${ROWS.map(({ epoch, step, loss }) => `${epoch},${step},${loss}`).join('\n')}\n`],
  [jsonl, `${ROWS.map((row) => JSON.stringify(row)).join('\n')}\n`],
] as const;

for (const [format, text] of TEXTS) {
  test(`${format.id}: many rows at a time and one by one stand alike`, () => {
    const bytes = bytesOf(text);
    for (const cuts of [[], Array.from({ length: bytes.length >> 6 }, (_, i) => (i + 1) * 64)]) {
      const loss = readLog(format, 'a', bytes, cuts).find('train_loss')!;
      assert.deepEqual(
        Array.from({ length: loss.length }, (_, i) => loss.steps.at(i)),
        ROWS.map((_, i) => i * 5),
      );
      assert.equal(loss.segmentStarts.length, 1);
    }
  });
}
