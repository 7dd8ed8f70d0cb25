import { MAX_ISSUES_PER_FILE } from '../../limits';
import type { RecordSink, SeriesHandle } from '../format';
import { RepeatedRows, type RowClaim, type RowColumn, type RowPlace } from '../rows/repeatedRows';
import { type RowCell, CellKind as RowCellKind } from '../rows/rowTemplate';
import { type EpochSteps, NO_EPOCHS, nextPlace, stepOverEpochs } from '../text/epochSteps';
import { numberValue } from '../text/number';
import { TextCheck } from '../text/textCheck';
import { cellText, columnsOf, isEmptyRow, type Layout, MAX_COLUMNS, numberOf } from './layout';
import { readDecimal } from './readDecimal';
import { cellEnd, splitRow, trimCell } from './rows';

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const MS_SINCE_1970 = 1e11;
/** Length of a cell that can be a number. */
const MAX_NUMBER = 64;

/** What a cell of the row being read holds. */
enum CellKind {
  Nothing,
  Number,
  Text,
}

/** What rows change; restored after an unfinished row was read ahead. */
interface RowState {
  rows: number;
  missing: boolean;
  total: number;
  uneven: number;
  epochs: EpochSteps;
}

/**
 * Turns the rows of one table into points. Its members are plain properties: private names made reading half as fast
 * once a process had opened several tables.
 */
export class TableRows {
  layout: Layout;
  state: RowState = { rows: 0, missing: false, total: 0, uneven: 0, epochs: NO_EPOCHS };
  /** By column: its series (-2 before the first point), and kind and number of its cell in the row being read. */
  handles: SeriesHandle[] = [];
  kinds = new Uint8Array(0);
  values = new Float64Array(0);
  /** Columns of series and their scales, and columns of planned steps. */
  series = new Int32Array(0);
  scales = new Float64Array(0);
  totals: readonly number[] = [];
  /** Whether the row read last has all its cells and gave points only. */
  plain = false;
  readonly repeated = new RepeatedRows();
  readonly check = new TextCheck();

  constructor(layout: Layout) {
    this.layout = layout;
    this.use(layout);
  }

  /** Reads the rows [from, to), whose first byte is at `offset` of the file. */
  read(bytes: Uint8Array, from: number, to: number, offset: number, sink: RecordSink): void {
    const { repeated, state } = this;
    repeated.take(bytes);
    for (let at = from; at < to; ) {
      const start = at;
      const end = this.readRow(bytes, start, to, offset + start - from, sink, false);
      this.check.line(bytes, start, end, offset + start - from, sink);
      if (this.plain && repeated.listens) repeated.claim(start, end, () => this.claim(bytes, start, end), this.place());
      at = repeated.read(end, sink, state.rows + 1);
      state.rows += repeated.count;
      if (repeated.count > 0) state.epochs = { ...state.epochs, step: repeated.lastStep };
    }
    repeated.release();
  }

  /** Where the rows that repeat the last one stand. */
  place(): RowPlace {
    const { epochs } = this.state;
    return this.layout.epoch < 0 ? {} : { epoch: epochs.epoch, base: stepOverEpochs(epochs) - epochs.step };
  }

  /** What the row [start, end), which was just read, tells of those like it. */
  claim(bytes: Uint8Array, start: number, end: number): RowClaim | undefined {
    const { kinds, handles, series, scales } = this;
    const { axis, epoch, columns, delimiter, decimalComma } = this.layout;
    if (decimalComma) return undefined;
    const cells: RowCell[] = [];
    const index = splitRow(bytes, start, end, delimiter).cells.map(({ from, to }, c) => {
      const isUnknown = kinds[c] === CellKind.Nothing && handles[c] === -2;
      if (this.totals.includes(c) || isUnknown) return -1;
      const isNumber = c === axis || c === epoch || (axis < 0 && kinds[c] === CellKind.Number);
      const kind = kinds[c] === CellKind.Text ? RowCellKind.Text : isNumber ? RowCellKind.Number : RowCellKind.Optional;
      return cells.push({ kind, from, to }) - 1;
    });
    const rows: RowColumn[] = [];
    for (const [i, c] of series.entries()) {
      if (kinds[c] === CellKind.Text || index[c]! < 0 || handles[c] === -2) continue;
      const isClock = columns[c]!.name === 'wall_time';
      const clock = isClock && { mostSeconds: MS_SINCE_1970 };
      rows.push({ cell: index[c]!, handle: handles[c]!, scale: scales[i]!, ...clock });
    }
    const place = epoch >= 0 && { epoch: index[epoch]! };
    return { cells, step: axis < 0 ? -1 : index[axis]!, columns: rows, ...place };
  }

