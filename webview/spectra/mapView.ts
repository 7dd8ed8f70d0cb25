import { h, setAttr, setHidden, setText } from '../shared/dom';
import type { Card } from './card';
import { type MatrixKey, matrixKey } from './data';
import type { CellPaint, MapDrawing } from './mapDrawing';
import { texts } from './texts';

/** Width of a cell from which its value is written into it, and least width of a cell. */
const TEXT_WIDTH = 40;
const LEAST_WIDTH = 14;
const LABEL_WIDTH = 62;
/** Width of a letter of a label, about. */
const LETTER_WIDTH = 7;

/** Height that the rows share. */
const ROOM = 330;

const STEPS: Readonly<Record<string, readonly [row: number, column: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
};

/** A heat map as a grid: arrow keys walk its cells, Enter or a click chooses one. */
export class MapView {
  readonly root: HTMLElement;
  readonly #table = h('table', { class: 'map', attrs: { role: 'grid' } });
  readonly #legend = h('div', { class: 'map-legend' });
  readonly #title = h('h3', { class: 'map-title' });
  #cells: HTMLTableCellElement[][] = [];
  #drawing: MapDrawing | null = null;
  #painted: MapDrawing | null = null;
  #shape = '';
  #roved: HTMLElement | undefined;
  #place: readonly [number, number] = [0, 0];

