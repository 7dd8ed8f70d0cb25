import { h, section, setHidden, setText } from '../shared/dom';
import { Kept } from './kept';
import { formatEstimate } from './measures';
import type { Palette } from './plot/palette';
import { type PlotOptions, PlotView } from './plot/plotView';
import type { InputRow, ScaleModel, ScaleRow } from './scaleModel';
import { texts } from './texts';

/** σ₁ against the scale that AdamW gives it: the inputs with their sources, what is missing, and the numbers. */
export class ScaleView {
  readonly root: HTMLElement;
  readonly #inputs = h('tbody');
  readonly #rows = h('tbody');
  readonly #verdict = h('p', { class: 'verdict' });
  readonly #plot: PlotView;
  readonly #shown = new Kept<void>();

  constructor(options: PlotOptions, open: boolean, onToggle: (open: boolean) => void) {
    const { root, body } = section({ id: 'scale', title: texts.scale.title, open, onToggle });
    this.root = root;
    this.#plot = new PlotView(options);
    const tables = h(
      'div',
      { class: 'scroll' },
      table([texts.scale.input, texts.scale.value, texts.scale.where], this.#inputs),
      this.#verdict,
      table([texts.scale.kind, texts.scale.sigma, texts.scale.ratio], this.#rows),
    );
    body.append(
      h('p', { class: 'hint law', text: texts.scale.law }),
      h('div', { class: 'twins' }, tables, this.#plot.root),
    );
  }

  update(model: ScaleModel | null, palette: Palette): void {
    setHidden(this.root, model === null);
    if (model === null) return;
    this.#shown.get([model, palette], () => this.#draw(model, palette));
  }

  #draw(model: ScaleModel, palette: Palette): void {
    this.#inputs.replaceChildren(...model.inputs.map(inputRow));
    this.#rows.replaceChildren(...model.rows.map(scaleRow));
    setText(this.#verdict, model.verdict);
    setHidden(this.#plot.root, model.plot === null);
    if (model.plot !== null) this.#plot.update(model.plot, palette);
  }
}

function table(heads: readonly string[], body: HTMLElement): HTMLElement {
  return h(
    'table',
    { class: 'small-table' },
    h('thead', {}, h('tr', {}, ...heads.map((text) => h('th', { text, attrs: { scope: 'col' } })))),
    body,
  );
}

function inputRow({ title, value, where }: InputRow): HTMLElement {
  return h(
    'tr',
    {},
    h('th', { text: title, attrs: { scope: 'row' } }),
    h('td', { class: 'number', text: value }),
    h('td', { class: 'hint', text: where }),
  );
}

function scaleRow({ kind, sigma, ratio }: ScaleRow): HTMLElement {
  return h(
    'tr',
    {},
    h('th', { text: texts.kinds[kind].short, attrs: { scope: 'row' } }),
    h('td', { class: 'number', text: formatEstimate(sigma) }),
    h('td', { class: 'number', text: formatEstimate(ratio) }),
  );
}
