import { MAX_SERIES_PER_FILE } from '../../limits';
import type { RecordSink, SeriesHandle } from '../format';
import { canonicalSeries } from '../keys';
import { type EpochSteps, NO_EPOCHS, nextPlace, stepOverEpochs } from '../text/epochSteps';
import { TextCheck } from '../text/textCheck';
import { cellText, type Layout, numberOf } from './layout';
import { setOf } from './rowSort';
import { type Cell, splitRow } from './rows';

/**
 * Turns the rows of a table into points whose meaning a word in each row tells: the set that it is about (`epoch,phase,loss`)
 * or the quantity that its number is (`step,metric,value`).
 */
export class SortedRows {
  readonly check = new TextCheck();
  readonly #handles = new Map<string, SeriesHandle>();
  #rows = 0;
  #epochs: EpochSteps = NO_EPOCHS;

  constructor(readonly layout: Layout) {}

  /** Reads the rows [from, to), whose first byte is at `offset` of the file. */
  read(bytes: Uint8Array, from: number, to: number, offset: number, sink: RecordSink): void {
    for (let at = from; at < to; ) {
      const { cells, next } = splitRow(bytes, at, to, this.layout.delimiter);
      this.check.line(bytes, at, next, offset + at - from, sink);
      this.#row(bytes, cells, sink);
      at = next;
    }
  }

  /** Reads the unfinished row [from, to) and leaves no trace here. A row without all its cells is not read. */
  readAhead(bytes: Uint8Array, from: number, to: number, _offset: number, sink: RecordSink): void {
    const { cells } = splitRow(bytes, from, to, this.layout.delimiter);
    if (cells.length !== this.layout.columns.length) return;
    const saved = { rows: this.#rows, epochs: this.#epochs };
    this.#row(bytes, cells, sink);
    this.#rows = saved.rows;
    this.#epochs = saved.epochs;
  }

  #row(bytes: Uint8Array, cells: readonly Cell[], sink: RecordSink): void {
    const { axis, epoch, columns, decimalComma } = this.layout;
    const sort = this.layout.sort!;
    const number = (column: number) => {
      const cell = cells[column];
      return cell === undefined ? undefined : numberOf(cellText(bytes, cell).replace(/%$/, ''), decimalComma);
    };
    const word = cells[sort.column];
    let x = axis < 0 ? ++this.#rows : number(axis);
    if (x === undefined || !Number.isFinite(x) || word === undefined) return;
    const text = cellText(bytes, word);
    if (sort.value !== undefined) {
      const value = number(sort.value);
      if (value !== undefined && text !== '') this.#point(text, x, value, sink);
      return;
    }
    const set = setOf(text);
    if (set === undefined) return;
    const place = epoch < 0 ? undefined : number(epoch);
    if (place !== undefined && set === '') {
      this.#epochs = nextPlace(this.#epochs, { epoch: place, step: x, total: 0, epochs: 0, isWithin: false });
      x = stepOverEpochs(this.#epochs);
    } else if (place !== undefined && this.#epochs.perEpoch > 0) x = stepOverEpochs(this.#epochs);
    for (const [c, { label, role }] of columns.entries()) {
      if (c === axis || c === sort.column || role !== 'series') continue;
      const value = number(c);
      if (value !== undefined) this.#point(set === '' ? label : `${set}/${label}`, x, value, sink);
    }
  }

  #point(label: string, step: number, value: number, sink: RecordSink): void {
    const { name, scale } = canonicalSeries(label);
    let handle = this.#handles.get(label);
    if (handle === undefined) {
      if (this.#handles.size >= MAX_SERIES_PER_FILE) return;
      handle = sink.series(label, name);
      this.#handles.set(label, handle);
    }
    sink.point(handle, step, value * scale);
  }
}