  constructor(
    readonly card: Card,
    readonly choose: (key: MatrixKey) => void,
  ) {
    const box = h('div', { class: 'map-scroll' }, this.#table);
    this.root = h('div', { class: 'map-box' }, this.#title, box, this.#legend);
    this.#table.addEventListener('keydown', (event) => this.#onKey(event));
    this.#table.addEventListener('click', (event) => this.#onClick(event));
    this.#table.addEventListener('pointerover', (event) => this.#onPoint(event));
    this.#table.addEventListener('pointerleave', () => this.card.hide());
    this.#table.addEventListener('focusin', () => this.#showCard());
    this.#table.addEventListener('focusout', () => this.card.hide());
    new ResizeObserver(() => this.#fit()).observe(box);
  }

  /** Shows a map; `selected` is the matrix whose spectrum is shown. The title is left out when it is empty. */
  update(drawing: MapDrawing, options: { readonly label: string; readonly selected: MatrixKey | null }): void {
    this.#drawing = drawing;
    setText(this.#title, drawing.title);
    setHidden(this.#title, drawing.title === '');
    setAttr(this.#table, 'aria-label', options.label);
    const shape = JSON.stringify([drawing.columns, drawing.rows.map(({ label }) => label)]);
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#build(drawing);
    }
    if (drawing !== this.#painted) {
      this.#painted = drawing;
      for (const [r, { cells }] of drawing.rows.entries()) {
        for (const [c, cell] of cells.entries()) paintCell(this.#cells[r]![c]!, cell);
      }
      this.#drawLegend(drawing);
    }
    this.#select(options.selected === null ? '' : matrixKey(options.selected));
  }

  #select(selected: string): void {
    for (const [r, { cells }] of this.#drawing!.rows.entries()) {
      for (const [c, { key }] of cells.entries()) {
        setAttr(this.#cells[r]![c]!, 'aria-selected', String(key !== null && matrixKey(key) === selected));
      }
    }
  }

  #build({ columns, rows }: MapDrawing): void {
    const heads = columns.map(({ label, title }, c) =>
      h('th', { text: label, title, attrs: { scope: 'col', role: 'columnheader', 'aria-colindex': String(c + 2) } }),
    );
    const corner = h('th', { class: 'corner', text: texts.map.corner, attrs: { scope: 'col', role: 'columnheader' } });
    this.#cells = rows.map(() => columns.map(() => h('td', { attrs: { role: 'gridcell', tabindex: '-1' } })));
    const lines = rows.map(({ label }, r) =>
      h(
        'tr',
        { attrs: { role: 'row' } },
        h('th', { text: label, attrs: { scope: 'row', role: 'rowheader' } }),
        ...this.#cells[r]!,
      ),
    );
    this.#table.replaceChildren(
      h('thead', { attrs: { role: 'rowgroup' } }, h('tr', { attrs: { role: 'row' } }, corner, ...heads)),
      h('tbody', { attrs: { role: 'rowgroup' } }, ...lines),
    );
    // Few rows are tall enough to fill the part; many stay readable and scroll.
    const height = Math.round(Math.min(34, Math.max(18, ROOM / Math.max(1, rows.length))));
    this.#table.style.setProperty('--cell-height', `${height}px`);
    this.#place = [Math.min(this.#place[0], rows.length - 1), Math.min(this.#place[1], columns.length - 1)];
    this.#rove();
    this.#fit();
  }

  #fit(): void {
    const columns = this.#cells[0]?.length ?? 0;
    this.#table.style.minWidth = `${LABEL_WIDTH + columns * LEAST_WIDTH}px`;
    const width = this.#cells[0]?.[0]?.clientWidth ?? 0;
    this.#table.classList.toggle('wordless', width < TEXT_WIDTH);
    // Where not every label has room, every second or third is shown in the room of its neighbours.
    const longest = Math.max(0, ...(this.#drawing?.columns ?? []).map(({ label }) => label.length));
    const every = Math.max(1, Math.ceil((longest * LETTER_WIDTH) / Math.max(1, width)));
    for (const [c, head] of [...this.#table.querySelectorAll('thead th[aria-colindex]')].entries()) {
      head.classList.toggle('unlabelled', c % every !== 0);
    }
  }

  /** One cell can be reached by Tab: where the keys were last. */
  #rove(): void {
    const cell = this.#cells[this.#place[0]]?.[this.#place[1]];
    this.#roved?.setAttribute('tabindex', '-1');
    cell?.setAttribute('tabindex', '0');
    this.#roved = cell;
  }

  #onKey(event: KeyboardEvent): void {
    const [rows, columns] = [this.#cells.length, this.#cells[0]?.length ?? 0];
    let [row, column] = this.#place;
    const step = STEPS[event.key];
    if (step !== undefined) [row, column] = [row + step[0], column + step[1]];
    else if (event.key === 'Home') [row, column] = [event.ctrlKey ? 0 : row, 0];
    else if (event.key === 'End') [row, column] = [event.ctrlKey ? rows - 1 : row, columns - 1];
    else if (event.key === 'Enter' || event.key === ' ') this.#chooseAt(row, column);
    else if (event.key === 'Escape') this.card.hide();
    else return;
    event.preventDefault();
    if (event.key === 'Enter' || event.key === ' ' || event.key === 'Escape') return;
    this.#go(Math.max(0, Math.min(rows - 1, row)), Math.max(0, Math.min(columns - 1, column)));
  }

  #go(row: number, column: number): void {
    this.#place = [row, column];
    this.#rove();
    this.#cells[row]?.[column]?.focus();
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
    const element = this.#cells[row]?.[column];
    if (cell === undefined || element === undefined || cell.state === 'none') this.card.hide();
    else this.card.show(element.getBoundingClientRect(), cell.lines);
  }

  #placeOf(event: Event): readonly [number, number] | null {
    const cell = (event.target as Element).closest('td');
    const row = this.#cells.findIndex((each) => cell !== null && each.includes(cell));
    return row < 0 ? null : [row, this.#cells[row]!.indexOf(cell!)];
  }

  #drawLegend({ legend }: MapDrawing): void {
    setHidden(this.#legend, legend === null);
    if (legend === null) return;
    const bar = h('span', { class: 'legend-bar' }, ...legend.stops.map(() => h('i')));
    legend.stops.forEach((stop, i) => {
      (bar.children[i] as HTMLElement).style.backgroundColor = stop;
    });
    const worse = (end: 'low' | 'high'): HTMLElement | null =>
      legend.worse === end ? h('span', { class: 'worse', text: texts.map.worse }) : null;
    const end = (name: 'low' | 'high'): HTMLElement =>
      h('span', { class: 'legend-end' }, worse(name), h('span', { text: legend[name] }));
    const middle = legend.middle === '' ? null : h('span', { class: 'legend-middle', text: legend.middle });
    this.#legend.replaceChildren(
      end('low'),
      h('span', { class: 'legend-scale' }, bar, middle ?? ''),
      end('high'),
      ...signs(),
    );
  }
}

/** What cells without a colour mean. */
function signs(): HTMLElement[] {
  const sign = (state: string, text: string): HTMLElement =>
    h('span', { class: 'legend-sign' }, h('i', { class: 'sign', attrs: { 'data-state': state } }), text);
  return [sign('refused', texts.map.refused), sign('waiting', texts.map.waiting)];
}

function paintCell(element: HTMLTableCellElement, cell: CellPaint): void {
  const { style, dataset } = element;
  const colour = cell.colour ?? '';
  if (dataset.colour !== colour) {
    dataset.colour = colour;
    style.backgroundColor = colour;
    style.color = cell.ink;
  }
  if (dataset.state !== cell.state) dataset.state = cell.state;
  setAttr(element, 'data-mark', cell.mark);
  // Written by the style sheet: the label says the value in full, with its error.
  setAttr(element, 'data-text', cell.text);
  setAttr(element, 'aria-label', cell.lines.join('. '));
}
