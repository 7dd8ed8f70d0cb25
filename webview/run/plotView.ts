import { PlotChart } from '../shared/chart';
import { h, setAttr, setText } from '../shared/dom';
import { formatCompact, formatFixed, formatLoss, formatLr } from '../shared/numbers';
import type { Scene } from '../shared/scene';
import { texts } from '../shared/texts';
import type { Theme } from '../shared/theme';
import { type Ticks, tickDecimals } from '../shared/ticks';
import { type Handle, type Overlay, paintOverlay } from './overlay';
import type { LegendItem } from './readoutModel';
import { placed, STEPS, type StepAxis } from './stepAxis';
import { formatStrip, type Strip } from './strips';
import { formatTime } from './timeTick';

const HINT_MS = 1600;

/** What is drawn: scenes count steps, `axis` places them. */
export interface Drawing {
  readonly loss: Scene;
  readonly strips: readonly Strip[];
  readonly axis: StepAxis;
  /** Axes of lines that another run counted. */
  readonly others: ReadonlyMap<string, StepAxis>;
}

interface StripParts {
  readonly root: HTMLElement;
  readonly label: HTMLElement;
  readonly chart: PlotChart;
}

/** Size of the whole, and the upper edge of each plot in it. */
interface Places {
  readonly size: { readonly width: number; readonly height: number };
  readonly tops: ReadonlyMap<PlotChart, number>;
}

