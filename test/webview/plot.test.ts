import * as assert from 'node:assert/strict';
import { test } from 'node:test';
import { fullRange, lossScene, rolesOf } from '../../webview/run/plotModel';
import { interpolate, nearest, quantile } from '../../webview/run/points';
import { readout, walk } from '../../webview/run/readoutModel';
import { RunData } from '../../webview/run/runData';
import { lrScene } from '../../webview/run/strips';
import { yRange } from '../../webview/run/yRange';
import { brushed, panBy, zoomAround } from '../../webview/run/zoom';
import { contrast, parseColour, readable, withAlpha } from '../../webview/shared/colour';
import { DEFAULT_UI_STATE, readUiState } from '../../webview/shared/state';
import { linearTicks, logTicks, tickDecimals } from '../../webview/shared/ticks';
import { forecast, forecastView, run, snapshot, state, summary } from './fixtures';

const UI = DEFAULT_UI_STATE;

function data(change: Parameters<typeof state>[0] = {}): RunData {
  const held = new RunData();
  held.open(state(change), { maxPoints: 512, window: null, smoothing: 0.9 });
  return held;
}

test('the range reaches from 0 to the planned end, or from a late start', () => {
  assert.deepEqual(fullRange(data(), false), [0, 1000]);
  assert.deepEqual(fullRange(data(), true), [1, 1000]);
  const late = data({ series: [snapshot('train_loss', [800, 900], [3, 2])] });
  assert.deepEqual(fullRange(late, false), [800, 1000]);
  assert.deepEqual(fullRange(new RunData(), false), [0, 1]);
});

test('a run with validation only has no training curve', () => {
  const only = data({ series: [snapshot('train_loss', [], []), snapshot('val_loss', [0, 10], [3, 2])] });
  const { main, validation } = rolesOf(only);
  assert.equal(main, null);
  assert.equal(validation?.name, 'val_loss');
  assert.deepEqual(
    lossScene(only, UI, [0, 1000]).lines.map(({ key }) => key),
    ['validation', 'fit', 'forecast'],
  );
});

test('the forecast begins where the fit ends, and hidden series are left out', () => {
  const scene = lossScene(data(), UI, [0, 1000]);
  assert.deepEqual(
    scene.lines.map(({ key }) => key),
    ['raw', 'smooth', 'validation', 'fit', 'forecast'],
  );
  assert.deepEqual(
    scene.lines.find(({ key }) => key === 'fit')?.points.map(({ x }) => x),
    [100, 400],
  );
  assert.deepEqual(
    scene.lines.find(({ key }) => key === 'forecast')?.points.map(({ x }) => x),
    [400, 700, 1000],
  );
  assert.deepEqual(
    scene.bands.map(({ key, steps }) => [key, steps[0]]),
    [
      ['band95', 400],
      ['band80', 400],
    ],
  );
  assert.equal(scene.end?.label, '3.000');
  assert.deepEqual(
    scene.rules.map(({ kind, x }) => [kind, x]),
    [['present', 400]],
  );
  const less = lossScene(data(), { ...UI, hidden: ['raw', 'forecast'] }, [0, 1000]);
  assert.deepEqual(
    less.lines.map(({ key }) => key),
    ['smooth', 'validation', 'fit'],
  );
  assert.deepEqual([less.bands.length, less.end], [0, null]);
});

test('a forecast that cannot be trusted is drawn faintly and without its number', () => {
  const refused = { code: 'badFit', reason: '' } as const;
  const scene = lossScene(data({ forecast: forecastView({ forecast: forecast({ refused }) }) }), UI, [0, 1000]);
  assert.equal(scene.end, null);
  assert.ok((scene.lines.find(({ key }) => key === 'forecast')?.alpha ?? 1) < 1);
});

test('restarts, superseded points and values that are not finite are marked', () => {
  const loss = snapshot('train_loss', [0, 10], [3, 2], {
    ghosts: [{ steps: [5], values: [3] }],
    nonFinite: [{ step: 12, kind: 'nan' }],
  });
  const scene = lossScene(data({ run: run({ restarts: [8] }), series: [loss] }), UI, [0, 1000]);
  assert.equal(scene.lines[0]?.key, 'ghost0');
  assert.deepEqual(scene.marks, [{ x: 12, kind: 'nonFinite' }]);
  assert.deepEqual(
    scene.rules.map(({ kind }) => kind),
    ['restart', 'present'],
  );
});

