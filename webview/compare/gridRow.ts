import { h, setAttr, setText } from '../shared/dom';
import { formatInterval, formatLoss } from '../shared/numbers';
import { type CellContext, type CellView, makeCell } from './cells';
import type { Look } from './colours';
import { type Column, configText } from './columns';
import type { Entry } from './entry';
import type { Group, Line } from './order';
import { texts } from './texts';

/** How a row of the table stands out. */
export interface RowLook {
  readonly look: Look | null;
  readonly isSelected: boolean;
  readonly isPinned: boolean;
}

/** One row of the table, which shows one line after another as the table scrolls. */
export class GridRow {
  readonly root = h('div', { class: 'row', attrs: { role: 'row' } });
  readonly #tick = h('span', { class: 'tick', attrs: { role: 'checkbox', tabindex: '-1' } });
  readonly #pin = h('span', { class: 'pin', text: texts.table.pinned });
  readonly #cells: readonly CellView[];
  readonly #group = h('div', { class: 'cell group-cell', attrs: { role: 'gridcell' } });
  readonly #groupParts = ['group-name', 'group-count', 'group-mean', 'group-best'].map((name) =>
    h('span', { class: name }),
  );
  line: Line | null = null;
  /** The model that it was drawn from: nothing has to be done again for the same one. */
  shows: object | null = null;

  constructor(columns: readonly Column[]) {
    const tickCell = h(
      'div',
      { class: 'cell tick-cell', attrs: { role: 'gridcell', 'aria-colindex': '1' } },
      this.#tick,
    );
    this.#cells = columns.map((column, i) => {
      const cell = makeCell(column);
      cell.root.setAttribute('aria-colindex', `${i + 2}`);
      return cell;
    });
    this.#group.append(h('span', { class: 'twist', attrs: { 'aria-hidden': 'true' } }), ...this.#groupParts);
    this.#group.setAttribute('aria-colspan', `${columns.length + 1}`);
    this.root.append(tickCell, ...this.#cells.map(({ root }) => root), this.#group);
    this.#cells[0]?.root.classList.add('name-cell');
  }

  /** Shows a line as row `index` of the table, counted from 0 without its head. */
  show(line: Line, index: number, { look, isSelected, isPinned }: RowLook, context: CellContext): void {
    const { root } = this;
    this.line = line;
    setAttr(root, 'aria-rowindex', `${index + 2}`);
    root.dataset.kind = line.kind;
    if (line.kind === 'group') {
      this.#showGroup(line.group, line.isOpen);
      return;
    }
    const { entry } = line;
    setAttr(root, 'aria-selected', String(isSelected));
    setAttr(root, 'aria-expanded', null);
    root.dataset.run = entry.id;
    root.classList.toggle('pinned', isPinned);
    this.#showTick(entry, look);
    for (const cell of this.#cells) cell.show(entry, context);
    if (isPinned) this.#cells[0]?.root.prepend(this.#pin);
  }

  /** Gives the cells ids, so that the table can say which one is active. */
  cellId(column: number): string {
    const cell = this.line?.kind === 'group' ? this.#group : this.root.children[column];
    if (!(cell instanceof HTMLElement)) return '';
    cell.id ||= `cell-${nextId++}`;
    return cell.id;
  }

  #showTick(entry: Entry, look: Look | null): void {
    const tick = this.#tick;
    setAttr(tick, 'aria-checked', String(look !== null));
    setAttr(tick, 'aria-label', texts.table.tick(entry.row.name));
    tick.style.setProperty('--run-colour', look?.colour ?? 'transparent');
    tick.dataset.dash = look === null ? '' : String(look.dash.length);
  }

  #showGroup({ value, entries, final }: Group, isOpen: boolean): void {
    const { root } = this;
    root.dataset.run = '';
    root.classList.remove('pinned');
    setAttr(root, 'aria-selected', null);
    setAttr(root, 'aria-expanded', String(isOpen));
    const [name, count, mean, best] = this.#groupParts;
    setText(name!, value === null || value === undefined ? texts.group.unset : configText(value));
    setText(count!, texts.groupSummary(entries.length));
    const sd = final?.sd ?? null;
    const said =
      final &&
      (sd === null
        ? formatLoss(final.mean)
        : formatInterval({ value: final.mean, interval: [final.mean - sd, final.mean + sd] }));
    setText(mean!, said === null ? '' : texts.groupMean(said));
    mean!.title = texts.groupMeanTitle(final?.count ?? 0);
    setText(best!, final === null ? '' : texts.groupBest(formatLoss(final.best)));
  }
}

let nextId = 1;
