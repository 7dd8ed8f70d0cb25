import type { MatrixView, TensorView } from '../../src/protocol/spectra';
import { button, h, setHidden, setText } from '../shared/dom';
import { formatNumber } from '../shared/numbers';
import { Kept } from './kept';
import { formatEstimate, sizeOf } from './measures';
import type { Palette } from './plot/palette';
import { type PlotOptions, PlotView } from './plot/plotView';
import { spectrumPlot, subscript } from './spectrumModel';
import { texts } from './texts';

type Measures = NonNullable<TensorView['measures']>;

/** Numbers under the drawing, each with what noise of the same shape would give. */
const FIGURES: readonly (readonly [
  title: string,
  of: (measures: Measures, size: number) => readonly [string, string],
])[] = [
  [
    texts.spectrum.hardRank,
    ({ hardRank, random }, size) => [
      texts.spectrum.ofSize(formatEstimate(hardRank, 4), size),
      formatNumber(random.hardRank, 4),
    ],
  ],
  [texts.spectrum.softRank, ({ softRank, random }) => [formatEstimate(softRank, 4), formatNumber(random.softRank, 4)]],
  [
    texts.spectrum.stableRank,
    ({ stableRank, random }) => [formatEstimate(stableRank, 4), formatNumber(random.stableRank, 4)],
  ],
  [texts.spectrum.utilization, ({ utilization }) => [formatEstimate(utilization), '']],
  [texts.spectrum.concentration, ({ concentration }) => [formatEstimate(concentration), '']],
  [
    texts.spectrum.tailAlpha,
    ({ alpha, alphaNoise }) => [formatEstimate(alpha), alphaNoise === null ? '' : formatNumber(alphaNoise, 3)],
  ],
  ['α FARMS', ({ farms }) => [formatEstimate(farms), farms === null ? '' : formatNumber(farms.noise, 3)]],
  [
    texts.spectrum.spikes,
    ({ spikes, method }) => [spikes === null ? '–' : `${spikes}${method === 'krylov' ? ' ± ?' : ''}`, '0'],
  ],
];

/** One matrix: its spectrum, its largest values, its numbers beside those of noise, and what is found wrong. */
export class SpectrumView {
  readonly root: HTMLElement;
  readonly #heading = h('h2', { text: texts.spectrum.title });
  readonly #name = h('code', { class: 'matrix-name' });
  readonly #about = h('p', { class: 'hint' });
  readonly #findings = h('div', { class: 'findings' });
  readonly #plot: PlotView;
  readonly #blank = h('p', { class: 'plot-blank' });
  readonly #shown = new Kept<void>();
  readonly #figures = h('div', { class: 'figures' });

  constructor(options: PlotOptions, walk: (by: -1 | 1) => void) {
    this.#plot = new PlotView(options);
    const step = (by: -1 | 1, label: string, text: string): HTMLButtonElement => {
      const element = button({ label: text, class: 'button quiet small', title: label, onClick: () => walk(by) });
      element.setAttribute('aria-label', label);
      return element;
    };
    const head = h(
      'div',
      { class: 'part-head' },
      this.#heading,
      h('span', { class: 'spacer' }),
      step(-1, texts.spectrum.previous, '‹'),
      step(1, texts.spectrum.next, '›'),
    );
    this.root = h(
      'section',
      { class: 'part spectrum', attrs: { 'aria-label': texts.spectrum.title } },
      head,
      h('div', { class: 'matrix-line', attrs: { 'aria-live': 'polite' } }, this.#name),
      this.#about,
      this.#findings,
      this.#plot.root,
      this.#blank,
      this.#figures,
    );
  }

  update(tensor: TensorView | undefined, matrix: MatrixView | undefined, palette: Palette): void {
    this.#shown.get([tensor, matrix, palette], () => this.#draw(tensor, matrix, palette));
  }

  #draw(tensor: TensorView | undefined, matrix: MatrixView | undefined, palette: Palette): void {
    const model = tensor === undefined || matrix === undefined ? null : spectrumPlot(tensor, matrix);
    setText(this.#name, tensor?.name ?? '');
    setText(this.#about, tensor === undefined ? '' : aboutOf(tensor));
    setHidden(this.#plot.root, model === null);
    setHidden(this.#blank, model !== null);
    setText(this.#blank, blankText(tensor, matrix));
    this.#drawFindings(tensor);
    if (model !== null) this.#plot.update({ ...model, title: texts.spectrum.title }, palette);
    setHidden(this.#figures, !tensor?.measures);
    if (tensor?.measures)
      this.#figures.replaceChildren(topTable(tensor.measures), figureTable(tensor, tensor.measures));
  }

  #drawFindings(tensor: TensorView | undefined): void {
    const lines = (tensor?.findings ?? []).map(({ severity, evidence, advice }) =>
      h(
        'p',
        { class: 'finding', attrs: { 'data-severity': severity } },
        h('strong', { text: `${texts.severities[severity]}: ${evidence}. ` }),
        h('span', { text: advice }),
      ),
    );
    this.#findings.replaceChildren(...lines);
  }
}

function blankText(tensor: TensorView | undefined, matrix: MatrixView | undefined): string {
  if (tensor === undefined) return texts.map.select;
  if (tensor.measures === null) return `${texts.spectrum.none} ${tensor.refused ?? ''}`.trim();
  return matrix === undefined ? texts.spectrum.loading : texts.spectrum.none;
}

function aboutOf({ shape, dtype, measures, kind }: TensorView): string {
  const parts = [texts.kinds[kind].title, texts.spectrum.shape(shape[0], shape[1], dtype)];
  if (measures !== null) parts.push(texts.spectrum.method[measures.method]);
  return parts.join(' · ');
}

function topTable({ sigma }: Measures): HTMLElement {
  const rows = sigma.map((value, i) =>
    h(
      'tr',
      {},
      h('th', { text: `σ${subscript(i + 1)}`, attrs: { scope: 'row' } }),
      h('td', { class: 'number', text: formatEstimate(value, 4) }),
    ),
  );
  return h('table', { class: 'small-table' }, h('caption', { text: texts.spectrum.table }), h('tbody', {}, ...rows));
}

function figureTable(tensor: TensorView, measures: Measures): HTMLElement {
  const size = sizeOf(tensor);
  const rows = FIGURES.map(([title, of]) => {
    const [value, noise] = of(measures, size);
    return h(
      'tr',
      {},
      h('th', { text: title, attrs: { scope: 'row' } }),
      h('td', { class: 'number', text: value }),
      h('td', { class: 'number noise', text: noise }),
    );
  });
  const noise = h('th', { text: texts.spectrum.random, attrs: { scope: 'col' } });
  return h(
    'table',
    { class: 'small-table' },
    h('thead', {}, h('tr', {}, h('td'), h('td'), noise)),
    h('tbody', {}, ...rows),
  );
}
