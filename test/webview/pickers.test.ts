import * as assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunListing, SeriesListing } from '../../src/protocol/series';
import { groupLabel, groupMarkers, markersOf } from '../../webview/run/markersModel';
import { matching, runRows, seriesRows } from '../../webview/run/pickerModel';
import { lossScene } from '../../webview/run/plotModel';
import { readout } from '../../webview/run/readoutModel';
import { RunData } from '../../webview/run/runData';
import { stripsOf } from '../../webview/run/strips';
import { DEFAULT_UI_STATE } from '../../webview/shared/state';
import { run, snapshot, state } from './fixtures';

const UI = DEFAULT_UI_STATE;

function listing(name: string, unit = ''): SeriesListing {
  return { name, label: name, unit, points: 10, last: 1.5, spark: [3, 2, 1] };
}

test('series that are always drawn are not offered; the others come by kind', () => {
  const listed = ['train_loss', 'throughput', 'grad_norm', 'val_loss/b', 'tokens', 'learning_rate'].map((name) =>
    listing(name),
  );
  assert.deepEqual(
    seriesRows(listed).map(({ key, group }) => [key, group]),
    [
      ['val_loss/b', 'Losses'],
      ['grad_norm', 'Gradients'],
      ['throughput', 'Others'],
      ['tokens', 'Counters'],
    ],
  );
  assert.equal(seriesRows([listing('throughput', 'tokens/s')])[0]!.value, '1.5 tokens/s');
});

test('every word of a search must occur, in any order and case', () => {
  const rows = seriesRows([listing('grad_norm/decoder'), listing('grad_norm/encoder'), listing('throughput')]);
  const found = (search: string): string[] => matching(rows, search).map(({ key }) => key);
  assert.deepEqual(found('ENC norm'), ['grad_norm/encoder']);
  assert.equal(found('  ').length, 3);
  assert.deepEqual(found('grad x'), []);
});

test('the best earlier run stands first', () => {
  const other = (name: string, beside: boolean): RunListing => {
    return { run: name, name, source: 'ws', state: 'finished', beside, step: 10, loss: 3, spark: [] };
  };
  const rows = runRows([other('a', true), other('b', true), other('c', false)], 'b');
  assert.deepEqual(
    rows.map(({ key, badge }) => [key, badge !== '']),
    [
      ['b', true],
      ['a', false],
      ['c', false],
    ],
  );
});

function drawn(): RunData {
  const data = new RunData();
  const first = state();
  const series = [
    ...first.series,
    snapshot('grad_norm', [0, 100, 200], [3, 2, 1]),
    snapshot('val_loss/b', [0, 200], [4, 3]),
  ];
  const points = { steps: [0, 400, 800], values: [6, 4, 3.5] };
  const overlays = [
    { run: 'o', name: 'other', series: 'train_loss', total: 3, points, axes: { tokens: null, time: null } },
  ];
  data.open({ ...first, series, overlays }, { maxPoints: 512, window: null, smoothing: 0.9 });
  return data;
}

test('a picked loss is a line of the plot, any other series a strip with a readout of its own', () => {
  const data = drawn();
  assert.deepEqual(
    stripsOf(data, UI, [0, 1000]).map(({ key }) => key),
    ['lr', 'grad_norm'],
  );
  const keys = lossScene(data, UI, [0, 1000]).lines.map(({ key }) => key);
  assert.ok(keys.includes('val_loss/b') && !keys.includes('grad_norm'));
  const item = readout(data, 100).items.find(({ key }) => key === 'grad_norm');
  assert.deepEqual([item?.plot, item?.value], ['grad_norm', '2']);
});

test('another run is drawn, read out at the crosshair, hidden, and replaced when it grows', () => {
  const data = drawn();
  const line = () => lossScene(data, UI, [0, 1000]).lines.find(({ key }) => key === 'run:o');
  assert.equal(line()?.role, 'run0');
  assert.equal(
    lossScene(data, { ...UI, hidden: ['run:o'] }, [0, 1000]).lines.some(({ key }) => key === 'run:o'),
    false,
  );
  assert.equal(readout(data, 400).items.find(({ key }) => key === 'run:o')?.value, '4.000');
  const points = { steps: [0, 900], values: [6, 3] };
  data.overlay([
    { run: 'o', name: 'other', series: 'train_loss', total: 2, points, axes: { tokens: null, time: null } },
  ]);
  assert.equal(line()?.points.at(-1)?.x, 900);
});

test('events near each other are one sign, the worst first; checkpoints stand apart', () => {
  const data = new RunData();
  const view = run({ restarts: [100, 104, 900], checkpoints: [{ step: 102, path: 'a.pt' }] });
  data.open(state({ run: view }), { maxPoints: 512, window: null, smoothing: 0.9 });
  const groups = groupMarkers(markersOf(data), (step) => step, { left: 0, right: 500, gap: 16 });
  assert.deepEqual(
    groups.map(({ edge, markers }) => [edge, markers.map(({ step }) => step)]),
    [
      ['upper', [100, 104]],
      ['lower', [102]],
    ],
  );
  assert.equal(groupLabel(groups[0]!), 'Restart, step 100, 1 more');
});
