import type { CheckpointView } from '../../src/protocol/spectra';
import { button, h, section, setHidden, setText } from '../shared/dom';
import type { Card } from './card';
import type { CompareModel, ComparisonRow } from './compareModel';
import type { MatrixKey, SpectraData } from './data';
import { Kept } from './kept';
import { MapView } from './mapView';
import { texts } from './texts';

/** Rows of the table of turned directions. */
const ROWS = 40;
/** Choice that opens a dialog. */
const FILE = ' file';

export interface CompareActions {
  readonly choose: (path: string | null) => void;
  readonly browse: () => void;
  readonly measure: () => void;
  readonly select: (key: MatrixKey) => void;
  readonly toggle: (open: boolean) => void;
}

/** The checkpoint that is shown against another one: maps side by side, their ratio, and turned directions. */
export class CompareView {
  readonly root: HTMLDetailsElement;
  readonly #select = h('select', { id: 'compare-with', class: 'input' });
  readonly #summary = h('p', { class: 'hint' });
  readonly #norms = h('ul', { class: 'norms' });
  readonly #maps: readonly MapView[];
  readonly #grid: HTMLElement;
  readonly #angles: HTMLButtonElement;
  readonly #status = h('span', { class: 'hint', attrs: { role: 'status' } });
  readonly #table: HTMLElement;
  readonly #rows = h('tbody');
  readonly #shown = new Kept<void>();
  #options = '';

  constructor(
    readonly actions: CompareActions,
    card: Card,
    open: boolean,
  ) {
    const { root, body } = section({ id: 'compare', title: texts.compare.title, open, onToggle: actions.toggle });
    this.root = root;
    this.#maps = [0, 1, 2].map(() => new MapView(card, actions.select));
    this.#grid = h('div', { class: 'triplets' }, ...this.#maps.map((map) => map.root));
    this.#angles = button({
      label: texts.compare.angles,
      class: 'button',
      title: texts.compare.turnedHelp,
      onClick: actions.measure,
    });
    const { sigma, norm, hard, soft, left, right } = texts.compare;
    const heads = [texts.worst.matrix, sigma, norm, hard, soft, left, right].map((text, i) =>
      h('th', { text, class: i === 0 ? '' : 'number', attrs: { scope: 'col' } }),
    );
    this.#table = h(
      'div',
      { class: 'scroll', attrs: { tabindex: '0', role: 'region', 'aria-label': texts.compare.title } },
      h(
        'table',
        { class: 'worst-table' },
        h('caption', { text: texts.compare.turnedHelp }),
        h('thead', {}, h('tr', {}, ...heads)),
        this.#rows,
      ),
    );
    this.#select.addEventListener('change', () => {
      const { value } = this.#select;
      if (value === FILE) actions.browse();
      else actions.choose(value === '' ? null : value);
    });
    const label = h('label', { class: 'field-line' }, h('span', { text: texts.compare.choose }), this.#select);
    body.append(
      h('div', { class: 'compare-tools' }, label, this.#angles, this.#status),
      this.#summary,
      this.#grid,
      this.#norms,
      this.#table,
    );
  }

  update(
    data: SpectraData,
    choice: { path: string; other: string | null; selected: MatrixKey | null },
    model: CompareModel | null,
  ): void {
    const { path, other, selected } = choice;
    this.#fillSelect(
      data.checkpoints.filter((each) => each.path !== path),
      other,
    );
    const state = other === null ? undefined : data.checkpoint(other);
    setHidden(this.#grid, model === null);
    setHidden(this.#angles, model === null);
    setHidden(this.#summary, model === null);
    setHidden(this.#norms, model === null);
    setText(this.#status, statusOf(data, path, state));
    setHidden(this.#table, model === null || model.rows.length === 0);
    if (model === null) return;
    for (const [i, drawing] of model.maps.entries()) this.#maps[i]!.update(drawing, { label: drawing.title, selected });
    this.#shown.get([model], () => this.#write(model, path));
  }

  #write(model: CompareModel, path: string): void {
    setText(this.#summary, model.summary);
    this.#norms.replaceChildren(...model.norms.map((text) => h('li', { text })));
    this.#rows.replaceChildren(...model.rows.slice(0, ROWS).map((row) => this.#row(row, path)));
  }

  #fillSelect(others: readonly CheckpointView[], chosen: string | null): void {
    const options = [
      ['', texts.compare.none],
      ...others.map(({ path, label }) => [path, label]),
      [FILE, texts.compare.file],
    ];
    const key = JSON.stringify(options);
    if (key !== this.#options) {
      this.#options = key;
      this.#select.replaceChildren(
        ...options.map(([value, text]) => h('option', { text: text!, attrs: { value: value! } })),
      );
    }
    if (this.#select.value !== (chosen ?? '')) this.#select.value = chosen ?? '';
  }

  #row({ name, place, cells }: ComparisonRow, path: string): HTMLElement {
    const go = h('button', { class: 'link', text: place, title: name, attrs: { type: 'button' } });
    go.addEventListener('click', () => this.actions.select({ path, name }));
    return h(
      'tr',
      {},
      h('th', { attrs: { scope: 'row' } }, go),
      ...cells.map((text) => h('td', { class: 'number', text })),
    );
  }
}

function statusOf({ comparison }: SpectraData, path: string, other: CheckpointView | undefined): string {
  if (other === undefined) return '';
  if (other.state !== 'done') return texts.compare.waiting(texts.states[other.state]);
  if (comparison === null || comparison.path !== path || comparison.other !== other.path) return '';
  if (comparison.fault !== '') return `${texts.compare.fault} ${comparison.fault}`;
  return comparison.result === null ? texts.compare.anglesRunning(comparison.done, comparison.of) : '';
}
