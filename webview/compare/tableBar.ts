import { button, h, setAttr, setHidden, setText } from '../shared/dom';
import { icon } from '../shared/icons';
import { chip, fill, select } from './chartBar';
import type { UiState } from './state';
import type { TableModel } from './tableModel';
import { texts } from './texts';

/** What is done above the table. */
export interface TableBarActions {
  readonly filter: (text: string) => void;
  readonly group: (column: string | null) => void;
  /** The series whose ends are compared; `null`: of each run its own. */
  readonly series: (name: string | null) => void;
  readonly clearBrushes: () => void;
  readonly showHidden: () => void;
  readonly draw: (what: 'first' | 'all' | 'none' | 'selected') => void;
  readonly openSelected: () => void;
  readonly pinSelected: () => void;
  readonly hideSelected: () => void;
  readonly diffSelected: () => void;
  readonly saveCsv: () => void;
  readonly copyMarkdown: () => void;
  readonly columns: () => void;
}

const NO_GROUP = '';

/** Filter, grouping, what can be done with the selected runs, and ways out of the table. */
export class TableBar {
  readonly root: HTMLElement;
  readonly columns: HTMLButtonElement;
  readonly #filter = h('input', {
    class: 'input filter',
    id: 'filter',
    title: texts.filter.title,
    attrs: {
      type: 'search',
      spellcheck: 'false',
      placeholder: texts.filter.placeholder,
      'aria-label': texts.filter.label,
      'aria-describedby': 'filter-faults',
    },
  });
  readonly #faults = h('div', { class: 'field-error', id: 'filter-faults', attrs: { 'aria-live': 'polite' } });
  readonly #group: HTMLSelectElement;
  readonly #series: HTMLSelectElement;
  readonly #draw: HTMLSelectElement;
  readonly #brushes: HTMLButtonElement;
  readonly #hidden: HTMLButtonElement;
  readonly #selection: HTMLElement;
  readonly #selected = h('span', { class: 'selected-count' });
  readonly #pin: HTMLButtonElement;

  constructor(actions: TableBarActions) {
    const { open, openTitle, hide, hideTitle, diff, diffTitle, pin, pinTitle, drawOnly } = texts.actions;
    const quiet = (label: string, title: string, onClick: () => void): HTMLButtonElement =>
      button({ label, title, class: 'button quiet', onClick });
    this.#filter.addEventListener('input', () => actions.filter(this.#filter.value));
    this.#group = select(texts.group.label, []);
    this.#group.addEventListener('change', () =>
      actions.group(this.#group.value === NO_GROUP ? null : this.#group.value),
    );
    this.#series = select(texts.series.label, []);
    this.#series.addEventListener('change', () => actions.series(this.#series.value || null));
    this.#draw = this.#drawChoice(actions);
    this.#brushes = chip(texts.chart.clearBrushes, actions.clearBrushes);
    this.#hidden = chip('', actions.showHidden);
    this.#hidden.title = texts.counts.showHidden;
    this.#pin = quiet(pin, pinTitle, actions.pinSelected);
    this.#selection = h(
      'span',
      { class: 'bar-group selection', hidden: true },
      this.#selected,
      quiet(open, openTitle, actions.openSelected),
      this.#pin,
      quiet(drawOnly, '', () => actions.draw('selected')),
      quiet(diff, diffTitle, actions.diffSelected),
      quiet(hide, hideTitle, actions.hideSelected),
    );
    this.columns = button({
      label: texts.columns.label,
      icon: icon('table'),
      class: 'button quiet',
      onClick: actions.columns,
    });
    setAttr(this.columns, 'aria-haspopup', 'dialog');
    const out = h(
      'span',
      { class: 'bar-group' },
      this.columns,
      quiet(texts.table.csv, texts.table.csvTitle, actions.saveCsv),
      quiet(texts.table.markdown, texts.table.markdownTitle, actions.copyMarkdown),
    );
    this.root = h(
      'div',
      {},
      h(
        'div',
        { class: 'bar table-bar' },
        this.#filter,
        this.#group,
        this.#series,
        this.#draw,
        this.#brushes,
        this.#hidden,
        this.#selection,
        h('span', { class: 'spacer' }),
        out,
      ),
      this.#faults,
    );
  }

  /** `series` are those that the runs can be compared by. */
  draw(
    ui: UiState,
    model: TableModel,
    { groups, series }: { groups: readonly (readonly [id: string, label: string])[]; series: readonly string[] },
  ): void {
    if (document.activeElement !== this.#filter && this.#filter.value !== ui.filter) this.#filter.value = ui.filter;
    setAttr(this.#filter, 'aria-invalid', model.faults.length > 0 ? 'true' : null);
    setText(this.#faults, model.faults.join(' '));
    this.#drawGroups(groups, ui.group ?? NO_GROUP);
    const chosen = ui.series === null || series.includes(ui.series) ? series : [...series, ui.series];
    setHidden(this.#series, chosen.length < 2);
    const named = chosen.map((name) => [name, texts.series.by(name.replaceAll('_', ' '))] as const);
    fill(this.#series, [['', texts.series.own], ...named], ui.series ?? '');
    setHidden(this.#brushes, Object.keys(ui.brushes).length === 0);
    setHidden(this.#hidden, model.hiddenCount === 0);
    setText(this.#hidden.firstElementChild!, texts.counts.hidden(`${model.hiddenCount}`));
    const count = model.selected.length;
    setHidden(this.#selection, count === 0);
    setText(this.#selected, texts.counts.selected(`${count}`));
    setHidden(this.#pin, count !== 1);
    setText(
      this.#pin.firstElementChild!,
      ui.pinned !== null && model.selected[0]?.id === ui.pinned ? texts.actions.unpin : texts.actions.pin,
    );
  }

  #drawGroups(groups: readonly (readonly [string, string])[], chosen: string): void {
    const choices: (readonly [string, string])[] = [
      [NO_GROUP, texts.group.none],
      ...groups.map(([id, label]) => [id, texts.group.by(label)] as const),
    ];
    fill(this.#group, choices, chosen);
  }

  /** A choice that does something and falls back to its head. */
  #drawChoice(actions: TableBarActions): HTMLSelectElement {
    const { drawFirst, drawAll, drawNone, drawWhich } = texts.actions;
    const choice = select(texts.table.tickAll, [
      ['', drawWhich],
      ['first', drawFirst],
      ['all', drawAll],
      ['none', drawNone],
    ]);
    choice.addEventListener('change', () => {
      actions.draw(choice.value as 'first' | 'all' | 'none');
      choice.value = '';
    });
    return choice;
  }
}
