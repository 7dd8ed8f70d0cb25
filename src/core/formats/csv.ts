import { MAX_ISSUES_PER_FILE } from '../limits';
import type { LogFormat, LogParser, LogSample, RecordSink, SeriesHandle, Verdict } from './format';
import { plainBytes } from './json/byteBuffer';
import { axisOf, canonicalSeries } from './keys';
import { cellText, columnsOf, isEmptyRow, type Layout, numberOf, surveyTable } from './table/layout';
import { readEnd, readNumber } from './table/readNumber';
import { cellEnd, RowSplitter, splitRow, trimCell } from './table/rows';

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const SHARE = 0.8;
const MS_SINCE_1970 = 1e11;
/** Length of a cell that can be a number. */
const MAX_NUMBER = 64;

/**
 * Tables of text: CSV, TSV or semicolons, with or without header. Lightning and Keras loggers, timm, Ultralytics,
 * exports of W&B, curve files `step,lr,loss`. An empty cell is no point.
 * Source: Lightning-AI/pytorch-lightning loggers/csv_logs.py, keras-team/keras callbacks/csv_logger.py,
 * ultralytics/ultralytics engine/trainer.py (save_metrics); RFC 4180.
 */
export const csv: LogFormat = {
  id: 'csv',
  title: 'CSV or TSV table',
  source: {
    authors: 'Shafranovich',
    year: 2005,
    title: 'Common Format and MIME Type for CSV Files',
    id: '10.17487/RFC4180',
  },
  kind: 'stream',
  probe,
  open: (sample) => new CsvParser(sample),
};

function probe(sample: LogSample): Verdict {
  const { head } = sample;
  const from = startOf(head);
  if (head[from] === 0x7b || head[from] === 0x5b || head.indexOf(0) >= 0) return 'no';
  const layout = surveyTable(head, from, endOf(sample));
  if (layout === undefined || layout.columns.length < 2) return 'no';
  const rows = layout.even + layout.uneven;
  const byName = /\.(?:csv|tsv)$/i.test(sample.name);
  if (rows === 0)
    return byName && layout.header && layout.columns.some(({ label }) => isTelling(label)) ? 'maybe' : 'no';
  if (layout.even < SHARE * rows || layout.numeric < 0.5) return 'no';
  if (!layout.header) return rows >= 3 && (byName || layout.axis >= 0) && layout.numeric === 1 ? 'maybe' : 'no';
  return layout.columns.some(({ label }) => isTelling(label)) ? 'maybe' : 'no';
}

/** Whether a column of this name occurs in training logs. */
function isTelling(label: string): boolean {
  return axisOf(label) !== undefined || canonicalSeries(label).name !== label || /loss/i.test(label);
}

function startOf(head: Uint8Array): number {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
}

/** End of the rows of the head that are whole: an unfinished last row counts only when the file ends with it. */
function endOf({ head, size }: LogSample): number {
  return head.length >= size ? head.length : head.lastIndexOf(LF) + 1;
}

/** Where a cell of the row being read ended up. */
enum CellKind {
  Nothing,
  Number,
  Text,
}

class CsvParser implements LogParser {
  #layout: Layout | undefined;
  #splitter: RowSplitter | undefined;
  #handles: SeriesHandle[] = [];
  /** Columns of series with their scales, and columns of planned steps. */
  #cells = new Int32Array(0);
  #scales = new Float64Array(0);
  #totals: number[] = [];
  #values = new Float64Array(0);
  #kinds = new Uint8Array(0);
  /** Bytes before the header is known. */
  #waiting: Uint8Array = new Uint8Array(0);
  #header: 'ahead' | 'read' = 'ahead';
  #rows = 0;
  #missing = false;
  #total = 0;
  #uneven = 0;
  #told = false;
  #sink: RecordSink | undefined;

  constructor(sample: LogSample) {
    const end = endOf(sample);
    if (sample.head.subarray(0, end).includes(LF)) this.#use(surveyTable(sample.head, startOf(sample.head), end));
  }

