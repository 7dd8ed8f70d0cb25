import { formatCompact, formatLoss, formatLr } from '../../src/core/report/numbers';
import { PlotChart } from '../shared/chart';
import { h, setAttr, setHidden, setText } from '../shared/dom';
import type { Scene } from '../shared/scene';
import { texts } from '../shared/texts';
import type { Theme } from '../shared/theme';
import { type Ticks, tickDecimals } from '../shared/ticks';
import { type Overlay, paintOverlay } from './overlay';
import type { LegendItem } from './readoutModel';

const HINT_MS = 1600;

/** The two plots over one x-axis, with the crosshair over both. */
export class PlotView {
  readonly root: HTMLElement;
  readonly loss: PlotChart;
  readonly lr: PlotChart;
  readonly #overlay = h('canvas', { class: 'plot-overlay', attrs: { 'aria-hidden': 'true' } });
  readonly #lossLabel = h('span', { class: 'plot-label', attrs: { 'aria-hidden': 'true' } });
  readonly #lrBox: HTMLElement;
  readonly #hint = h('div', { class: 'wheel-hint', text: texts.plot.wheelHint, attrs: { 'aria-hidden': 'true' } });
  #hintTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(onResize: () => void) {
    const canvas = (id: string, label: string): HTMLCanvasElement =>
      h('canvas', { id, attrs: { role: 'img', 'aria-label': label } });
    const lossCanvas = canvas('loss', texts.plot.label);
    const lrCanvas = canvas('lr', texts.plot.lrAlt);
    const lossBox = h('div', { class: 'plot-loss' }, lossCanvas, this.#lossLabel);
    const lrLabel = h('span', { class: 'plot-label', text: texts.plot.lr, attrs: { 'aria-hidden': 'true' } });
    this.#lrBox = h('div', { class: 'plot-lr' }, lrCanvas, lrLabel);
    this.root = h(
      'div',
      {
        class: 'plot',
        id: 'plot',
        attrs: { tabindex: '0', role: 'application', 'aria-label': texts.plot.label, 'aria-describedby': 'plot-keys' },
      },
      lossBox,
      this.#lrBox,
      this.#overlay,
      this.#hint,
    );
    const x = (value: number): string => formatCompact(value, 6);
    this.loss = new PlotChart(lossCanvas, { x, y: lossTick, yTickGap: 48 });
    this.lr = new PlotChart(lrCanvas, { x, y: (value) => formatLr(value), yTickGap: 34 });
    new ResizeObserver(onResize).observe(this.root);
  }

  draw(loss: Scene, lr: Scene | null, theme: Theme): void {
    if (this.#lrBox.hidden !== (lr === null)) {
      setHidden(this.#lrBox, lr === null);
      this.lr.resize();
    }
    this.loss.draw(loss, theme, lr === null);
    if (lr !== null) this.lr.draw(lr, theme, true);
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
    this.draw(scene, scene, theme);
  }

  /** What the plot shows, in words. */
  describe(text: string, label: string): void {
    setAttr(this.loss.canvas, 'aria-label', texts.plot.lossAlt(text));
    setText(this.#lossLabel, label);
  }

  overlay(
    state: { cursor: number | null; items: readonly LegendItem[]; brush: readonly [number, number] | null },
    theme: Theme,
  ): void {
    const box = this.root.getBoundingClientRect();
    const offsetOf = (plot: PlotChart): number => plot.canvas.getBoundingClientRect().top - box.top;
    const plotOf = (item: LegendItem): PlotChart => (item.plot === 'lr' ? this.lr : this.loss);
    const { left, right, top } = this.loss.area;
    const last = this.#lrBox.hidden ? this.loss : this.lr;
    const overlay: Overlay = {
      left,
      right,
      top: offsetOf(this.loss) + top,
      bottom: offsetOf(last) + last.area.bottom,
      cursor: state.cursor === null ? null : this.loss.pixelOfX(state.cursor),
      brush: state.brush,
      dots: (state.cursor === null ? [] : state.items).flatMap((item) => {
        if (item.dot === null || (item.plot === 'lr' && this.#lrBox.hidden)) return [];
        const plot = plotOf(item);
        const y = plot.pixelOfY(item.dot.y);
        if (y < plot.area.top || y > plot.area.bottom) return [];
        return [
          { x: plot.pixelOfX(item.dot.x), y: offsetOf(plot) + y, role: item.role, diamond: item.swatch === 'diamond' },
        ];
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
}

function lossTick(value: number, { step }: Ticks): string {
  if (step > 0 && step >= 1e-4 && Math.abs(value) < 1e6)
    return value.toFixed(tickDecimals(step)).replace('-', '\u2212');
  return step > 0 ? formatLoss(value) : formatCompact(value);
}