  /** Takes the columns of `layout` from the next row on. */
  use(layout: Layout): void {
    this.repeated.unlearn();
    this.layout = layout;
    const columns = [...layout.columns.entries()].filter(([c]) => c !== layout.axis);
    const series = columns.filter(([, { role }]) => role === 'series');
    this.series = Int32Array.from(series, ([c]) => c);
    this.scales = Float64Array.from(series, ([, { scale }]) => scale);
    this.totals = columns.filter(([, { role }]) => role === 'total').map(([c]) => c);
    this.handles = layout.columns.map(() => -2);
    this.values = new Float64Array(layout.columns.length);
    this.kinds = new Uint8Array(layout.columns.length);
  }

  /** Reads the unfinished row [from, to) and leaves no trace here. A row without all its cells is not read. */
  readAhead(bytes: Uint8Array, from: number, to: number, offset: number, sink: RecordSink): void {
    const { cells } = splitRow(bytes, from, to, this.layout.delimiter);
    if (cells.length !== this.layout.columns.length) return;
    const saved = { ...this.state };
    this.readRow(bytes, from, to, offset, sink, true);
    this.state = saved;
  }

  /** Reads the row at `at`, byte `offset` of the file, and reports its points; returns where the next one begins. */
  readRow(bytes: Uint8Array, at: number, end: number, offset: number, sink: RecordSink, ahead: boolean): number {
    const { kinds, values } = this;
    const { delimiter } = this.layout;
    const count = kinds.length;
    let p = at;
    let c = 0;
    let numbers = 0;
    for (; ; c++, p++) {
      let byte = p < end ? bytes[p]! : LF;
      let kind = CellKind.Nothing;
      if (byte !== delimiter && byte !== LF) {
        let stop = c < count ? readDecimal(bytes, byte === QUOTE ? p + 1 : p, end) : -1;
        if (byte === QUOTE && stop > 0) stop = stop < end && bytes[stop] === QUOTE ? stop + 1 : -1;
        byte = stop > 0 && stop < end ? bytes[stop]! : LF;
        if (byte === CR) byte = ++stop < end ? bytes[stop]! : LF;
        if (stop > 0 && (byte === delimiter || byte === LF)) {
          p = stop;
          values[c] = numberValue[0]!;
          kind = CellKind.Number;
        } else {
          stop = cellEnd(bytes, p, end, delimiter);
          if (c < count) kind = this.slowCell(bytes, p, stop, c);
          p = stop;
          byte = p < end ? bytes[p]! : LF;
        }
      }
      if (c < count) kinds[c] = kind;
      numbers += kind & CellKind.Number;
      if (byte === LF) break;
    }
    const next = Math.min(p + 1, end);
    this.plain = c + 1 === count && numbers > 0;
    if (++c !== count && !this.fits(bytes, at, end, c, offset, sink)) return next;
    if (numbers > 0) this.points(offset, sink);
    else if (!ahead) this.perhapsHeader(bytes, at, end);
    return next;
  }

  /** Cells that are not plainly a number: padded, with a decimal comma, a text, or nothing. */
  slowCell(bytes: Uint8Array, from: number, to: number, c: number): CellKind {
    const cell = trimCell(bytes, from, to);
    if (cell.from >= cell.to) return CellKind.Nothing;
    if (cell.to - cell.from > MAX_NUMBER) return CellKind.Text;
    const value = numberOf(cellText(bytes, cell), this.layout.decimalComma);
    if (value === undefined) return CellKind.Text;
    this.values[c] = value;
    return CellKind.Number;
  }

