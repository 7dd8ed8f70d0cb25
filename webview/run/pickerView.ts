import { messageOf } from '../../src/core/errors';
import { h, setAttr, setHidden, setText } from '../shared/dom';
import { closeOutside } from '../shared/menu';
import { sparkline } from '../shared/sparkline';
import { texts } from '../shared/texts';
import { matching, type PickRow } from './pickerModel';

export interface PickerOptions {
  readonly id: string;
  readonly label: string;
  readonly search: string;
  readonly empty: string;
  /** Most rows that can be picked at once. */
  readonly most: number;
  readonly load: () => Promise<readonly PickRow[]>;
  readonly onPick: (picked: readonly string[]) => void;
}

/** Rows that are drawn; a search finds the others. */
const MAX_ROWS = 200;

/**
 * A button that opens a list to search in and pick from. The search field keeps the focus: arrow keys move through the
 * rows, Enter picks. Source: WAI-ARIA Authoring Practices, combobox with a list box.
 */
export class PickerView {
  readonly root: HTMLElement;
  readonly #trigger = h('button', { class: 'button quiet', attrs: { type: 'button', 'aria-haspopup': 'listbox' } });
  readonly #search: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #note = h('p', { class: 'hint popup-note', attrs: { 'aria-live': 'polite' } });
  readonly #popup: HTMLElement;
  #rows: readonly PickRow[] = [];
  #shown: readonly PickRow[] = [];
  #picked: readonly string[] = [];
  #active = 0;

  constructor(readonly options: PickerOptions) {
    const { id, label, search } = options;
    const list = `${id}-list`;
    const combo = { role: 'combobox', 'aria-expanded': 'true', 'aria-controls': list, 'aria-label': search };
    this.#search = h('input', {
      class: 'input',
      attrs: { ...combo, type: 'text', placeholder: search, spellcheck: 'false' },
    });
    this.#list = h('div', {
      id: list,
      class: 'pick-list',
      attrs: { role: 'listbox', 'aria-label': label, 'aria-multiselectable': 'true' },
    });
    this.#popup = h('div', { class: 'popup picker', hidden: true }, this.#search, this.#note, this.#list);
    this.root = h('div', { class: 'popup-anchor', id }, this.#trigger, this.#popup);
    this.#trigger.addEventListener('click', () => this.#toggle(this.#popup.hidden === true));
    this.#search.addEventListener('input', () => {
      this.#active = 0;
      this.#draw();
    });
    this.root.addEventListener('keydown', (event) => this.#key(event));
    closeOutside(this.root, () => this.#toggle(false));
    this.update([]);
  }

  update(picked: readonly string[]): void {
    this.#picked = picked;
    const { label } = this.options;
    setText(this.#trigger, picked.length === 0 ? label : `${label} (${picked.length})`);
    for (const row of this.#list.querySelectorAll<HTMLElement>('[data-key]')) {
      setAttr(row, 'aria-selected', String(picked.includes(row.dataset.key!)));
    }
  }

  #toggle(open: boolean): void {
    if (this.#popup.hidden !== open) return;
    setHidden(this.#popup, !open);
    setAttr(this.#trigger, 'aria-expanded', String(open));
    if (!open) return;
    this.#search.value = '';
    this.#search.focus();
    setText(this.#note, this.#rows.length === 0 ? texts.picker.loading : '');
    this.options.load().then(
      (rows) => {
        this.#rows = rows;
        this.#draw();
      },
      (error: unknown) => setText(this.#note, messageOf(error)),
    );
  }

  #draw(): void {
    const found = matching(this.#rows, this.#search.value);
    this.#shown = found.slice(0, MAX_ROWS);
    const { empty } = this.options;
    const more = found.length - this.#shown.length;
    setText(
      this.#note,
      this.#rows.length === 0
        ? empty
        : found.length === 0
          ? texts.picker.none
          : more > 0
            ? texts.picker.more(more)
            : '',
    );
    let group = '';
    const nodes: HTMLElement[] = [];
    for (const [index, row] of this.#shown.entries()) {
      if (row.group !== group && row.group !== '')
        nodes.push(h('div', { class: 'pick-group', text: row.group, attrs: { role: 'presentation' } }));
      group = row.group;
      nodes.push(this.#row(row, index));
    }
    this.#list.replaceChildren(...nodes);
    this.#activate(Math.min(this.#active, this.#shown.length - 1));
  }

  #row(row: PickRow, index: number): HTMLElement {
    const picked = this.#picked.includes(row.key);
    const name = h('span', { class: 'pick-title', text: row.title, title: row.title });
    if (row.badge !== '') name.append(' ', h('span', { class: 'badge', text: row.badge }));
    const attrs = { role: 'option', 'aria-selected': String(picked), id: `${this.options.id}-${index}` };
    const node = h(
      'div',
      { class: 'pick-row', attrs },
      h('span', { class: 'pick-check', attrs: { 'aria-hidden': 'true' } }),
      h('span', { class: 'pick-text' }, name, h('span', { class: 'hint', text: row.sub })),
      sparkline(row.spark),
      h('span', { class: 'pick-value', text: row.value }),
    );
    node.dataset.key = row.key;
    node.addEventListener('pointerdown', (event) => event.preventDefault());
    node.addEventListener('click', () => {
      this.#activate(index);
      this.#pick(row);
    });
    return node;
  }

  #pick({ key }: PickRow): void {
    const rest = this.#picked.filter((each) => each !== key);
    if (rest.length === this.#picked.length && rest.length >= this.options.most) {
      setText(this.#note, texts.picker.full(this.options.most));
      return;
    }
    const picked = rest.length < this.#picked.length ? rest : [...rest, key];
    this.update(picked);
    this.options.onPick(picked);
  }

  #activate(index: number): void {
    this.#active = Math.max(0, index);
    const rows = [...this.#list.querySelectorAll<HTMLElement>('[data-key]')];
    for (const [at, row] of rows.entries()) row.classList.toggle('active', at === this.#active);
    rows[this.#active]?.scrollIntoView({ block: 'nearest' });
    setAttr(this.#search, 'aria-activedescendant', rows[this.#active]?.id ?? null);
  }

  #key(event: KeyboardEvent): void {
    if (this.#popup.hidden) return;
    const row = this.#shown[this.#active];
    const actions: Readonly<Record<string, () => void>> = {
      ArrowDown: () => this.#activate(Math.min(this.#active + 1, this.#shown.length - 1)),
      ArrowUp: () => this.#activate(this.#active - 1),
      Enter: () => row !== undefined && this.#pick(row),
      Escape: () => {
        this.#toggle(false);
        this.#trigger.focus();
      },
    };
    if (!Object.hasOwn(actions, event.key)) return;
    actions[event.key]!();
    event.preventDefault();
    event.stopPropagation();
  }
}
