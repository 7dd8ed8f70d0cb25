import { UNKNOWN } from '../../src/core/report/numbers';
import type { CompareCurve } from '../../src/protocol/compare';
import { h, setAttr, setText } from '../shared/dom';
import { icon, svgElement } from '../shared/icons';
import { formatLoss, formatPercent, formatRange, intervalParts } from '../shared/numbers';
import type { Column, ColumnContext } from './columns';
import { type Entry, progressOf } from './entry';
import { stateTexts, texts } from './texts';

/** What cells need beside their run. */
export interface CellContext extends ColumnContext {
  /** Ends of the common scale of all intervals. */
  readonly scale: readonly [number, number] | null;
  readonly hopeless: number;
  readonly nameOf: (run: string) => string;
}

/** A cell that can show one run after another. */
export interface CellView {
  readonly root: HTMLElement;
  readonly show: (entry: Entry, context: CellContext) => void;
}

/** The cell of a column. */
export function makeCell(column: Column): CellView {
  const root = h('div', { class: `cell ${column.kind}`, attrs: { role: 'gridcell' } });
  return { root, show: MAKERS[column.kind](root, column) };
}

type Maker = (root: HTMLElement, column: Column) => CellView['show'];

const plain: Maker = (root, column) => (entry, context) => {
  const text = column.text(entry, context) || texts.table.noName;
  setText(root, text);
  setTitle(root, column.kind === 'text' || text.length > 9 ? text : '');
};

const MAKERS: Readonly<Record<Column['kind'], Maker>> = {
  text: plain,
  number: plain,
  state: (root) => {
    const label = h('span');
    root.append(h('span', { class: 'state-dot', attrs: { 'aria-hidden': 'true' } }), label);
    return ({ row }) => {
      root.dataset.state = row.state;
      setText(label, stateTexts[row.state].label);
      setTitle(root, stateTexts[row.state].title);
    };
  },
  progress: (root) => {
    const bar = h('span', { class: 'bar-fill' });
    const label = h('span', { class: 'bar-text' });
    root.append(h('span', { class: 'bar', attrs: { 'aria-hidden': 'true' } }, bar), label);
    return (entry) => {
      const share = progressOf(entry);
      bar.style.transform = `scaleX(${share ?? 0})`;
      setText(label, formatPercent(share));
      setTitle(root, entry.row.totalSteps === null ? '' : `${entry.row.step ?? 0} / ${entry.row.totalSteps}`);
    };
  },
  spark: (root) => {
    const path = svgElement('path', { class: 'spark-line', d: '' });
    const svg = svgElement('svg', {
      viewBox: `0 0 ${SPARK.width} ${SPARK.height}`,
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    });
    const label = h('span', { class: 'sr-only' });
    svg.append(path);
    root.append(svg, label);
    return ({ row, curve }) => {
      setAttr(path, 'd', curve === null ? '' : sparkOf(curve));
      setText(label, formatLoss(row.loss));
    };
  },
  forecast: forecastCell,
  finish: (root) => {
    const label = h('span', { class: 'verdict' });
    root.append(label);
    return (entry, context) => {
      const { standing, row } = entry;
      const isOver = row.state === 'finished';
      const verdict = standing === null || isOver ? '' : standing.isWorthFinishing ? 'worth' : 'notWorth';
      root.dataset.verdict = verdict;
      setText(
        label,
        isOver ? texts.table.over : verdict === '' ? UNKNOWN : texts.table[verdict as 'worth' | 'notWorth'],
      );
      setTitle(root, verdictReason(entry, context));
      setAttr(root, 'aria-label', `${label.textContent}. ${root.title}`);
    };
  },
  warnings: (root) => {
    const count = h('span');
    const sign = icon('warning');
    root.append(sign, count);
    return ({ row: { warnings } }) => {
      const worst = warnings.some(({ severity }) => severity === 'error') ? 'error' : 'warning';
      root.dataset.severity = warnings.length === 0 ? '' : worst;
      sign.style.display = warnings.length === 0 ? 'none' : '';
      setText(count, warnings.length === 0 ? UNKNOWN : `${warnings.length}`);
      setTitle(root, warnings.map(({ title, text }) => `${title}: ${text}`).join('\n'));
    };
  },
};

const BAR = 76;