  /** A row with another number of cells than the header: reported; what it has is still read. False for an empty row. */
  fits(bytes: Uint8Array, at: number, end: number, cells: number, offset: number, sink: RecordSink): boolean {
    const count = this.kinds.length;
    for (let c = cells; c < count; c++) this.kinds[c] = CellKind.Nothing;
    if (cells === 1 && isEmptyRow(splitRow(bytes, at, end, this.layout.delimiter).cells)) return false;
    if (this.isHeader(bytes, at, end)) return true;
    if (cells > count && count === MAX_COLUMNS) return true;
    if (this.state.uneven++ < MAX_ISSUES_PER_FILE) {
      sink.issue('csv.columns', `Row with ${cells} cells where the header has ${count}.`, offset);
    }
    return true;
  }

  points(offset: number, sink: RecordSink): void {
    const { kinds, values, series, scales, handles, state } = this;
    const { axis, epoch, columns } = this.layout;
    let x = ++state.rows;
    if (axis >= 0) {
      x = values[axis]!;
      if (kinds[axis] !== CellKind.Number || !Number.isFinite(x)) {
        if (!state.missing) {
          sink.issue('step.missing', 'A row without a step was left out; further ones are not reported.', offset);
        }
        state.missing = true;
        this.plain = false;
        return;
      }
    }
    if (epoch >= 0) {
      if (kinds[epoch] === CellKind.Number) x = this.overEpochs(x, values[epoch]!);
      else this.plain = false;
    }
    for (let i = 0; i < series.length; i++) {
      const c = series[i]!;
      if (kinds[c] !== CellKind.Number) continue;
      let value = values[c]! * scales[i]!;
      if (value > MS_SINCE_1970 && columns[c]!.name === 'wall_time') value /= 1000;
      if (handles[c] === -2) {
        handles[c] = sink.series(columns[c]!.label, columns[c]!.name);
        this.repeated.unlearn();
      }
      sink.point(handles[c]!, x, value);
    }
    for (const c of this.totals) if (kinds[c] === CellKind.Number) this.plan(values[c]!, columns[c]!.label, sink);
  }

  /** The step over all epochs. */
  overEpochs(step: number, epoch: number): number {
    const { state } = this;
    state.epochs = nextPlace(state.epochs, { epoch, step, total: 0, epochs: 0, isWithin: false });
    return stepOverEpochs(state.epochs);
  }

  plan(total: number, label: string, sink: RecordSink): void {
    if (total === this.state.total || !(total > 0) || !Number.isFinite(total)) return;
    this.state.total = total;
    sink.plan({ totalSteps: total }, `column ${label}`);
  }

  /** Lightning writes a new header where metrics were added; Keras repeats its header when it appends. */
  perhapsHeader(bytes: Uint8Array, at: number, end: number): void {
    if (!this.isHeader(bytes, at, end)) return;
    const { layout } = this;
    const labels = splitRow(bytes, at, end, layout.delimiter).cells.map((cell) => cellText(bytes, cell));
    const label = layout.columns[layout.axis]?.label;
    const axis = label === undefined ? -1 : labels.indexOf(label);
    const epoch = labels.indexOf(layout.columns[layout.epoch]?.label ?? '');
    this.use({ ...layout, columns: columnsOf(labels), axis, epoch });
  }

  /** Whether the row at `at` holds labels only, that of the x-axis among them. */
  isHeader(bytes: Uint8Array, at: number, end: number): boolean {
    const { header, columns, axis, delimiter } = this.layout;
    if (!header) return false;
    const label = columns[Math.max(0, axis)]!.label;
    const texts = splitRow(bytes, at, end, delimiter).cells.map((cell) => cellText(bytes, cell));
    return texts.includes(label) && texts.every((text) => text !== '' && numberOf(text, false) === undefined);
  }
}
