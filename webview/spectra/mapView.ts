import { h, setAttr, setHidden, setText } from '../shared/dom';
import { perFrame } from '../shared/timing';
import type { Card } from './card';
import type { MatrixKey } from './data';
import type { MapDrawing } from './mapDrawing';
import { drawLegend } from './mapLegend';
import { MapRows } from './mapRows';
import { texts } from './texts';

/** Width of a cell from which its value is written into it, and least width of a cell. */
const TEXT_WIDTH = 40;
const LEAST_WIDTH = 14;
const LABEL_WIDTH = 62;
/** Width of a letter of a label, about. */
const LETTER_WIDTH = 7;

/** Height that the rows share, and height of the part that scrolls: `.map-scroll` of the style sheet. */
const ROOM = 330;
const VIEW = 520;
/** Height of the heads of the columns, and of the line between two rows: both of the style sheet. */
const HEAD = 22;
const GAP = 1;
/** Height of a bar that scrolls sideways, at most. */
const SCROLLBAR = 16;
/** Rows made above and below those in view. */
const SPARE = 3;

const STEPS: Readonly<Record<string, readonly [row: number, column: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
};

/** A heat map as a grid: arrow keys walk its cells, Enter or a click chooses one. Only the rows in view exist. */
export class MapView {
  readonly root: HTMLElement;
  readonly #table = h('table', { class: 'map', attrs: { role: 'grid', tabindex: '-1' } });
  readonly #heads = h('tr', { attrs: { role: 'row', 'aria-rowindex': '1' } });
  readonly #rows = new MapRows();
  readonly #box = h('div', { class: 'map-scroll' }, this.#table);
  readonly #legend = h('div', { class: 'map-legend' });
  readonly #title = h('h3', { class: 'map-title' });
  readonly #scrolled = perFrame(() => {
    this.#top = this.#box.scrollTop;
    this.#paint();
  });
  #drawing: MapDrawing | null = null;
  #explained: MapDrawing | null = null;
  #selected: MatrixKey | null = null;
  #shape = '';
  #roved: HTMLElement | undefined;
  #place: readonly [number, number] = [0, 0];
  /** Height of a row, and how far the rows are scrolled: known here so that nothing has to be laid out to be told. */
  #pitch = 1;
  #top = 0;

  constructor(
    readonly card: Card,
    readonly choose: (key: MatrixKey) => void,
  ) {
    this.root = h('div', { class: 'map-box' }, this.#title, this.#box, this.#legend);
    this.#table.append(h('thead', { attrs: { role: 'rowgroup' } }, this.#heads), this.#rows.root);
    this.#box.addEventListener('scroll', this.#scrolled);
    this.#table.addEventListener('keydown', (event) => this.#onKey(event));
    this.#table.addEventListener('click', (event) => this.#onClick(event));
    this.#table.addEventListener('pointerover', (event) => this.#onPoint(event));
    this.#table.addEventListener('pointerleave', () => this.card.hide());
    this.#table.addEventListener('focusin', () => this.#showCard());
    this.#table.addEventListener('focusout', () => this.card.hide());
    new ResizeObserver(([entry]) => this.#fit(entry!.contentRect.width)).observe(this.#box);
  }

  /** Shows a map; `selected` is the matrix whose spectrum is shown. The title is left out when it is empty. */
  update(drawing: MapDrawing, options: { readonly label: string; readonly selected: MatrixKey | null }): void {
    this.#drawing = drawing;
    this.#selected = options.selected;
    setText(this.#title, drawing.title);
    setHidden(this.#title, drawing.title === '');
    setAttr(this.#table, 'aria-label', options.label);
    const shape = JSON.stringify([drawing.columns, drawing.rows.length]);
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#build(drawing);
    }
    if (drawing !== this.#explained) drawLegend(this.#legend, drawing);
    this.#explained = drawing;
    this.#paint();
  }

  #build({ columns, rows }: MapDrawing): void {
    const heads = columns.map(({ label, title }, c) =>
      h('th', { text: label, title, attrs: { scope: 'col', role: 'columnheader', 'aria-colindex': String(c + 2) } }),
    );
    const corner = h('th', { class: 'corner', text: texts.map.corner, attrs: { scope: 'col', role: 'columnheader' } });
    this.#heads.replaceChildren(corner, ...heads);
    this.#table.style.setProperty('--columns', String(columns.length));
    setAttr(this.#table, 'aria-rowcount', String(rows.length + 1));
    setAttr(this.#table, 'aria-colcount', String(columns.length + 1));
    // Few rows are tall enough to fill the part; many stay readable and scroll.
    const height = Math.round(Math.min(34, Math.max(18, ROOM / Math.max(1, rows.length))));
    this.#table.style.setProperty('--cell-height', `${height}px`);
    this.#pitch = height + GAP;
    this.#rows.reset({ columns: columns.length, rows: rows.length, pitch: this.#pitch });
    this.#place = [Math.min(this.#place[0], rows.length - 1), Math.min(this.#place[1], columns.length - 1)];
    this.#fit(this.#width);
  }

  #paint(): void {
    const drawing = this.#drawing;
    if (drawing === null) return;
    const count = drawing.rows.length;
    const first = Math.min(Math.floor(this.#top / this.#pitch), Math.max(0, count - Math.floor(VIEW / this.#pitch)));
    const from = Math.max(0, first - SPARE);
    const to = Math.min(count, first + Math.ceil(VIEW / this.#pitch) + SPARE);
    const focused = this.#table.contains(document.activeElement);
    this.#rows.show(drawing, [from, to], this.#selected);
    // The keys go on from a cell that was scrolled away.
    if (focused && !this.#table.contains(document.activeElement)) this.#table.focus({ preventScroll: true });
    this.#rove();
  }

  #width = 0;

  /** Cells of a box of so many pixels. */
  #fit(width: number): void {
    this.#width = width;
    const columns = this.#drawing?.columns ?? [];
    this.#table.style.minWidth = `${LABEL_WIDTH + columns.length * LEAST_WIDTH}px`;
    const room = Math.max(LEAST_WIDTH, (width - LABEL_WIDTH) / Math.max(1, columns.length) - GAP);
    this.#table.classList.toggle('wordless', room < TEXT_WIDTH);
    // Where not every label has room, every second or third is shown in the room of its neighbours.
    const longest = Math.max(0, ...columns.map(({ label }) => label.length));
    const every = Math.max(1, Math.ceil((longest * LETTER_WIDTH) / room));
    for (const [c, head] of [...this.#heads.children].slice(1).entries()) {
      head.classList.toggle('unlabelled', c % every !== 0);
    }
  }

  /** One cell can be reached by Tab: where the keys were last; the grid itself while that cell is out of view. */
  #rove(): void {
    const cell = this.#rows.cell(...this.#place) ?? this.#table;
    if (cell === this.#roved) return;
    this.#roved?.setAttribute('tabindex', '-1');
    cell.setAttribute('tabindex', '0');
    this.#roved = cell;
  }

  #onKey(event: KeyboardEvent): void {
    const { rows = [], columns = [] } = this.#drawing ?? {};
    let [row, column] = this.#place;
    const step = STEPS[event.key];
    if (step !== undefined) [row, column] = [row + step[0], column + step[1]];
    else if (event.key === 'Home') [row, column] = [event.ctrlKey ? 0 : row, 0];
    else if (event.key === 'End') [row, column] = [event.ctrlKey ? rows.length - 1 : row, columns.length - 1];
    else if (event.key === 'Enter' || event.key === ' ') this.#chooseAt(row, column);
    else if (event.key === 'Escape') this.card.hide();
    else return;
    event.preventDefault();
    if (event.key === 'Enter' || event.key === ' ' || event.key === 'Escape') return;
    this.#go(Math.max(0, Math.min(rows.length - 1, row)), Math.max(0, Math.min(columns.length - 1, column)));
  }

  #go(row: number, column: number): void {
    this.#place = [row, column];
    // Whole rows are brought into view, so that the browser does not have to look for the cell.
    const top = row * this.#pitch;
    const room = VIEW - HEAD - SCROLLBAR - this.#pitch;
    const wanted = Math.max(top - room, Math.min(top, this.#top));
    if (wanted !== this.#top) {
      this.#top = wanted;
      this.#paint();
      this.#box.scrollTop = wanted;
    }
    this.#rove();
    this.#rows.cell(row, column)?.focus();
  }

  #chooseAt(row: number, column: number): void {
    const key = this.#drawing?.rows[row]?.cells[column]?.key ?? null;
    if (key !== null) this.choose(key);
  }

  #onClick(event: Event): void {
    const place = this.#placeOf(event);
    if (place === null) return;
    this.#go(...place);
    this.#chooseAt(...place);
  }

  #onPoint(event: Event): void {
    const place = this.#placeOf(event);
    if (place === null) this.card.hide();
    else this.#cardAt(...place);
  }

  #showCard(): void {
    if (this.#table.matches(':has(:focus-visible)')) this.#cardAt(...this.#place);
  }

  #cardAt(row: number, column: number): void {
    const cell = this.#drawing?.rows[row]?.cells[column];
    const element = this.#rows.cell(row, column);
    if (cell === undefined || element === undefined || cell.state === 'none') this.card.hide();
    else this.card.show(element.getBoundingClientRect(), cell.lines);
  }

  #placeOf(event: Event): readonly [number, number] | null {
    return this.#rows.placeOf((event.target as Element).closest('td'));
  }
}
