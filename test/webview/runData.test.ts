import * as assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SeriesAppend } from '../../src/protocol/series';
import { RunData } from '../../webview/run/runData';
import { snapshot, state } from './fixtures';

const VIEW = { maxPoints: 512, window: null, smoothing: 0.9 };

function append(name: string, from: number, steps: number[], values = steps): SeriesAppend {
  return {
    name,
    from,
    to: from + 1,
    total: 41 + steps.length,
    raw: { steps, values },
    smooth: { steps, values },
    nonFinite: [],
  };
}

function opened(): RunData {
  const data = new RunData();
  data.open(state(), VIEW);
  return data;
}

test('an append that extends the held revision grows the series in place', () => {
  const data = opened();
  const held = data.series.get('train_loss')!;
  assert.equal(data.append([append('train_loss', 1, [410, 420])]), 'applied');
  assert.equal(held.raw.length, 43);
  assert.equal(held.smooth?.length, 43);
  assert.deepEqual(held.raw.at(-1), { x: 420, y: 420 });
  assert.equal(data.points, 43 + 5 + 41);
});

test('an append to another revision, an unknown series or an older step asks for a snapshot', () => {
  assert.equal(opened().append([append('train_loss', 7, [410])]), 'reopen');
  assert.equal(opened().append([append('grad_norm', 1, [410])]), 'reopen');
  const data = opened();
  assert.equal(data.append([append('train_loss', 1, [300])]), 'reopen');
  assert.equal(data.series.get('train_loss')!.raw.length, 41);
});

test('twice the points that were asked for are too many', () => {
  const data = opened();
  const steps = Array.from({ length: 1000 }, (_, index) => 1000 + index);
  assert.equal(data.append([append('train_loss', 1, steps)]), 'reopen');
});

test('a reset replaces the named series and leaves the others', () => {
  const data = opened();
  data.reset([snapshot('train_loss', [0, 10], [7, 6], { revision: 5 })]);
  assert.equal(data.series.get('train_loss')!.raw.length, 2);
  assert.equal(data.series.get('learning_rate')!.raw.length, 41);
  assert.equal(data.append([{ ...append('train_loss', 5, [20]), total: 3, smooth: null }]), 'applied');
});

test('a loss that was too short to be smoothed is asked for again when it has grown', () => {
  const data = new RunData();
  data.open(state({ series: [snapshot('train_loss', [0, 10], [7, 6])] }), VIEW);
  const more = { ...append('train_loss', 1, [20]), smooth: null };
  assert.equal(data.append([{ ...more, total: 20 }]), 'applied');
  assert.equal(data.append([{ ...more, from: 2, to: 3, total: 40, raw: { steps: [30], values: [1] } }]), 'reopen');
});

test('the first step is that of the whole run, not of a zoomed view', () => {
  const data = new RunData();
  data.open(state(), { ...VIEW, window: [100, 200] });
  assert.equal(data.firstStep, null);
  data.open(state(), VIEW);
  assert.equal(data.firstStep, 0);
});
