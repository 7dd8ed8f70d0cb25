import { h, setHidden } from '../shared/dom';
import type { SpectraData } from './data';
import type { Palette } from './plot/palette';
import { type PlotOptions, PlotView } from './plot/plotView';
import { texts } from './texts';
import { depthPlot, stepsPlot, type TrendChoice } from './trendModel';

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

  update(data: SpectraData, choice: TrendChoice, palette: Palette): void {
    // The legend names what is switched off too.
    const whole = { ...choice, hidden: [] };
    const [depth, steps] = [depthPlot(data, choice), stepsPlot(data, choice)];
    const [allDepth, allSteps] = [depthPlot(data, whole), stepsPlot(data, whole)];
    show(this.#depth, this.#noDepth, depth ?? emptied(allDepth), palette, allDepth?.series ?? []);
    show(this.#steps, this.#noSteps, steps ?? emptied(allSteps), palette, allSteps?.series ?? []);
  }
}

type Model = ReturnType<typeof depthPlot>;

/** The axes alone, when every line is switched off. */
function emptied(model: Model): Model {
  return model && { ...model, series: [] };
}

function show(
  view: PlotView,
  blank: HTMLElement,
  model: Model,
  palette: Palette,
  names: NonNullable<Model>['series'],
): void {
  setHidden(view.root, model === null);
  setHidden(blank, model !== null);
  if (model !== null) view.update(model, palette, names);
}