test('an average ends where the values end', () => {
  const smooth = { steps: [0, 10, 20, 30], values: [3, 2, 2, 2] };
  const held = data({
    series: [snapshot('train_loss', [0, 10], [3, 2], { smooth, nonFinite: [{ step: 20, kind: 'nan' }] })],
  });
  const line = lossScene(held, UI, [0, 1000]).lines.find(({ key }) => key === 'smooth');
  assert.deepEqual(
    line?.points.map(({ x }) => x),
    [0, 10],
  );
});

test('the planned rate goes on where the logged one ends', () => {
  const scene = lrScene(data(), UI, [0, 1000]);
  const planned = scene?.lines.find(({ key }) => key === 'planned')?.points;
  assert.deepEqual(
    planned?.map(({ x }) => x),
    [400, 1000],
  );
  assert.equal(lrScene(data({ run: run({ plannedLr: { steps: [], lrs: [] } }), series: [] }), UI, [0, 1000]), null);
});

test('the y-axis leaves the steep start out unless all values are asked for', () => {
  const curve = Array.from({ length: 1001 }, (_, x) => ({ x, y: 3 + 8 * Math.exp(-x / 20) + (x === 600 ? 5 : 0) }));
  const content = { raw: curve, curves: [curve.filter(({ x }) => x !== 600)], band: null };
  const focused = yRange(content, [0, 1000], { log: false, whole: false });
  assert.ok(focused && focused.max < 4.5 && focused.min < 3 && focused.min > 2);
  const whole = yRange(content, [0, 1000], { log: false, whole: true });
  assert.ok(whole && whole.max > 11);
  assert.equal(yRange({ raw: [], curves: [], band: null }, [0, 1], { log: false, whole: false }), null);
});

test('the y-axis of an early run keeps its newest half, of a diverged run its end', () => {
  const early = Array.from({ length: 51 }, (_, x) => ({ x, y: 10 - x / 10 }));
  const shown = yRange({ raw: early, curves: [early], band: null }, [0, 1000], { log: false, whole: false });
  assert.ok(shown && shown.max >= 8 && shown.min <= 5);
  const blown = Array.from({ length: 1001 }, (_, x) => ({ x, y: x < 990 ? 3 : 3 + (x - 990) }));
  assert.ok(
    (yRange({ raw: blown, curves: [blown], band: null }, [0, 1000], { log: false, whole: false })?.max ?? 0) >= 13,
  );
});

test('a flat curve still has a range, a logarithmic one stays positive', () => {
  const flat = [
    { x: 0, y: 2 },
    { x: 10, y: 2 },
  ];
  const range = yRange({ raw: flat, curves: [flat], band: null }, [0, 10], { log: false, whole: false });
  assert.ok(range && range.min < 2 && range.max > 2);
  const signed = [
    { x: 0, y: -1 },
    { x: 5, y: 1 },
    { x: 10, y: 10 },
  ];
  const log = yRange({ raw: signed, curves: [], band: null }, [0, 10], { log: true, whole: false });
  assert.ok(log && log.min > 0.5 && log.min < 1);
});

test('zooming keeps the anchor, stops at the ends and becomes the whole again', () => {
  assert.deepEqual(zoomAround([0, 100], [0, 100], { anchor: 50, factor: 0.5, log: false }), [25, 75]);
  assert.deepEqual(zoomAround([0, 50], [0, 100], { anchor: 0, factor: 0.5, log: false }), [0, 25]);
  assert.equal(zoomAround([25, 75], [0, 100], { anchor: 50, factor: 4, log: false }), null);
  const [from, to] = zoomAround([1, 10000], [1, 10000], { anchor: 100, factor: 0.5, log: true })!;
  assert.ok(Math.abs(from - 10) < 1e-9 && Math.abs(to - 1000) < 1e-6);
  assert.deepEqual(panBy([25, 75], [0, 100], { share: 0.25, log: false }), [37.5, 87.5]);
  assert.deepEqual(panBy([25, 75], [0, 100], { share: 5, log: false }), [50, 100]);
  assert.deepEqual(brushed(80, 20, [0, 100]), [20, 80]);
  assert.equal(brushed(20, 20, [0, 100]), null);
});

