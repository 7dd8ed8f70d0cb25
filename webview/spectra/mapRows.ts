import { h, setAttr } from '../shared/dom';
import { type MatrixKey, matrixKey } from './data';
import type { CellPaint, MapDrawing } from './mapDrawing';

/** A cell of the page with what was painted into it last. */
interface Cell {
  readonly element: HTMLTableCellElement;
  painted: CellPaint | null;
  isSelected: boolean;
}

interface Row {
  readonly element: HTMLTableRowElement;
  readonly head: HTMLElement;
  readonly cells: readonly Cell[];
}

/** The rows of a heat map that are in view: only these exist, and a row that leaves the view shows another one. */
export class MapRows {
  readonly root = h('tbody', { attrs: { role: 'rowgroup' } });
  #shown = new Map<number, Row>();
  #spare: Row[] = [];
  #columns = 0;
  #pitch = 0;
  #places = new WeakMap<Element, readonly [row: number, column: number]>();

  /** Begins anew for a map of so many rows and columns; `pitch` is the height of a row in pixels. */
  reset({ columns, rows, pitch }: { readonly columns: number; readonly rows: number; readonly pitch: number }): void {
    this.#columns = columns;
    this.#pitch = pitch;
    this.root.style.height = `${rows * pitch}px`;
    this.#shown.clear();
    this.#spare = [];
    this.root.replaceChildren();
  }

  /** Shows the rows `from` to `to` (excluded); cells that already show what they should are left alone. */
  show(drawing: MapDrawing, [from, to]: readonly [number, number], selected: MatrixKey | null): void {
    for (const [index, row] of this.#shown) {
      if (index >= from && index < to) continue;
      this.#shown.delete(index);
      this.#spare.push(row);
      row.element.remove();
    }
    const key = selected === null ? '' : matrixKey(selected);
    for (let index = from; index < to; index++) {
      const row = this.#shown.get(index) ?? this.#take(index);
      const place = this.root.children[index - from] ?? null;
      // A row that stays is not moved: moving takes the focus away.
      if (place !== row.element) this.root.insertBefore(row.element, place);
      this.#paint(row, drawing.rows[index]!, key);
    }
  }

  /** The cell of the page; `undefined` for one out of view. */
  cell(row: number, column: number): HTMLTableCellElement | undefined {
    return this.#shown.get(row)?.cells[column]?.element;
  }

  placeOf(element: Element | null): readonly [row: number, column: number] | null {
    return (element && this.#places.get(element)) ?? null;
  }

  #take(index: number): Row {
    const row = this.#spare.pop() ?? makeRow(this.#columns);
    this.#shown.set(index, row);
    row.element.setAttribute('aria-rowindex', String(index + 2));
    row.element.style.top = `${index * this.#pitch}px`;
    for (const [c, { element }] of row.cells.entries()) this.#places.set(element, [index, c]);
    return row;
  }

  #paint({ head, cells }: Row, { label, cells: paints }: MapDrawing['rows'][number], selected: string): void {
    if (head.textContent !== label) head.textContent = label;
    for (const [c, cell] of cells.entries()) {
      const paint = paints[c]!;
      if (cell.painted !== paint) paintCell(cell.element, paint, cell.painted);
      cell.painted = paint;
      const isSelected = paint.key !== null && matrixKey(paint.key) === selected;
      if (isSelected !== cell.isSelected) cell.element.setAttribute('aria-selected', String(isSelected));
      cell.isSelected = isSelected;
    }
  }
}

function makeRow(columns: number): Row {
  const head = h('th', { attrs: { scope: 'row', role: 'rowheader' } });
  const cells = Array.from({ length: columns }, (_, c): Cell => {
    const attrs = { role: 'gridcell', tabindex: '-1', 'aria-selected': 'false', 'aria-colindex': String(c + 2) };
    return { element: h('td', { attrs }), painted: null, isSelected: false };
  });
  const element = h('tr', { attrs: { role: 'row' } }, head, ...cells.map((cell) => cell.element));
  return { element, head, cells };
}

function paintCell(element: HTMLTableCellElement, cell: CellPaint, before: CellPaint | null): void {
  if (cell.colour !== before?.colour) {
    element.style.backgroundColor = cell.colour ?? '';
    element.style.color = cell.ink;
  }
  if (cell.state !== before?.state) element.dataset.state = cell.state;
  if (cell.mark !== (before?.mark ?? null)) setAttr(element, 'data-mark', cell.mark);
  // Written by the style sheet: the label says the value in full, with its error.
  if (cell.text !== before?.text) element.setAttribute('data-text', cell.text);
  element.setAttribute('aria-label', cell.lines.join('. '));
}
