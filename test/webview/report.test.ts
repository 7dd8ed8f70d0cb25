import * as assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hindsight } from '../../src/core/forecast/hindsight';
import type { ReportView } from '../../src/protocol/panel';
import { backTestModel, sayingsOfFinished, sayingsRange } from '../../webview/run/backTestModel';
import { paintBackTest } from '../../webview/run/backTestPlot';
import { headerModel } from '../../webview/run/headerModel';
import { drawScene } from '../../webview/shared/decor';
import { SvgContext, xml } from '../../webview/shared/svgContext';
import type { Theme } from '../../webview/shared/theme';
import { forecast, forecastView, run, summary } from './fixtures';

const estimate = (value: number, arm: number) => ({
  value,
  interval80: [value - arm, value + arm] as const,
  interval95: [value - 2 * arm, value + 2 * arm] as const,
});

function hindsight(share: number, value: number | null): Hindsight {
  const said = value === null ? null : estimate(value, 0.05);
  const refused = value === null ? 'tooFewPoints' : null;
  const error = value === null ? null : value / 3.05 - 1;
  return {
    share,
    step: 1000 * share,
    said,
    finalLoss: said,
    measured: 3.05,
    error,
    inside80: value === null ? null : true,
    refused,
  };
}

function report(name = 'a'): ReportView {
  const finished = { code: 'finished', reason: 'The run is over.' } as const;
  const fit = forecast({ refused: finished, finalLoss: estimate(3, 0.001) });
  const law = { id: 'lrAnnealing', title: 'law', formula: 'L(s) < 1', source: 'a paper', fixed: [] };
  const backTest = [hindsight(0.1, null), hindsight(0.3, 3.2), hindsight(0.5, 3.02)];
  const rest = { params: [], sensitivity: [], notes: ['<b>note</b>'], limits: [], backTest };
  return {
    name,
    forecast: fit,
    report: { ...fit.report, law, ...rest } as unknown as ReportView['report'],
    markdown: '',
    html: '',
  };
}

const names = ['train', 'validation', 'forecast', 'lr', 'extra', 'ghost'] as const;
const THEME = {
  background: '#000',
  foreground: '#fff',
  muted: '#aaa',
  grid: '#333',
  error: '#f00',
  warning: '#ff0',
  focus: '#00f',
  fontFamily: 'sans-serif',
  highContrast: false,
  series: Object.fromEntries(names.map((role) => [role, '#123456'])),
} as unknown as Theme;

test('a finished run is told what had been said after 10, 30 and 50 %', () => {
  assert.deepEqual(
    sayingsOfFinished(report(), 3).map(({ value, sub }) => [value, sub]),
    [
      ['–', 'too few points'],
      ['3.200 ±\u202f0.050', 'off by +6.67\u202f%\noutcome outside 80 %'],
      ['3.020 ±\u202f0.050', 'off by +0.67\u202f%\noutcome inside 80 %'],
    ],
  );
  assert.deepEqual(sayingsOfFinished(report(), null), []);
  assert.deepEqual(sayingsOfFinished(null, 3), []);
  const done = run({ summary: summary({ state: 'finished', step: 1000 }) });
  const input = { run: done, forecast: forecastView(), smoothed: 3, brokenAt: null, now: 0 };
  assert.equal(headerModel({ ...input, report: report() }).figures[1]?.title, 'Said at 30\u202f%');
  assert.deepEqual(headerModel({ ...input, report: null }).figures, []);
});

test('the back-test has a row for every share and a mark for what was said', () => {
  const model = backTestModel(report());
  assert.equal(model.rows.length, 3);
  assert.equal(model.sayings.length, 2);
  assert.deepEqual(model.reference, { value: 3, label: 'came' });
  const svg = new SvgContext((text) => 6 * text.length);
  paintBackTest(svg, model, { width: 600, height: 200, theme: THEME });
  const text = svg.toString();
  assert.equal(text.match(/a3\.5 3\.5/g)?.length, 4, 'two circles of two arcs');
  assert.ok(text.includes('came 3.000') && !/NaN|undefined/.test(text));
});

test('an early forecast that is far off is an arrow at the edge of the back-test', () => {
  const { forecast: fit, report: made } = report();
  const near = { forecast: fit, report: { ...made, backTest: [0.3, 0.4, 0.5].map((share) => hindsight(share, 3.02)) } };
  assert.deepEqual(sayingsRange(backTestModel(near))?.high, 3.02 + 0.05);
  const backTest = [hindsight(0.1, 9), hindsight(0.2, 1), ...near.report.backTest];
  const model = backTestModel({ forecast: fit, report: { ...made, backTest } });
  const { low, high } = sayingsRange(model)!;
  assert.ok(high < 4 && low > 2 && high > 3.07 && low < 2.97);
  const svg = new SvgContext((text) => 6 * text.length);
  paintBackTest(svg, model, { width: 600, height: 200, theme: THEME });
  const text = svg.toString();
  assert.ok(text.includes('9.000') && text.includes('1.000'));
  assert.equal(text.match(/a3\.5 3\.5/g)?.length, 6, 'a circle for each of the others');
  const places = [...text.matchAll(/[ML]\S+ (-?[\d.]+)/g)].map(([, y]) => Number(y));
  assert.ok(places.every((y) => y >= 0 && y <= 200));
  assert.equal(sayingsRange({ sayings: [], reference: null }), null);
});

test('a scene is written as SVG with groups that close and text that is escaped', () => {
  const axis = { min: 0, max: 10, log: false };
  const points = Array.from({ length: 11 }, (_, x) => ({ x, y: x }));
  const line = { key: 'a', role: 'train', points, width: 2, alpha: 1, dash: [4, 2], marker: 'diamond' } as const;
  const band = { key: 'b', role: 'forecast', alpha: 0.2, steps: [0, 10], low: [0, 1], high: [2, 3] } as const;
  const end = { x: 10, value: 5, interval80: [4, 6], interval95: [3, 7], label: '<5>' } as const;
  const rules = [{ x: 5, kind: 'restart', label: 'a & b' }] as const;
  const marks = (['error', 'nonFinite', 'checkpoint'] as const).map((kind) => ({ x: 2, kind }));
  const context = new SvgContext((text) => 6 * text.length);
  const area = { left: 0, right: 100, top: 0, bottom: 100 };
  const scene = { x: axis, y: axis, lines: [line], bands: [band], rules, marks, end };
  drawScene({ context, scene, theme: THEME, area, x: (v) => 10 * v, y: (v) => 100 - 10 * v, fontSize: 11 });
  const text = context.toString();
  assert.equal(text.match(/<g /g)?.length, text.match(/<\/g>/g)?.length);
  assert.ok(text.includes('&lt;5&gt;') && text.includes('a &amp; b') && text.includes('stroke-dasharray="4 2"'));
  assert.ok(!/NaN|undefined|<5>/.test(text));
  assert.equal(xml('a\u0000\u001fb"'), 'ab&quot;');
});