/** The loss and the strips below it over one x-axis, with the crosshair over all. */
export class PlotView {
  readonly root: HTMLElement;
  readonly loss: PlotChart;
  readonly #overlay = h('canvas', { class: 'plot-overlay', attrs: { 'aria-hidden': 'true' } });
  readonly #lossLabel = h('span', { class: 'plot-label', attrs: { 'aria-hidden': 'true' } });
  readonly #stripBox = h('div', { class: 'plot-strips' });
  readonly #strips = new Map<string, StripParts>();
  readonly #hint = h('div', { class: 'wheel-hint', text: texts.plot.wheelHint, attrs: { 'aria-hidden': 'true' } });
  /** Canvases change with the page, and once more when the placeholders of loading go. */
  readonly #sizes: ResizeObserver;
  #axis: StepAxis = STEPS;
  #places: Places | null = null;
  #hintTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(onResize: () => void) {
    const lossCanvas = h('canvas', { id: 'loss', attrs: { role: 'img', 'aria-label': texts.plot.label } });
    const attrs = {
      tabindex: '0',
      role: 'application',
      'aria-label': texts.plot.label,
      'aria-describedby': 'plot-keys',
    };
    this.root = h(
      'div',
      { class: 'plot', id: 'plot', attrs },
      h('div', { class: 'plot-loss' }, lossCanvas, this.#lossLabel),
      this.#stripBox,
      this.#overlay,
      this.#hint,
    );
    this.loss = new PlotChart(lossCanvas, { x: xTick, y: lossTick, yTickGap: 48 });
    this.#sizes = new ResizeObserver(() => {
      this.#measureAgain();
      onResize();
    });
    for (const part of [this.root, lossCanvas]) this.#sizes.observe(part);
  }

  /** From top to bottom. */
  get charts(): readonly PlotChart[] {
    return [this.loss, ...[...this.#strips.values()].map(({ chart }) => chart)];
  }

  draw({ loss, strips, axis, others }: Drawing, theme: Theme): void {
    this.#axis = axis;
    this.#arrange(strips);
    this.loss.draw(placed(loss, axis, others), theme, strips.length === 0);
    for (const [index, { key, label, scene }] of strips.entries()) {
      const strip = this.#strips.get(key)!;
      setText(strip.label, label);
      const shown = { ...scene, x: { ...scene.x, log: loss.x.log } };
      strip.chart.draw(placed(shown, axis, others), theme, index === strips.length - 1);
    }
  }

  stepAt(pixel: number): number {
    return this.#axis.stepAt(this.loss.xAt(pixel));
  }

  pixelOf(step: number): number {
    return this.loss.pixelOfX(this.#axis.at(step));
  }

  /** Draws a little of everything unseen, while the data is on its way: the first use of fonts and canvases is slow. */
  warm(theme: Theme): void {
    const axis = { min: 0, max: 1, log: false };
    const points = [
      { x: 0, y: 1 },
      { x: 1, y: 0 },
    ];
    const line = { key: 'warm', role: 'train', points, width: 1, alpha: 1, dash: [], marker: 'diamond' } as const;
    const band = { key: 'warm', role: 'forecast', alpha: 0.1, steps: [0, 1], low: [0, 0], high: [1, 1] } as const;
    const end = { x: 1, value: 0.5, interval80: [0.4, 0.6], interval95: [0.3, 0.7], label: '0' } as const;
    const rules = [{ x: 0.5, kind: 'present', label: '0' }] as const;
    const scene: Scene = { x: axis, y: axis, lines: [line], bands: [band], rules, marks: [], end };
    const strips = [{ key: 'lr', label: texts.plot.lr, scene }];
    this.draw({ loss: scene, strips, axis: STEPS, others: new Map() }, theme);
  }

  /** What the plot shows, in words. */
  describe(text: string, label: string): void {
    setAttr(this.loss.canvas, 'aria-label', texts.plot.lossAlt(text));
    setText(this.#lossLabel, label);
  }

  overlay(state: OverlayState, theme: Theme): void {
    const { size, tops } = this.#placed();
    const offsetOf = (plot: PlotChart): number => tops.get(plot) ?? 0;
    const { left, right, top } = this.loss.area;
    const last = this.charts.at(-1)!;
    const overlay: Overlay = {
      size,
      left,
      right,
      top: offsetOf(this.loss) + top,
      bottom: offsetOf(last) + last.area.bottom,
      cursor: state.cursor === null ? null : this.pixelOf(state.cursor),
      brush: state.brush,
      handles: state.handles.map(({ step, label, active }): Handle => ({ x: this.pixelOf(step), label, active })),
      dots: (state.cursor === null ? [] : state.items).flatMap((item) => {
        const plot = item.plot === 'loss' ? this.loss : this.#strips.get(item.plot)?.chart;
        if (item.dot === null || plot === undefined) return [];
        const y = plot.pixelOfY(item.dot.y);
        if (y < plot.area.top || y > plot.area.bottom) return [];
        const place = { x: this.pixelOf(item.dot.x), y: offsetOf(plot) + y };
        return [{ ...place, role: item.role, diamond: item.swatch === 'diamond' }];
      }),
    };
    paintOverlay(this.#overlay, overlay, theme);
  }

  /** Says how the wheel zooms, for a moment. */
  hintWheel(): void {
    this.#hint.classList.add('on');
    clearTimeout(this.#hintTimer);
    this.#hintTimer = setTimeout(() => this.#hint.classList.remove('on'), HINT_MS);
  }

  /** Where the plots lie; measured again when they are others or have another size. */
  #placed(): Places {
    if (this.#places !== null) return this.#places;
    const { top, width, height } = this.root.getBoundingClientRect();
    const topOf = ({ canvas }: PlotChart): number => canvas.getBoundingClientRect().top - top;
    this.#places = { size: { width, height }, tops: new Map(this.charts.map((chart) => [chart, topOf(chart)])) };
    return this.#places;
  }

  #measureAgain(): void {
    this.#places = null;
    for (const chart of this.charts) chart.resize();
  }

  /** Makes the strips that are new and removes those that are gone. */
  #arrange(strips: readonly Strip[]): void {
    const keys = new Set(strips.map(({ key }) => key));
    if (strips.length !== this.#strips.size || strips.some(({ key }) => !this.#strips.has(key))) this.#measureAgain();
    for (const [key, { root }] of this.#strips) {
      if (keys.has(key)) continue;
      root.remove();
      this.#strips.delete(key);
    }
    for (const { key, label } of strips) {
      if (this.#strips.has(key)) continue;
      const strip = stripParts(key, label);
      this.#stripBox.append(strip.root);
      this.#sizes.observe(strip.chart.canvas);
      this.#strips.set(key, strip);
    }
  }
}

/** What floats over the plots, in steps. */
export interface OverlayState {
  readonly cursor: number | null;
  readonly items: readonly LegendItem[];
  readonly brush: readonly [number, number] | null;
  readonly handles: readonly { readonly step: number; readonly label: string; readonly active: boolean }[];
}

function stripParts(key: string, label: string): StripParts {
  const isRate = key === 'lr';
  const alt = isRate ? texts.plot.lrAlt : texts.plot.stripAlt(label);
  const canvas = h('canvas', { id: isRate ? 'lr' : '', attrs: { role: 'img', 'aria-label': alt } });
  const caption = h('span', { class: 'plot-label', text: label, attrs: { 'aria-hidden': 'true' } });
  const root = h('div', { class: 'plot-lr' }, canvas, caption);
  const y = (value: number): string => (isRate ? formatLr(value) : formatStrip(value));
  return { root, label: caption, chart: new PlotChart(canvas, { x: xTick, y, yTickGap: 34 }) };
}

function xTick(value: number, { step }: Ticks, isTime: boolean): string {
  return isTime ? formatTime(value, step) : formatCompact(value, 6);
}

function lossTick(value: number, { step }: Ticks): string {
  if (step > 0 && step >= 1e-4 && Math.abs(value) < 1e6) return formatFixed(value, tickDecimals(step));
  return step > 0 ? formatLoss(value) : formatCompact(value);
}
