import type { RunId } from '../../src/core/model';
import { h, setAttr, setText } from '../shared/dom';
import { perFrame } from '../shared/timing';
import type { CellContext } from './cells';
import type { Look } from './colours';
import type { Column } from './columns';
import { type GridActions, HEAD, moveOf, type Place, runKey } from './gridKeys';
import { GridRow } from './gridRow';
import type { Line, Sorting } from './order';
import { texts } from './texts';

/** What the table shows. */
export interface GridModel {
  readonly lines: readonly Line[];
  readonly columns: readonly Column[];
  readonly sorting: Sorting;
  readonly context: CellContext;
  readonly lookOf: (run: RunId) => Look | null;
  readonly isSelected: (run: RunId) => boolean;
  readonly pinned: RunId | null;
}

const ROW_HEIGHT = 26;
const HEAD_HEIGHT = 28;
const TICK_WIDTH = 30;
/** Rows made above and below those in view. */
const SPARE = 4;

/** The table of runs. Only the rows in view exist; they are reused as it scrolls. */
export class GridView {
  readonly root = h('div', {
    class: 'grid',
    attrs: { role: 'grid', tabindex: '0', 'aria-multiselectable': 'true', 'aria-label': texts.table.label },
  });
  readonly #head = h('div', { class: 'row head', attrs: { role: 'row', 'aria-rowindex': '1' } });
  readonly #body = h('div', { class: 'grid-body', attrs: { role: 'rowgroup' } });
  readonly #paintLater = perFrame(() => this.#paint());
  #rows: GridRow[] = [];
  #columnKey = '';
  #model: GridModel | null = null;
  #active: Place = { index: 0, column: 1 };
  #anchor = 0;
  #hovered: RunId | null = null;
  #range: readonly [number, number] = [0, 0];
  /** How far it is scrolled and how high it is, as it was told: asking for it would lay out the page. */
  #top = 0;
  #height = 0;