/** The end of a run in numbers, with a bar on the scale that all rows share. */
function forecastCell(root: HTMLElement): CellView['show'] {
  const value = h('span', { class: 'end-value' });
  const spread = h('span', { class: 'end-spread' });
  const sign = icon('warning');
  const bar = svgElement('svg', {
    viewBox: `0 0 ${BAR} 16`,
    width: `${BAR}`,
    height: '16',
    class: 'end-bar',
    'aria-hidden': 'true',
  });
  const [track, range, mark] = ['end-track', 'end-range', 'end-mark'].map((name) =>
    svgElement('rect', { class: name }),
  );
  setBox(track!, 0, BAR, 7.5, 1);
  bar.append(track!, range!, mark!);
  const why = h('span', { class: 'end-why' });
  root.append(h('span', { class: 'end-text' }, value, ' ', spread, sign), bar, why);
  return ({ row: { end } }, { scale }) => {
    const { finalLoss, isMeasured, reason, status } = end;
    const parts = finalLoss && intervalParts({ value: finalLoss.value, interval: finalLoss.interval80 });
    setText(value, parts?.value ?? (reason === '' ? statusText(status) : ''));
    setText(why, parts === null ? reason : '');
    setText(spread, isMeasured ? texts.table.measured : (parts?.spread ?? ''));
    root.dataset.known = String(finalLoss !== null);
    sign.style.display = reason !== '' && finalLoss !== null ? '' : 'none';
    const told = finalLoss && texts.table.final(formatLoss(finalLoss.value), formatRange(finalLoss.interval80));
    setTitle(root, [told, reason].filter(Boolean).join('\n'));
    // The name begins with what is seen, so that both are spoken of alike.
    const seen = [value, spread, why].map(({ textContent }) => textContent).filter(Boolean);
    setAttr(root, 'aria-label', root.title === '' ? null : [seen.join(' '), root.title].join('\n'));
    bar.style.visibility = finalLoss === null || scale === null ? 'hidden' : '';
    if (finalLoss === null || scale === null) return;
    const at = (loss: number): number => Math.min(BAR, Math.max(0, ((loss - scale[0]) / (scale[1] - scale[0])) * BAR));
    const [low, high] = finalLoss.interval80.map(at) as [number, number];
    setBox(range!, low, Math.max(1.5, high - low), 5, 6);
    setBox(mark!, Math.min(BAR - 2, Math.max(0, at(finalLoss.value) - 1)), 2, 2, 12);
  };
}

function statusText(status: Entry['row']['end']['status']): string {
  return status === 'ready' ? UNKNOWN : texts.table[status];
}

/** Why a run is or is not worth finishing. */
function verdictReason({ standing, row }: Entry, { hopeless, nameOf }: CellContext): string {
  if (row.state === 'finished') return texts.finish.over;
  if (standing === null) return texts.finish.none;
  const { rival, chanceBeatsRival, isWorthFinishing, rank } = standing;
  if (rival === null || chanceBeatsRival === null) return rank === 1 ? texts.finish.alone : texts.finish.none;
  const say = isWorthFinishing ? texts.finish.yes : texts.finish.no;
  return say(formatPercent(chanceBeatsRival), nameOf(rival), formatPercent(hopeless));
}

const SPARK = { width: 88, height: 18 };
const sparks = new WeakMap<CompareCurve, string>();
/** Share of a curve that is left out of its scale: the steep start would flatten the rest. */
const START = 0.08;

/** The path of a sparkline: the curve on its own scale, without its steep start. */
export function sparkOf(curve: CompareCurve): string {
  const known = sparks.get(curve);
  if (known !== undefined) return known;
  const { steps, values } = curve.points;
  const [first, last] = [steps[0] ?? 0, steps.at(-1) ?? 1];
  const span = last - first || 1;
  const start = Math.max(
    0,
    steps.findIndex((step) => step - first >= START * span),
  );
  const later = values.slice(start);
  const [low, high] = [Math.min(...later), Math.max(...later)];
  const height = high - low || 1;
  const every = Math.max(1, Math.ceil(steps.length / SPARK.width));
  let path = '';
  for (let i = start; i < steps.length; i += every) {
    const x = ((steps[i]! - steps[start]!) / (last - steps[start]! || 1)) * SPARK.width;
    const y = 1 + (SPARK.height - 2) * (1 - (values[i]! - low) / height);
    path += `${path === '' ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
  }
  sparks.set(curve, path);
  return path;
}

function setBox(rect: SVGElement, x: number, width: number, y: number, height: number): void {
  for (const [name, value] of Object.entries({ x, width, y, height }))
    setAttr(rect, name, `${Math.round(value * 10) / 10}`);
}

function setTitle(element: HTMLElement, title: string): void {
  if (element.title !== title) element.title = title;
}