test('points are found as a reader expects', () => {
  const points = [0, 10, 30].map((x) => ({ x, y: x }));
  assert.deepEqual(
    [-1, 4, 6, 21, 39, 41].map((x) => nearest(points, x)?.x ?? null),
    [0, 0, 10, 30, 30, null],
  );
  assert.equal(interpolate([0, 10], [0, 1], 5), 0.5);
  assert.equal(interpolate([0, 10], [0, 1], 11), null);
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.ok(Number.isNaN(quantile([Number.NaN], 0.5)));
});

test('the readout gives every value at the crosshair, and the newest without one', () => {
  const at = (cursor: number | null) =>
    Object.fromEntries(readout(data(), cursor).items.map(({ key, value }) => [key, value.replace(/\u202f/g, ' ')]));
  assert.deepEqual(at(null), {
    raw: '3.190',
    smooth: '3.190',
    validation: '3.290',
    fit: '3.200',
    forecast: '3.000 ± 0.012',
    lr: '6e-4',
  });
  assert.deepEqual([at(700).raw, at(700).fit, at(700).forecast, at(700).lr], ['–', '–', '3.100 ± 0.010', '2e-4']);
  assert.deepEqual([at(100).fit, at(100).forecast, at(102).validation], ['4.000', '–', '3.767']);
});

test('arrow keys walk the points and go on along the forecast', () => {
  const held = data();
  const full = [0, 1000] as const;
  assert.equal(walk(held, null, 1, full), 400);
  assert.equal(walk(held, 400, -1, full), 390);
  assert.equal(walk(held, 400, 1, full), 700);
  assert.equal(walk(held, 395, 1, full), 400);
  assert.equal(walk(held, 395, -1, full), 390);
  assert.equal(walk(held, 50, Number.NEGATIVE_INFINITY, full), 0);
  assert.equal(walk(held, 50, Number.POSITIVE_INFINITY, full), 1000);
  assert.equal(walk(held, 200, Number.POSITIVE_INFINITY, [100, 300]), 300);
  assert.equal(walk(new RunData(), null, 1, full), null);
});

test('ticks are round and can be told apart', () => {
  assert.deepEqual(linearTicks(0, 10, 5).values, [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(linearTicks(3.01, 3.29, 4).values, [3.1, 3.2]);
  assert.equal(tickDecimals(0.05), 2);
  assert.equal(tickDecimals(50), 0);
  assert.deepEqual(logTicks(1, 1000, 4).values, [1, 10, 100, 1000]);
  assert.deepEqual(logTicks(1, 100, 8).values, [1, 2, 5, 10, 20, 50, 100]);
  assert.deepEqual(logTicks(2, 4, 4).values, linearTicks(2, 4, 4).values);
  assert.deepEqual(linearTicks(1, 1, 4).values, [1]);
});

test('colours are made opaque and readable', () => {
  assert.deepEqual(parseColour('rgba(234, 92, 0, 0.33)'), { r: 234, g: 92, b: 0, a: 0.33 });
  assert.equal(withAlpha('#ff0000', 0.5), 'rgba(255, 0, 0, 0.5)');
  assert.equal(Math.round(contrast('#000000', '#ffffff')), 21);
  const moved = readable('#ffff00', '#ffffff', '#000000', 3);
  assert.ok(contrast(moved, '#ffffff') >= 3);
  assert.equal(readable('#000000', '#ffffff', '#000000', 3), 'rgb(0, 0, 0)');
});

test('a stored state is taken part by part', () => {
  assert.deepEqual(readUiState(null), DEFAULT_UI_STATE);
  assert.deepEqual(readUiState({ run: '', window: [5, 1], smoothing: 3, logX: 'yes', hidden: [1, 'raw'] }), {
    ...DEFAULT_UI_STATE,
    hidden: ['raw'],
  });
  const good = { ...DEFAULT_UI_STATE, run: '/a', window: [1, 5] as const, smoothing: 0, logY: true, open: [] };
  assert.deepEqual(readUiState(JSON.parse(JSON.stringify(good))), good);
});

test('a finished run has no present line', () => {
  const done = data({ run: run({ summary: summary({ state: 'finished', step: 990 }) }) });
  assert.deepEqual(lossScene(done, UI, [0, 1000]).rules, []);
});

test('warnings that are not muted are marked at their steps', () => {
  const warning = { step: 250, severity: 'error', muted: false } as NonNullable<RunData['run']>['warnings'][number];
  const held = data({ run: run({ warnings: [warning, { ...warning, step: 300, muted: true }] }) });
  assert.deepEqual(lossScene(held, UI, [0, 1000]).marks, [{ x: 250, kind: 'error' }]);
});