  push(chunk: Uint8Array, sink: RecordSink): void {
    this.#sink = sink;
    let bytes = plainBytes(chunk);
    if (this.#layout === undefined) {
      const joined = new Uint8Array(this.#waiting.length + chunk.length);
      joined.set(this.#waiting);
      joined.set(chunk, this.#waiting.length);
      this.#waiting = joined;
      const feed = joined.indexOf(LF);
      if (feed < 0 || !this.#use(surveyTable(joined, startOf(joined), feed + 1))) return;
      bytes = joined;
      this.#waiting = new Uint8Array(0);
    }
    this.#tell(sink);
    if (this.#layout!.refused !== undefined) return;
    this.#splitter!.push(bytes, (block, from, to, offset) => this.#block(block, from, to, offset, sink));
  }

  flush(sink: RecordSink): void {
    const layout = this.#layout;
    if (layout === undefined || layout.refused !== undefined || (layout.header && this.#header === 'ahead')) return;
    const saved = { rows: this.#rows, missing: this.#missing, total: this.#total, uneven: this.#uneven };
    this.#splitter!.flush((block, from, to, offset) => {
      const start = offset === 0 ? startOf(block) : from;
      if (splitRow(block, start, to, layout.delimiter).cells.length === layout.columns.length) {
        this.#row(block, start, to, offset + start - from, sink, true);
      }
    });
    this.#rows = saved.rows;
    this.#missing = saved.missing;
    this.#total = saved.total;
    this.#uneven = saved.uneven;
  }

  #use(layout: Layout | undefined): boolean {
    if (layout === undefined) return false;
    this.#layout = layout;
    this.#splitter ??= new RowSplitter(layout.delimiter, (offset) =>
      this.#sink?.issue('line.tooLong', 'A row of more than 4 MB was left out.', offset),
    );
    this.#handles = layout.columns.map(() => -2);
    const columns = [...layout.columns.entries()].filter(([c]) => c !== layout.axis);
    const series = columns.filter(([, { role }]) => role === 'series');
    this.#cells = Int32Array.from(series, ([c]) => c);
    this.#scales = Float64Array.from(series, ([, { scale }]) => scale);
    this.#totals = columns.filter(([, { role }]) => role === 'total').map(([c]) => c);
    this.#values = new Float64Array(layout.columns.length);
    this.#kinds = new Uint8Array(layout.columns.length);
    return true;
  }

  #tell(sink: RecordSink): void {
    if (this.#told) return;
    this.#told = true;
    const { refused, unit } = this.#layout!;
    if (refused !== undefined) sink.issue('csv.tableOfRuns', `Not the log of one run: ${refused}.`, null);
    else if (unit !== 'step') sink.stepUnit(unit);
    if (refused === undefined && unit === 'row') {
      sink.issue('step.missing', 'No column counts steps, tokens or epochs: the row number stands for it.', null);
    }
  }

  #block(bytes: Uint8Array, from: number, to: number, offset: number, sink: RecordSink): void {
    let at = from;
    if (this.#header === 'ahead') {
      this.#header = 'read';
      at += offset === 0 ? startOf(bytes.subarray(from)) : 0;
      if (this.#layout!.header) at = splitRow(bytes, at, to, this.#layout!.delimiter).next;
    }
    while (at < to) at = this.#row(bytes, at, to, offset + at - from, sink, false);
  }

  /** Reads the row at `at` and reports its points; returns where the next one begins. */
  #row(bytes: Uint8Array, at: number, end: number, offset: number, sink: RecordSink, ahead: boolean): number {
    const delimiter = this.#layout!.delimiter;
    const kinds = this.#kinds;
    const values = this.#values;
    const count = kinds.length;
    let p = at;
    let c = 0;
    let numbers = 0;
    for (; ; c++, p++) {
      let byte = p < end ? bytes[p]! : LF;
      let kind = CellKind.Nothing;
      if (byte !== delimiter && byte !== LF) {
        const value = c < count ? readNumber(bytes, byte === QUOTE ? p + 1 : p, end) : undefined;
        let stop = readEnd;
        if (byte === QUOTE) stop = stop < end && bytes[stop] === QUOTE ? stop + 1 : -1;
        byte = stop < end ? bytes[stop]! : LF;
        if (byte === CR) byte = ++stop < end ? bytes[stop]! : LF;
        if (value !== undefined && stop > 0 && (byte === delimiter || byte === LF)) {
          p = stop;
          values[c] = value;
          kind = CellKind.Number;
        } else {
          stop = cellEnd(bytes, p, end, delimiter);
          if (c < count) kind = this.#slowCell(bytes, p, stop, c);
          p = stop;
          byte = p < end ? bytes[p]! : LF;
        }
      }
      if (c < count) kinds[c] = kind;
      numbers += kind & CellKind.Number;
      if (byte === LF) break;
    }
    const next = Math.min(p + 1, end);
    if (++c !== count && !this.#fits(bytes, at, end, c, offset, sink)) return next;
    if (numbers > 0) this.#points(offset, sink);
    else if (!ahead) this.#perhapsHeader(bytes, at, end);
    return next;
  }

  /** Cells that are not plainly a number: padded, with a decimal comma, a text, or nothing. */
  #slowCell(bytes: Uint8Array, from: number, to: number, c: number): CellKind {
    const cell = trimCell(bytes, from, to);
    if (cell.from >= cell.to) return CellKind.Nothing;
    if (cell.to - cell.from > MAX_NUMBER) return CellKind.Text;
    const value = numberOf(cellText(bytes, cell), this.#layout!.decimalComma);
    if (value === undefined) return CellKind.Text;
    this.#values[c] = value;
    return CellKind.Number;
  }

  /** A row with another number of cells than the header: reported; what it has is still read. False for an empty row. */
  #fits(bytes: Uint8Array, at: number, end: number, cells: number, offset: number, sink: RecordSink): boolean {
    const count = this.#kinds.length;
    for (let c = cells; c < count; c++) this.#kinds[c] = CellKind.Nothing;
    if (cells === 1 && isEmptyRow(splitRow(bytes, at, end, this.#layout!.delimiter).cells)) return false;
    if (this.#isHeader(bytes, at, end)) return true;
    if (this.#uneven++ < MAX_ISSUES_PER_FILE) {
      sink.issue('csv.columns', `Row with ${cells} cells where the header has ${count}.`, offset);
    }
    return true;
  }

  #points(offset: number, sink: RecordSink): void {
    const { axis, columns } = this.#layout!;
    const kinds = this.#kinds;
    this.#rows++;
    let x = this.#rows;
    if (axis >= 0) {
      x = this.#values[axis]!;
      if (kinds[axis] !== CellKind.Number || !Number.isFinite(x)) {
        if (!this.#missing)
          sink.issue('step.missing', 'A row without a step was left out; further ones are not reported.', offset);
        this.#missing = true;
        return;
      }
    }
    for (let i = 0; i < this.#cells.length; i++) {
      const c = this.#cells[i]!;
      if (kinds[c] !== CellKind.Number) continue;
      let value = this.#values[c]! * this.#scales[i]!;
      if (value > MS_SINCE_1970 && columns[c]!.name === 'wall_time') value /= 1000;
      if (this.#handles[c] === -2) this.#handles[c] = sink.series(columns[c]!.label, columns[c]!.name);
      sink.point(this.#handles[c]!, x, value);
    }
    for (const c of this.#totals) {
      if (kinds[c] === CellKind.Number) this.#plan(this.#values[c]!, columns[c]!.label, sink);
    }
  }

  #plan(total: number, label: string, sink: RecordSink): void {
    if (total === this.#total || !(total > 0) || !Number.isFinite(total)) return;
    this.#total = total;
    sink.plan({ totalSteps: total }, `column ${label}`);
  }

  /** Lightning writes a new header where metrics were added; Keras repeats its header when it appends. */
  #perhapsHeader(bytes: Uint8Array, at: number, end: number): void {
    if (!this.#isHeader(bytes, at, end)) return;
    const layout = this.#layout!;
    const labels = splitRow(bytes, at, end, layout.delimiter).cells.map((cell) => cellText(bytes, cell));
    const label = layout.columns[layout.axis]?.label;
    const axis = label === undefined ? -1 : labels.indexOf(label);
    this.#use({ ...layout, columns: columnsOf(labels), axis: layout.axis < 0 ? -1 : axis });
  }

  /** Whether the row at `at` holds labels only, that of the x-axis among them. */
  #isHeader(bytes: Uint8Array, at: number, end: number): boolean {
    const { header, columns, axis, delimiter } = this.#layout!;
    if (!header) return false;
    const label = columns[Math.max(0, axis)]!.label;
    const texts = splitRow(bytes, at, end, delimiter).cells.map((cell) => cellText(bytes, cell));
    return texts.includes(label) && texts.every((text) => text !== '' && numberOf(text, false) === undefined);
  }
}
