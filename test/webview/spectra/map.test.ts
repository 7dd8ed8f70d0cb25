import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contrast } from '../../../webview/shared/colour';
import { diverging, inkOn, sequential } from '../../../webview/spectra/colourScale';
import { ratioDrawing, shortNumber, valueDrawing } from '../../../webview/spectra/mapDrawing';
import { differenceMap, kindsMap, shareOf, stepsMap } from '../../../webview/spectra/mapModel';
import { measureOf } from '../../../webview/spectra/measures';
import { dataOf, finding, OTHER, PATH, tensor, used } from './fixtures';

const MEASURE = measureOf('utilization');

describe('layer × kind', () => {
  const data = dataOf({
    [PATH]: [
      used('h.1.up', 0.2, { layer: 1 }),
      used('h.0.up', 0.6),
      used('h.0.q', 0.9, { kind: 'q' }),
      used('embed', 0.1, { kind: 'embedding', layer: null }),
      tensor('h.1.q', { kind: 'q', layer: 1, measures: null, refused: '3 entries are not finite', nonFinite: 3 }),
    ],
  });
  const map = kindsMap(data, PATH, MEASURE);
  test('kinds in the order of a layer, layers down, what is outside last', () => {
    assert.deepEqual(
      map.columns.map(({ label }) => label),
      ['q', 'up', 'embed'],
    );
    assert.deepEqual(
      map.rows.map(({ label }) => label),
      ['0', '1', 'outside'],
    );
  });
  test('each cell has its value, or says why it has none', () => {
    const cells = map.rows.map(({ cells: row }) => row.map(({ state, value }) => value?.value ?? state));
    assert.deepEqual(cells, [
      [0.9, 0.6, 'none'],
      ['refused', 0.2, 'none'],
      ['none', 'none', 0.1],
    ]);
    assert.deepEqual(map.range, [0.1, 0.9]);
  });
  test('a cell that has no measures names the reason, and has no colour', () => {
    const cell = valueDrawing(map, '').rows[1]!.cells[0]!;
    assert.deepEqual([cell.colour, cell.text], [null, '']);
    assert.match(cell.lines.join(), /layer 1, attention queries,3 entries are not finite/);
  });
});

test('of several experts a cell shows the one that deserves a look, and says of how many', () => {
  const experts = [0.5, 0.2, 0.9].map((value, expert) => used(`h.0.experts.${expert}.up`, value, { expert }));
  const cell = kindsMap(dataOf({ [PATH]: experts }), PATH, MEASURE).rows[0]!.cells[0]!;
  assert.deepEqual([cell.value?.value, cell.count, cell.key?.name], [0.2, 3, 'h.0.experts.1.up']);
  const worst = kindsMap(dataOf({ [PATH]: experts }), PATH, measureOf('concentration')).rows[0]!.cells[0]!;
  assert.equal(worst.count, 3);
});

describe('layer × step', () => {
  const data = dataOf({
    [OTHER]: [used('h.0.up', 0.8)],
    [PATH]: [used('h.0.up', 0.4), used('h.0.q', 0.1, { kind: 'q' })],
  });
  test('one column for each checkpoint, of one kind or of the worst', () => {
    const values = (kind: 'all' | 'up' | 'q'): unknown[] =>
      stepsMap(data, kind, MEASURE).rows[0]!.cells.map(({ value, state }) => value?.value ?? state);
    assert.deepEqual(values('all'), [0.8, 0.1]);
    assert.deepEqual(values('up'), [0.8, 0.4]);
    assert.deepEqual(values('q'), ['none', 0.1]);
  });
  test('a checkpoint that was not measured is an empty column, not a missing one', () => {
    data.takeCheckpoints([
      { ...data.checkpoints[0]!, path: '/runs/a/step_300.pt', label: 'step_300.pt', step: 300, state: 'idle' },
    ]);
    const { columns, rows } = stepsMap(data, 'up', MEASURE);
    assert.deepEqual(
      columns.map(({ label }) => label),
      ['100', '200', '300'],
    );
    assert.equal(rows[0]!.cells[2]!.state, 'waiting');
  });
});

describe('colours', () => {
  test('the scale runs over the range, by its logarithm where the measure has one', () => {
    const data = dataOf({ [PATH]: [0.1, 0.3, 0.5].map((value, layer) => used(`h.${layer}.up`, value, { layer })) });
    const map = kindsMap(data, PATH, MEASURE);
    assert.deepEqual(
      [0.1, 0.3, 0.5].map((value) => Number(shareOf(map, value).toFixed(6))),
      [0, 0.5, 1],
    );
    const log = { ...map, measure: measureOf('sigma1'), range: [1, 100] as const };
    assert.equal(shareOf(log, 10), 0.5);
    assert.equal(shareOf({ ...map, range: [2, 2] }, 2), 0.5);
  });
  test('lightness rises evenly, so that the scale is read without seeing colour', () => {
    const light = Array.from({ length: 11 }, (_, i) => contrast(sequential(i / 10), '#000000'));
    assert.ok(
      light.every((value, i) => i === 0 || value > light[i - 1]!),
      light.join(' '),
    );
    assert.ok(light.at(-1)! / light[0]! > 10);
  });
  test('text is readable on every colour of both scales', () => {
    for (const scale of [sequential, diverging]) {
      for (let i = 0; i <= 20; i++) assert.ok(contrast(inkOn(scale(i / 20)), scale(i / 20)) >= 4.5, `${scale(i / 20)}`);
    }
  });
});

test('a difference map has the logarithm of the ratio where both have a value, by kind and layer', () => {
  const data = dataOf({
    [OTHER]: [used('h.0.up', 0.8), used('h.1.up', 0.8, { layer: 1 })],
    [PATH]: [used('h.0.up', 0.4), used('h.0.q', 0.1, { kind: 'q' })],
  });
  const [first, other] = [kindsMap(data, PATH, MEASURE), kindsMap(data, OTHER, MEASURE)];
  assert.deepEqual(differenceMap(first, other).logs, [[null, Math.log(2)]]);
  const { rows, legend } = ratioDrawing(first, other, '');
  assert.deepEqual(
    rows[0]!.cells.map(({ text, state }) => text || state),
    ['waiting', '2.00'],
  );
  assert.deepEqual([legend!.low, legend!.high], ['× 0.5', '× 2']);
});

test('findings mark their cell', () => {
  const data = dataOf({ [PATH]: [tensor('h.0.up', { findings: [finding('warning', 'the rank is low')] })] });
  const cell = valueDrawing(kindsMap(data, PATH, MEASURE), '').rows[0]!.cells[0]!;
  assert.equal(cell.mark, 'warning');
  assert.ok(cell.lines.includes('Warning: the rank is low'));
});

test('numbers in cells stay short', () => {
  const shown = [0.4312, 0.004, 0, 12.34, 99.97, 431.2, 1234, 5.6e7].map(shortNumber);
  assert.deepEqual(shown, ['0.43', '4e-3', '0.00', '12.3', '100', '431', '1.2k', '6e7']);
});
