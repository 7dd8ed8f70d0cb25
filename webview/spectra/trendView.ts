import { h, setHidden } from '../shared/dom';
import type { Palette } from './plot/palette';
import { type PlotOptions, PlotView } from './plot/plotView';
import { texts } from './texts';
import { type Trend, type TrendLook, trendPlot } from './trendModel';

/** How a measure moves over depth and over steps, one line for each kind of matrix. */
export class TrendView {
  readonly root: HTMLElement;
  readonly #depth: PlotView;
  readonly #steps: PlotView;
  readonly #noDepth = h('p', { class: 'plot-blank', text: texts.trend.needLayers });
  readonly #noSteps = h('p', { class: 'plot-blank', text: texts.trend.needSteps });

  constructor(options: PlotOptions) {
    this.#depth = new PlotView(options);
    const { choose: _, ...rest } = options;
    this.#steps = new PlotView(rest);
    const head = h('div', { class: 'part-head' }, h('h2', { text: texts.trend.title }));
    const plots = h(
      'div',
      { class: 'twins' },
      h('div', {}, this.#depth.root, this.#noDepth),
      h('div', {}, this.#steps.root, this.#noSteps),
    );
    this.root = h('section', { class: 'part trends', attrs: { 'aria-label': texts.trend.title } }, head, plots);
  }

  update(depth: Trend, steps: Trend, look: TrendLook, palette: Palette): void {
    show(this.#depth, this.#noDepth, { trend: depth, look, palette });
    show(this.#steps, this.#noSteps, { trend: steps, look, palette });
  }
}

interface Shown {
  readonly trend: Trend;
  readonly look: TrendLook;
  readonly palette: Palette;
}

/** The legend names what is switched off too. */
function show(view: PlotView, blank: HTMLElement, { trend, look, palette }: Shown): void {
  const model = trendPlot(trend, look);
  setHidden(view.root, model === null);
  setHidden(blank, model !== null);
  if (model !== null) view.update(model, palette, trend.series);
}
