import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colouringOf } from '../../../webview/compare/colouring';
import { Slots } from '../../../webview/compare/colours';
import type { Drawing } from '../../../webview/compare/drawing';
import type { Pen } from '../../../webview/compare/pen';
import { SlicedPainter } from '../../../webview/compare/slicedPainter';
import { DEFAULT_STATE } from '../../../webview/compare/state';
import { tableModel } from '../../../webview/compare/tableModel';
import type { Theme } from '../../../webview/shared/theme';
import { Sweep } from '../page/compare/sweep';

const THEME = { background: '#1e1e1e', foreground: '#cccccc', muted: '#999999', highContrast: false } as Theme;

function modelOf(count: number) {
  const sweep = new Sweep({ count });
  const { rows, configs } = sweep.state();
  const data = {
    rows: new Map(rows.map((row) => [row.run, row])),
    configs,
    standings: sweep.standings(null),
    hidden: [],
  };
  const all = rows.map(({ run }) => run);
  const model = tableModel({ ...data, curves: new Map() }, { ...DEFAULT_STATE, ticked: all });
  const slots = new Slots();
  slots.assign(model.drawn);
  return { model, slots };
}

test('each run has its own look; beyond what dashes tell apart, lines are whole', () => {
  for (const [count, dashes] of [
    [12, 6],
    [60, 0],
  ] as const) {
    const { model, slots } = modelOf(count);
    const { lookOf, samples } = colouringOf(model, null, slots, THEME);
    const looks = model.drawn.map((run) => lookOf(run)!);
    assert.equal(looks.filter(({ dash }) => dash.length > 0).length, dashes);
    assert.deepEqual([samples.length, lookOf('/no/such/run')], [0, null]);
  }
});

test('colours by a column: equal values look alike, the samples name them, and a ramp has two ends', () => {
  const { model, slots } = modelOf(60);
  const texts = colouringOf(model, 'config:optimizer', slots, THEME);
  assert.deepEqual(texts.samples.map(({ text }) => text).sort(), ['adamw', 'muon']);
  const settings = new Map(model.entries.map((entry) => [entry.id, entry.settings.own.optimizer]));
  for (const run of model.drawn) {
    const sample = texts.samples.find(({ text }) => text === settings.get(run))!;
    assert.equal(texts.lookOf(run)!.colour, sample.colour);
  }
  const finals = colouringOf(model, 'final', slots, THEME);
  assert.deepEqual([finals.isRamp, finals.samples.length], [true, 2]);
  const unknown = model.entries.find(({ row }) => row.end.finalLoss === null);
  if (unknown !== undefined) assert.equal(finals.lookOf(unknown.id)!.colour, THEME.muted);
});

test('a chart is painted in slices of a frame, and what comes meanwhile is painted next', () => {
  const frames: (() => void)[] = [];
  const [clock, request] = [performance.now, globalThis.requestAnimationFrame];
  let now = 0;
  performance.now = () => now;
  globalThis.requestAnimationFrame = (run) => frames.push(() => run(now));
  try {
    const painted: string[] = [];
    const finished: Drawing[] = [];
    const piece = (name: string) => () => {
      now += 3;
      painted.push(name);
    };
    const drawingOf = (name: string) => ({ pieces: [0, 1, 2, 3].map((i) => piece(`${name}${i}`)) }) as never;
    const painter = new SlicedPainter(
      () => ({}) as Pen,
      (drawing) => finished.push(drawing),
    );
    const [first, second, third] = ['a', 'b', 'c'].map(drawingOf);
    painter.paint(first!);
    assert.deepEqual(painted, ['a0', 'a1']);
    painter.paint(second!);
    painter.paint(third!);
    while (frames.length > 0) frames.shift()!();
    assert.deepEqual(finished, [first, third]);
    assert.deepEqual(painted.slice(4), ['c0', 'c1', 'c2', 'c3']);
  } finally {
    performance.now = clock;
    globalThis.requestAnimationFrame = request;
  }
});
