import { h, setHidden } from '../shared/dom';
import { configColumnId, FIXED_COLUMNS } from './columns';
import { columnById, type TableModel } from './tableModel';
import { texts } from './texts';

/** Hyperparameters beyond this many are found by searching. */
const MOST_LISTED = 300;

/** A dialog beside its button in which columns are switched on and off. */
export class ColumnPicker {
  readonly root = h('div', {
    class: 'picker',
    hidden: true,
    attrs: { role: 'dialog', 'aria-label': texts.columns.label },
  });
  readonly #search = h('input', {
    class: 'input',
    attrs: { type: 'search', placeholder: texts.columns.search, 'aria-label': texts.columns.search },
  });
  readonly #list = h('div', { class: 'picker-list' });
  readonly #reset = h('button', { class: 'button quiet', text: texts.columns.reset, attrs: { type: 'button' } });
  #opener: HTMLElement | null = null;

  /** `change` takes the ids of the columns to show, or `null` for the usual ones. */
  constructor(readonly change: (columns: readonly string[] | null) => void) {
    this.root.append(this.#search, this.#list, this.#reset);
    this.#search.addEventListener('input', () => this.#find());
    this.#reset.addEventListener('click', () => {
      change(null);
      this.close();
    });
    this.root.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
    });
    document.addEventListener('pointerdown', (event) => {
      const target = event.target as Node;
      if (!this.root.hidden && !this.root.contains(target) && !this.#opener?.contains(target)) this.close();
    });
  }

  toggle(opener: HTMLElement, model: TableModel): void {
    if (!this.root.hidden) {
      this.close();
      return;
    }
    this.#opener = opener;
    this.#fill(model);
    this.#search.value = '';
    setHidden(this.root, false);
    this.#search.focus();
  }

  close(): void {
    if (this.root.hidden) return;
    setHidden(this.root, true);
    this.#opener?.focus();
  }

  #fill({ columns, keys }: TableModel): void {
    const shown = new Set(columns.map(({ id }) => id));
    const box = (id: string, label: string): HTMLElement => {
      const input = h('input', { attrs: { type: 'checkbox' } });
      input.checked = shown.has(id);
      input.addEventListener('change', () => {
        if (input.checked) shown.add(id);
        else shown.delete(id);
        this.change([...shown]);
      });
      const made = h('label', { class: 'picker-item' }, input, h('span', { text: label }));
      made.dataset.name = label.toLowerCase();
      return made;
    };
    const part = (title: string, items: readonly HTMLElement[]): HTMLElement[] =>
      items.length === 0 ? [] : [h('h2', { text: title }), ...items];
    const fixed = FIXED_COLUMNS.filter(({ id }) => id !== 'name').map(({ id, label }) => box(id, label));
    const config = (list: readonly string[]): HTMLElement[] =>
      list.slice(0, MOST_LISTED).map((key) => box(configColumnId(key), columnById(configColumnId(key))!.label));
    this.#list.replaceChildren(
      ...part(texts.columns.runs, fixed),
      ...part(texts.columns.config, config(keys.differing)),
      ...part(texts.columns.same, config(keys.shared)),
    );
  }

  #find(): void {
    const wanted = this.#search.value.trim().toLowerCase();
    for (const item of this.#list.querySelectorAll<HTMLElement>('.picker-item')) {
      setHidden(item, !item.dataset.name!.includes(wanted));
    }
  }
}
