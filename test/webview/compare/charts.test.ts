import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookOf, Slots } from '../../../webview/compare/colours';
import { configColumn, FIXED_COLUMNS } from '../../../webview/compare/columns';
import { ContextPen } from '../../../webview/compare/contextPen';
import { alignedCurves, curveDomains } from '../../../webview/compare/curvesModel';
import { brushTest, dimensionOf } from '../../../webview/compare/dimension';
import { scaleOf } from '../../../webview/compare/scale';
import { SvgContext } from '../../../webview/shared/svgContext';
import type { Theme } from '../../../webview/shared/theme';
import { entries } from './entries';

const CONTEXT = { pinned: null };
const AXES = { logX: false, logY: false, whole: false, forecasts: true, window: null };
const points = (values: readonly number[]) => ({ steps: values.map((_, i) => 100 * (i + 1)), values: [...values] });
const falling = (last: number): number[] => Array.from({ length: 50 }, (_, i) => last + 8 / (i + 1) ** 2);

test('curves stand by step, by tokens or by the share of their plans; those without the axis are counted', () => {
  const all = entries([
    {
      name: 'a',
      curve: { points: points([5, 4]), ahead: { steps: [200, 1000], values: [4, 3], low: [4, 2.9], high: [4, 3.1] } },
    },
    { name: 'b', curve: { points: points([5, 4, 3]), ahead: null }, row: { tokensPerStep: 1e6, totalSteps: null } },
    { name: 'c' },
  ]);
  const steps = alignedCurves(all, 'step');
  assert.deepEqual(
    [steps.curves.map(({ xs }) => [...xs]), steps.leftOut],
    [
      [
        [100, 200],
        [100, 200, 300],
      ],
      0,
    ],
  );
  const tokens = alignedCurves(all, 'tokens');
  assert.deepEqual([tokens.curves.map(({ xs }) => [...xs]), tokens.leftOut], [[[1e8, 2e8, 3e8]], 1]);
  const shares = alignedCurves(all, 'fraction');
  assert.deepEqual([shares.curves.map(({ xs }) => [...xs]), shares.leftOut], [[[0.1, 0.2]], 1]);
  assert.deepEqual([...shares.curves[0]!.ahead!.xs], [0.2, 1]);
  assert.equal(curveDomains(steps.curves, AXES)!.x.max, 1000);
  assert.equal(curveDomains(steps.curves, { ...AXES, forecasts: false })!.x.max, 300);
  assert.equal(curveDomains([], AXES), null);
});

test('a run that diverges does not flatten the others, unless every value is wanted', () => {
  const diverged = [...falling(3).slice(0, 40), ...Array.from({ length: 10 }, (_, i) => 1e4 * (i + 1))];
  const all = entries(
    [falling(3), falling(3.1), falling(3.2), diverged].map((values, i) => ({
      name: `${i}`,
      curve: { points: points(values), ahead: null },
    })),
  );
  const { curves } = alignedCurves(all, 'step');
  const { y } = curveDomains(curves, AXES)!;
  assert.ok(y.min < 3 && y.max > 3.2 && y.max < 15, `${y.max}`);
  assert.ok(curveDomains(curves, { ...AXES, whole: true })!.y.max > 1e5);
});

test('logarithmic axes begin at what they can show', () => {
  const all = entries([{ name: 'a', curve: { points: { steps: [0, 1, 10], values: [3, 2, 1] }, ahead: null } }]);
  const { x, y } = curveDomains(alignedCurves(all, 'step').curves, { ...AXES, logX: true, logY: true, whole: true })!;
  assert.deepEqual([x.min, x.log, y.log], [1, true, true]);
  const scale = scaleOf(x, 0, 100);
  assert.ok(Math.abs(scale.at(Math.sqrt(10)) - 50) < 1e-9 && Math.abs(scale.valueAt(50) - Math.sqrt(10)) < 1e-9);
  assert.ok(Number.isNaN(scale.at(0)));
});

test('a drag along an axis keeps the runs that pass there', () => {
  const all = entries(
    [1e-4, 3e-4, 1e-3, 3e-3].map((lr, i) => ({
      name: `${i}`,
      final: 3 + i / 10,
      config: { lr, kind: i % 2 === 0 ? 'a' : 'b' },
    })),
  );
  const column = configColumn('lr');
  const rates = dimensionOf(column, all, CONTEXT)!;
  const places = all.map(rates.place) as number[];
  assert.ok(places.every((place, i) => place > 0 && place < 1 && (i === 0 || place > places[i - 1]!)));
  assert.ok(Math.abs(places[2]! - places[1]! - (places[1]! - places[0]!) * (Math.log(10 / 3) / Math.log(3))) < 1e-9);
  const brush = rates.brushOf(places[2]! + 0.01, places[1]! - 0.01);
  const passes = brushTest({ [column.id]: brush }, () => column, CONTEXT);
  assert.deepEqual(all.map(passes), [false, true, true, false]);
  assert.ok(
    rates.placesOf(brush).every((place, i) => Math.abs(place - [places[1]! - 0.01, places[2]! + 0.01][i]!) < 1e-9),
  );
  const kinds = dimensionOf(configColumn('kind'), all, CONTEXT)!;
  const chosen = kinds.brushOf(0.5, 1);
  assert.deepEqual(chosen, { values: ['b'] });
  assert.deepEqual(all.map(brushTest({ kind: chosen }, () => configColumn('kind'), CONTEXT)), [
    false,
    true,
    false,
    true,
  ]);
  assert.deepEqual(all.map(brushTest({ gone: chosen }, () => undefined, CONTEXT)), [true, true, true, true]);
});

test('what is the same in all runs, or text without end, is no axis', () => {
  const all = entries(Array.from({ length: 60 }, (_, i) => ({ name: `run ${i}`, config: { same: 1 } })));
  assert.equal(dimensionOf(configColumn('same'), all, CONTEXT), null);
  assert.equal(dimensionOf(FIXED_COLUMNS[0]!, all, CONTEXT), null);
  assert.equal(dimensionOf(configColumn('none'), all, CONTEXT), null);
});

test('a drawn run keeps its colour while others come and go; more than six are told apart by dashes', () => {
  const slots = new Slots();
  slots.assign(['a', 'b', 'c']);
  slots.assign(['d', 'c', 'a']);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((run) => slots.of(run)),
    [0, undefined, 2, 1],
  );
  const palette = ['1', '2', '3', '4', '5', '6'];
  const looks = Array.from({ length: 24 }, (_, slot) => JSON.stringify(lookOf(slot, palette)));
  assert.equal(new Set(looks).size, 24);
});

test('names in a drawing stay text', () => {
  const theme = { background: '#000000', fontFamily: '"Segoe UI", <x>' } as Theme;
  const svg = new SvgContext();
  const pen = new ContextPen(svg, theme);
  pen.text('</text><script>alert(1)</script>\u0000\ud800', 1, 2, { colour: '#ffffff', size: 11, halo: '#000000' });
  pen.line([0, 1, Number.NaN, 3], [0, 1, 2, 3], { colour: '#ffffff', width: 1, dash: [2, 2] });
  pen.line([Number.NaN], [1], { colour: '#ffffff', width: 1 });
  const text = svg.file({ width: 100, height: 50 });
  assert.ok(!/<script|\u0000|\ud800|<x>/.test(text));
  assert.ok(text.includes('M0 0L1 1M3 3'));
  assert.equal(text.match(/<path/g)!.length, 1);
});
