import type { TensorView } from '../../src/protocol/spectra';
import { button, h, section, setAttr, setHidden, setText } from '../shared/dom';
import { formatEstimate, measured, measureOf } from './measures';
import { texts } from './texts';
import { COLUMNS, columnTitle, type SortKey, type WorstRow, worstRows } from './worstModel';

/** Rows that are shown before anyone asks for more. */
const FEW = 12;

export interface WorstActions {
  readonly choose: (name: string) => void;
  readonly sort: (key: SortKey) => void;
  readonly toggle: (open: boolean) => void;
}

/** All matrices in a table, the worst first, with what was found and what to do. */
export class WorstView {
  readonly root: HTMLElement;
  readonly #meta: HTMLElement;
  readonly #head = h('tr');
  readonly #body = h('tbody');
  readonly #filter = h('input', {
    class: 'input',
    attrs: { type: 'search', 'aria-label': texts.worst.filter, placeholder: texts.worst.filter },
  });
  readonly #more: HTMLButtonElement;
  readonly #rows = new WeakMap<TensorView, HTMLElement>();
  #all = false;
  #last: {
    tensors: readonly TensorView[];
    options: { sort: string; descending: boolean; selected: string | null };
  } | null = null;

  constructor(
    readonly actions: WorstActions,
    open: boolean,
  ) {
    const { root, meta, body } = section({ id: 'worst', title: texts.worst.title, open, onToggle: actions.toggle });
    this.root = root;
    this.#meta = meta;
    this.#more = button({
      label: '',
      class: 'button quiet',
      onClick: () => {
        this.#all = !this.#all;
        this.#draw();
      },
    });
    this.#filter.addEventListener('input', () => this.#draw());
    const table = h('table', { class: 'worst-table' }, h('thead', {}, this.#head), this.#body);
    const scroll = h(
      'div',
      { class: 'scroll', attrs: { tabindex: '0', role: 'region', 'aria-label': texts.worst.title } },
      table,
    );
    body.append(h('div', { class: 'worst-tools' }, this.#filter), scroll, this.#more);
  }

  update(
    tensors: readonly TensorView[],
    options: { sort: string; descending: boolean; selected: string | null },
  ): void {
    this.#last = { tensors, options };
    this.#draw();
  }

  #draw(): void {
    if (this.#last === null) return;
    const { tensors, options } = this.#last;
    const rows = worstRows(tensors, { ...options, filter: this.#filter.value });
    const shown = this.#all ? rows : rows.slice(0, FEW);
    setText(this.#meta, texts.worst.rows(shown.length, tensors.length));
    this.#drawHead(options);
    const focused = document.activeElement?.getAttribute('data-name');
    this.#body.replaceChildren(...shown.map((row) => this.#rowOf(row)));
    for (const { tensor } of shown) {
      setAttr(this.#rows.get(tensor)!, 'aria-selected', String(tensor.name === options.selected));
    }
    if (focused) this.#body.querySelector<HTMLElement>(`[data-name="${CSS.escape(focused)}"]`)?.focus();
    setHidden(this.#more, rows.length <= FEW);
    setText(this.#more.querySelector('span')!, this.#all ? texts.worst.less : texts.worst.more(rows.length));
  }

  #drawHead({ sort, descending }: { sort: string; descending: boolean }): void {
    const keys: SortKey[] = ['matrix', 'finding', ...COLUMNS];
    const focused = document.activeElement?.getAttribute('data-sort');
    const heads = keys.map((key) => {
      const label = columnTitle(key);
      const sorter = button({
        label,
        class: 'sorter',
        title: texts.worst.sort(label),
        onClick: () => this.actions.sort(key),
      });
      sorter.setAttribute('data-sort', key);
      const direction = descending ? 'descending' : 'ascending';
      const number = key !== 'matrix' && key !== 'finding';
      return h(
        'th',
        { class: number ? 'number' : '', attrs: { scope: 'col', 'aria-sort': sort === key ? direction : 'none' } },
        sorter,
      );
    });
    this.#head.replaceChildren(...heads);
    if (focused) this.#head.querySelector<HTMLElement>(`[data-sort="${focused}"]`)?.focus();
  }

  /** A matrix keeps its row: sorting moves rows. */
  #rowOf(row: WorstRow): HTMLElement {
    const made = this.#rows.get(row.tensor) ?? this.#row(row);
    this.#rows.set(row.tensor, made);
    return made;
  }

  #row({ tensor, place, finding }: WorstRow): HTMLElement {
    const name = h(
      'button',
      { class: 'link', title: tensor.name, attrs: { type: 'button', 'data-name': tensor.name } },
      place,
    );
    name.addEventListener('click', () => this.actions.choose(tensor.name));
    const found =
      finding === null ? h('span', { class: 'hint', text: tensor.refused ?? texts.worst.none }) : findingCell(finding);
    const cells = COLUMNS.map((id) => {
      const value = measured(measureOf(id), tensor);
      return h('td', { class: 'number', text: formatEstimate(value) });
    });
    const heading = h('th', { attrs: { scope: 'row' } }, name);
    return h('tr', {}, heading, h('td', {}, found), ...cells);
  }
}

function findingCell({ severity, evidence, advice, source }: NonNullable<WorstRow['finding']>): HTMLElement {
  const cited = source === null ? '' : ` (${texts.worst.source(source.authors, source.year, source.id)})`;
  return h(
    'div',
    { class: 'finding', attrs: { 'data-severity': severity } },
    h('strong', { text: `${texts.severities[severity]}: ${evidence}.` }),
    h('span', { text: ` ${advice}${cited}` }),
  );
}