  constructor(readonly actions: GridActions) {
    this.root.append(h('div', { attrs: { role: 'rowgroup' }, class: 'head-group' }, this.#head), this.#body);
    this.root.addEventListener('scroll', () => {
      this.#top = this.root.scrollTop;
      this.#paintLater();
      actions.scrolled();
    });
    new ResizeObserver(([entry]) => {
      this.#height = entry!.contentRect.height;
      this.#paintLater();
      actions.scrolled();
    }).observe(this.root);
    this.root.addEventListener('keydown', (event) => this.#key(event));
    this.#body.addEventListener('click', (event) => this.#click(event));
    this.#body.addEventListener('dblclick', (event) => {
      const line = this.#lineAt(event);
      if (line?.kind === 'run') actions.open(line.entry.id);
    });
    this.#body.addEventListener('mousemove', (event) => {
      const line = this.#lineAt(event);
      this.#hover(line?.kind === 'run' ? line.entry.id : null);
    });
    this.#body.addEventListener('mouseleave', () => this.#hover(null));
  }

  draw(model: GridModel): void {
    this.#model = model;
    const key = model.columns.map(({ id, label }) => `${id} ${label}`).join('\n');
    if (key !== this.#columnKey) this.#setColumns(model.columns);
    this.#columnKey = key;
    this.#drawSorting(model.sorting);
    setAttr(this.root, 'aria-rowcount', `${model.lines.length + 1}`);
    setAttr(this.root, 'aria-colcount', `${model.columns.length + 1}`);
    this.#body.style.height = `${model.lines.length * ROW_HEIGHT}px`;
    this.#active = { ...this.#active, index: Math.min(this.#active.index, model.lines.length - 1) };
    this.#paint();
  }

  /** Runs in view, from above. */
  visible(): RunId[] {
    const [from, to] = this.#span();
    return (this.#model?.lines ?? []).slice(from, to).flatMap((line) => (line.kind === 'run' ? [line.entry.id] : []));
  }

  /** Marks the row of a run that is pointed at elsewhere. */
  mark(run: RunId | null): void {
    this.#hovered = run;
    for (const { root } of this.#rows) root.classList.toggle('hovered', run !== null && root.dataset.run === run);
  }

  #setColumns(columns: readonly Column[]): void {
    const widths = [TICK_WIDTH, ...columns.map(({ width }) => width)];
    const tracks = widths.map((width, i) => (i === 1 ? `minmax(${width}px, 1fr)` : `${width}px`));
    this.root.style.setProperty('--columns', tracks.join(' '));
    this.root.style.setProperty('--row-width', `${widths.reduce((sum, width) => sum + width, 0)}px`);
    const tickHead = h(
      'div',
      { class: 'cell tick-cell', id: 'head-0', attrs: { role: 'columnheader', 'aria-colindex': '1' } },
      h('span', { class: 'sr-only', text: texts.table.tickHead }),
    );
    const heads = columns.map((column, i) => {
      const button = h(
        'button',
        { class: 'sort', title: column.title, attrs: { type: 'button', tabindex: '-1' } },
        h('span', { text: column.label }),
        h('span', { class: 'arrow', attrs: { 'aria-hidden': 'true' } }),
      );
      button.addEventListener('click', () => this.actions.sort(column.id));
      const cell = h(
        'div',
        { class: `cell ${column.kind}`, attrs: { role: 'columnheader', 'aria-colindex': `${i + 2}` } },
        button,
      );
      cell.dataset.column = column.id;
      cell.id = `head-${i + 1}`;
      if (i === 0) cell.classList.add('name-cell');
      return cell;
    });
    this.#head.replaceChildren(tickHead, ...heads);
    this.#rows = [];
    this.#body.replaceChildren();
  }

  #drawSorting({ column, descending }: Sorting): void {
    for (const cell of this.#head.children) {
      const isSorted = cell instanceof HTMLElement && cell.dataset.column === column;
      setAttr(cell, 'aria-sort', isSorted ? (descending ? 'descending' : 'ascending') : null);
      const arrow = cell.querySelector('.arrow');
      if (arrow !== null) setText(arrow, isSorted ? (descending ? '↓' : '↑') : '');
    }
  }

  /** Lines in view with some above and below. */
  #span(): readonly [number, number] {
    const count = this.#model?.lines.length ?? 0;
    const inView = Math.ceil(this.#height / ROW_HEIGHT);
    const first = Math.min(Math.floor(this.#top / ROW_HEIGHT), Math.max(0, count - inView + 1));
    return [Math.max(0, first - SPARE), Math.min(count, first + inView + 1 + SPARE)];
  }

  #paint(): void {
    const model = this.#model;
    if (model === null) return;
    this.#range = this.#span();
    const [from, to] = this.#range;
    // A line keeps its row while it is in view: rows are chosen by the remainder of its index.
    const size = Math.max(this.#rows.length, to - from);
    while (this.#rows.length < size) {
      const row = new GridRow(model.columns);
      this.#rows.push(row);
      this.#body.append(row.root);
    }
    const used = new Set<GridRow>();
    for (let index = from; index < to; index++) {
      const row = this.#rows[index % size]!;
      used.add(row);
      this.#show(row, index, model);
    }
    for (const row of this.#rows) row.root.style.display = used.has(row) ? '' : 'none';
    this.#drawActive();
  }

  #show(row: GridRow, index: number, model: GridModel): void {
    const line = model.lines[index]!;
    if (row.shows === model && row.line === line) return;
    row.shows = model;
    const run = line.kind === 'run' ? line.entry.id : null;
    row.root.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
    row.root.classList.toggle('hovered', run !== null && run === this.#hovered);
    const look = run === null ? null : model.lookOf(run);
    const isSelected = run !== null && model.isSelected(run);
    row.show(line, index, { look, isSelected, isPinned: run !== null && run === model.pinned }, model.context);
  }

  #rowOf(index: number): GridRow | undefined {
    const [from, to] = this.#range;
    return index >= from && index < to ? this.#rows[index % this.#rows.length] : undefined;
  }

  #drawActive(): void {
    for (const cell of this.#body.querySelectorAll('.active')) cell.classList.remove('active');
    for (const cell of this.#head.querySelectorAll('.active')) cell.classList.remove('active');
    const { index, column } = this.#active;
    const id = index === HEAD ? this.#head.children[column]?.id : this.#rowOf(index)?.cellId(column);
    setAttr(this.root, 'aria-activedescendant', id || null);
    if (id) document.getElementById(id)?.classList.add('active');
  }

  #lineAt(event: Event): Line | null {
    const row = (event.target as Element).closest('.row');
    return this.#rows.find(({ root }) => root === row)?.line ?? null;
  }

  #hover(run: RunId | null): void {
    if (run === this.#hovered) return;
    this.mark(run);
    this.actions.hover(run);
  }

  #click(event: MouseEvent): void {
    const line = this.#lineAt(event);
    const index = line === null ? -1 : this.#model!.lines.indexOf(line);
    if (line === null || index < 0) return;
    const cell = (event.target as Element).closest('.cell');
    const column = cell === null || line.kind === 'group' ? 1 : [...cell.parentElement!.children].indexOf(cell);
    this.#active = { index, column };
    this.#drawActive();
    if (line.kind === 'group') this.actions.toggleGroup(line.group.key);
    else if (column === 0) this.actions.tick(line.entry.id);
    else if (event.shiftKey) this.#selectTo(index);
    else {
      this.#anchor = index;
      this.actions.select([line.entry.id], event.ctrlKey || event.metaKey ? 'toggle' : 'only');
    }
  }

  #selectTo(index: number): void {
    const [from, to] = [Math.min(index, this.#anchor), Math.max(index, this.#anchor)];
    const lines = this.#model!.lines.slice(from, to + 1);
    this.actions.select(
      lines.flatMap((line) => (line.kind === 'run' ? [line.entry.id] : [])),
      'only',
    );
  }

  #key(event: KeyboardEvent): void {
    const { lines } = this.#model ?? { lines: [] };
    const move = moveOf(event.key, this.#active, { lines: lines.length, columns: this.#head.children.length });
    if (move !== null && !event.altKey) {
      event.preventDefault();
      this.#moveTo(move, event.shiftKey);
      return;
    }
    if (this.#active.index === HEAD && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      const column = this.#model?.columns[this.#active.column - 1];
      if (column !== undefined) this.actions.sort(column.id);
      return;
    }
    const line = lines[this.#active.index];
    if (line === undefined || (event.target as Element).closest('button') !== null) return;
    const done = line.kind === 'group' ? this.#groupKey(event, line) : runKey(event, line.entry.id, this.actions);
    if (done) event.preventDefault();
  }

  #moveTo(place: Place, extends_: boolean): void {
    this.#active = place;
    const { column } = place;
    const top = Math.max(0, this.#active.index) * ROW_HEIGHT;
    const { clientHeight } = this.root;
    const wanted = Math.max(top + ROW_HEIGHT + HEAD_HEIGHT - clientHeight, Math.min(top, this.#top));
    if (wanted !== this.#top) this.root.scrollTop = wanted;
    this.#top = wanted;
    this.#paint();
    const cell = document.getElementById(this.root.getAttribute('aria-activedescendant') ?? '');
    if (cell !== null && column > 1) cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    if (column <= 1) this.root.scrollLeft = 0;
    const line = this.#model!.lines[this.#active.index];
    if (extends_ && line !== undefined) this.#selectTo(this.#active.index);
    else this.#anchor = Math.max(0, this.#active.index);
    this.#hover(line?.kind === 'run' ? line.entry.id : null);
  }

  #groupKey({ key }: KeyboardEvent, line: Line & { kind: 'group' }): boolean {
    if (key !== 'Enter' && key !== ' ') return false;
    this.actions.toggleGroup(line.group.key);
    return true;
  }
}
