import { h, setHidden } from '../shared/dom';
import { Kept } from './kept';
import type { Palette } from './plot/palette';
import type { PlotModel } from './plot/plotModel';
import { type PlotOptions, PlotView } from './plot/plotView';
import { texts } from './texts';
import { type Trend, type TrendLook, trendPlot } from './trendModel';

/** How a measure moves over depth and over steps, one line for each kind of matrix. */
export class TrendView {
  readonly root: HTMLElement;
  readonly #depth: PlotView;
  readonly #steps: PlotView;
  readonly #noDepth = h('p', { class: 'plot-blank', text: texts.trend.needLayers });
  readonly #keptDepth = new Kept<PlotModel | null>();
  readonly #keptSteps = new Kept<PlotModel | null>();
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
    const plot = (kept: Kept<PlotModel | null>, trend: Trend): Shown => ({
      trend,
      model: kept.get([trend, look.hidden.join(), look.focus], () => trendPlot(trend, look)),
      palette,
    });
    show(this.#depth, this.#noDepth, plot(this.#keptDepth, depth));
    show(this.#steps, this.#noSteps, plot(this.#keptSteps, steps));
  }
}

interface Shown {
  readonly trend: Trend;
  readonly model: PlotModel | null;
  readonly palette: Palette;
}

/** The legend names what is switched off too. */
function show(view: PlotView, blank: HTMLElement, { trend, model, palette }: Shown): void {
  setHidden(view.root, model === null);
  setHidden(blank, model !== null);
  if (model !== null) view.update(model, palette, trend.series);
}
