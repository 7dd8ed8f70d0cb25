import { button, h, setHidden, setText } from '../../shared/dom';
import { svgElement } from '../../shared/icons';
import type { Card } from '../card';
import { formatEstimate } from '../measures';
import { saveButtons } from '../saveButtons';
import { texts } from '../texts';
import { markerShape } from './markers';
import type { Palette } from './palette';
import type { PlotModel, PlotSeries } from './plotModel';
import { type DrawnPlot, type Spot, svgPlot } from './svgPlot';

/** Pixels from a point that still mean it. */
const REACH = 18;

export interface PlotOptions {
  readonly height: number;
  readonly card: Card;
  readonly save: (svg: SVGElement, title: string, as: 'png' | 'svg') => void;
  /** A click on a name of the legend; absent: names are not switched. */
  readonly toggle?: (key: string) => void;
  /** A click on a point. */
  readonly choose?: (spot: Spot) => void;
}

/** A drawing on two axes with its legend, a card at the pointer, its values as a table, and its own files. */
export class PlotView {
  readonly root: HTMLElement;
  readonly #title = h('h3', { class: 'plot-title' });
  readonly #legend = h('div', { class: 'plot-legend' });
  readonly #canvas = h('div', { class: 'plot-area' });
  readonly #table = h('div', { class: 'scroll plot-table', hidden: true, attrs: { tabindex: '0', role: 'region' } });
  readonly #dataButton: HTMLButtonElement;
  /** Pixels, as they were observed: asking for them would lay out the page. */
  #width = 0;
  #drawn: DrawnPlot | null = null;
  #last: { model: PlotModel; palette: Palette; names: readonly PlotSeries[] } | null = null;

  constructor(readonly options: PlotOptions) {
    const savers = saveButtons(
      (as) => this.#drawn && this.#last && options.save(this.#drawn.svg, this.#last.model.title, as),
    );
    this.#dataButton = button({
      label: texts.data.show,
      class: 'button quiet small',
      onClick: () => this.#toggleData(),
    });
    this.#dataButton.setAttribute('aria-expanded', 'false');
    const tools = h('div', { class: 'plot-tools' }, this.#dataButton, ...savers);
    const head = h('div', { class: 'plot-head' }, this.#title, h('span', { class: 'spacer' }), tools);
    this.root = h('div', { class: 'plot-box' }, head, this.#legend, this.#canvas, this.#table);
    this.#canvas.addEventListener('pointermove', (event) => this.#point(event));
    this.#canvas.addEventListener('pointerleave', () => options.card.hide());
    this.#canvas.addEventListener('click', (event) => {
      const spot = this.#nearest(event);
      if (spot !== undefined) options.choose?.(spot);
    });
    new ResizeObserver(([entry]) => {
      this.#width = entry!.contentRect.width;
      this.#paint();
    }).observe(this.#canvas);
    this.#canvas.style.height = `${options.height}px`;
  }

  /** Shows a drawing, unless it shows it already; `names` are those of the legend, also of series that are switched off. */
  update(model: PlotModel, palette: Palette, names: readonly PlotSeries[] = model.series): void {
    const last = this.#last;
    if (last?.model === model && last.palette === palette && last.names === names) return;
    this.#last = { model, palette, names };
    setText(this.#title, model.title);
    this.#drawLegend();
    this.#paint();
    if (!this.#table.hidden) this.#fillTable();
  }

  #paint(): void {
    if (this.#last === null || this.#width === 0) return;
    const { model, palette } = this.#last;
    this.#drawn = svgPlot(model, palette, this.#width, this.options.height);
    this.#canvas.replaceChildren(this.#drawn.svg);
  }

  #drawLegend(): void {
    const { model, palette, names } = this.#last!;
    const shown = new Set(model.series.map(({ key }) => key));
    const focused = document.activeElement?.getAttribute('data-key');
    const items = names.map((series) => {
      const sign = signOf(series, palette);
      if (this.options.toggle === undefined) return h('span', { class: 'plot-name' }, sign, series.label);
      const name = button({ label: series.label, class: 'plot-name', onClick: () => this.options.toggle!(series.key) });
      name.prepend(sign);
      name.title = texts.trend.toggle(series.label);
      name.setAttribute('aria-pressed', String(shown.has(series.key)));
      name.setAttribute('data-key', series.key);
      return name;
    });
    this.#legend.replaceChildren(...items);
    if (focused) this.#legend.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  #nearest({ clientX, clientY }: MouseEvent): Spot | undefined {
    const box = this.#canvas.getBoundingClientRect();
    const [x, y] = [clientX - box.left, clientY - box.top];
    let best: { spot: Spot; distance: number } | undefined;
    for (const spot of this.#drawn?.spots ?? []) {
      if (spot.series.marker === 'none') continue;
      const distance = Math.hypot(spot.x - x, spot.y - y);
      if (distance <= REACH && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { spot, distance };
    }
    return best?.spot;
  }

  #point(event: PointerEvent): void {
    const spot = this.#nearest(event);
    if (spot === undefined || this.#last === null) {
      this.options.card.hide();
      return;
    }
    const box = this.#canvas.getBoundingClientRect();
    const [x, y] = [box.left + spot.x, box.top + spot.y];
    this.options.card.show({ left: x, right: x, top: y, bottom: y }, cardLines(spot, this.#last.model));
  }

  #toggleData(): void {
    const open = this.#table.hidden;
    setHidden(this.#table, !open);
    setText(this.#dataButton.querySelector('span')!, open ? texts.data.hide : texts.data.show);
    this.#dataButton.setAttribute('aria-expanded', String(open));
    if (open) this.#fillTable();
  }

  #fillTable(): void {
    if (this.#last === null) return;
    const { model } = this.#last;
    this.#table.setAttribute('aria-label', texts.data.of(model.title));
    const heads = [texts.data.line, model.x.label, model.y.label].map((text) =>
      h('th', { text, attrs: { scope: 'col' } }),
    );
    const rows = model.series.flatMap(({ label, points }) =>
      points.map((point) =>
        h(
          'tr',
          {},
          h('th', { text: label, attrs: { scope: 'row' } }),
          h('td', { class: 'number', text: model.x.format(point.x) }),
          h('td', { class: 'number', text: formatEstimate(point, 4) }),
        ),
      ),
    );
    this.#table.replaceChildren(
      h(
        'table',
        {},
        h('caption', { text: model.title }),
        h('thead', {}, h('tr', {}, ...heads)),
        h('tbody', {}, ...rows),
      ),
    );
  }
}

function cardLines({ series, point }: Spot, { x, y }: PlotModel): string[] {
  const place = point.title ?? `${x.label} ${x.format(point.x)}`;
  return [series.label, place, `${y.label} ${formatEstimate(point, 4)}`];
}

function signOf({ colour, dash, marker, scattered }: PlotSeries, palette: Palette): SVGElement {
  const svg = svgElement('svg', {
    viewBox: '0 0 22 12',
    width: '22',
    height: '12',
    'aria-hidden': 'true',
    class: 'sign-line',
  });
  const stroke = palette.colour(colour);
  if (scattered !== true) {
    const dashes: Record<string, string> = dash === '' ? {} : { 'stroke-dasharray': dash };
    svg.append(svgElement('line', { x1: '0', y1: '6', x2: '22', y2: '6', stroke, 'stroke-width': '1.75', ...dashes }));
  }
  const shape = markerShape(marker, 11, 6, stroke, palette.background);
  if (shape !== null) svg.append(shape);
  return svg;
}
