import { MAX_LINE } from '../limits';
import type { LogFormat, LogParser, LogSample, RecordSink, Verdict } from './format';
import { ByteBuffer, plainBytes } from './json/byteBuffer';
import { axisOf, canonicalSeries } from './keys';
import { type Column, columnsOf, type Layout, surveyTable } from './table/layout';
import { RowSplitter, splitRow } from './table/rows';
import { SortedRows } from './table/sortedRows';
import { TableRows } from './table/tableRows';
import { isMeasured } from './text/lineKey';

const LF = 0x0a;
const SHARE = 0.8;

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
  hasEchoes: true,
  probe,
  tellsRoles: ({ head }) => {
    const layout = surveyTable(head, startOf(head), head.lastIndexOf(LF) + 1);
    return layout?.header === true && layout.axis >= 0 && layout.columns.some(({ name }) => isLoss(name));
  },
  open: (sample) => new CsvParser(sample),
};

function probe(sample: LogSample): Verdict {
  const { head } = sample;
  const from = startOf(head);
  if (head[from] === 0x7b || head[from] === 0x5b || head.indexOf(0) >= 0) return 'no';
  // A header may be longer than the head.
  const layout = surveyTable(head, from, head.includes(LF) ? endOf(sample) : head.length);
  if (layout === undefined || layout.columns.length < 2) return 'no';
  const rows = layout.even + layout.uneven;
  const byName = /\.(?:csv|tsv)$/i.test(sample.name);
  if (rows === 0)
    return byName && layout.header && layout.columns.some(({ label }) => isTelling(label)) ? 'maybe' : 'no';
  if (layout.even < SHARE * rows || layout.numeric < 0.5) return 'no';
  // A first row with measured numbers in it is no header.
  if (layout.header && layout.columns.some(({ label }) => /^-?\d*\.\d+$/.test(label))) return 'no';
  if (!layout.header) return rows >= 3 && (byName || layout.axis >= 0) && layout.numeric === 1 ? 'maybe' : 'no';
  return layout.columns.some(({ label }) => isTelling(label)) ? 'maybe' : 'no';
}

function isLoss(name: string): boolean {
  return /^(?:train|val)_loss/.test(name);
}

/** Whether a column of this name occurs in training logs. */
function isTelling(label: string): boolean {
  const axis = axisOf(label);
  const { name } = canonicalSeries(label);
  // A time is in any table.
  return (axis !== undefined || name !== label || isMeasured(label)) && name !== 'wall_time';
}

function startOf(head: Uint8Array): number {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
}

/** End of the rows of the head that are whole: an unfinished last row counts only when the file ends with it. */
function endOf({ head, size }: LogSample): number {
  return head.length >= size ? head.length : head.lastIndexOf(LF) + 1;
}

/**
 * The columns of a table that TensorBoard exports, `Wall time,Step,Value`, with the tag that its file is called after:
 * `run-exp1-tag-train_loss.csv`. Any other columns as they are.
 */
function taggedColumns(columns: readonly Column[], name: string): readonly Column[] {
  const tag = /(?:^|-)tag-(.+)\.csv$/i.exec(name)?.[1];
  if (tag === undefined || columns.map(({ label }) => label).join() !== 'Wall time,Step,Value') return columns;
  return [...columns.slice(0, 2), ...columnsOf([tag])];
}

class CsvParser implements LogParser {
  #rows: TableRows | SortedRows | undefined;
  #splitter: RowSplitter | undefined;
  /** Bytes before the header is known. */
  readonly #waiting = new ByteBuffer(MAX_LINE);
  #headerRead = false;
  #told = false;
  /** The first row is no row of a table: nothing is read. */
  #hopeless = false;
  #sink: RecordSink | undefined;

  readonly #name: string;

  constructor(sample: LogSample) {
    this.#name = sample.name;
    const end = endOf(sample);
    if (sample.head.subarray(0, end).includes(LF)) this.#use(surveyTable(sample.head, startOf(sample.head), end));
  }

  push(chunk: Uint8Array, sink: RecordSink): void {
    if (this.#hopeless) return;
    this.#sink = sink;
    const bytes = plainBytes(chunk);
    if (this.#rows === undefined) this.#awaitHeader(bytes, sink);
    else this.#read(bytes, sink);
  }

  flush(sink: RecordSink): void {
    const rows = this.#rows;
    if (rows === undefined || rows.layout.refused !== undefined || (rows.layout.header && !this.#headerRead)) return;
    this.#splitter!.flush((block, from, to, offset) => {
      const start = offset === 0 ? startOf(block) : from;
      rows.readAhead(block, start, to, offset + start - from, sink);
    });
  }

  /** A file that was opened before its header was whole: the header alone must tell the layout. */
  #awaitHeader(bytes: Uint8Array, sink: RecordSink): void {
    const fits = this.#waiting.append(bytes, 0, bytes.length);
    const joined = this.#waiting.view().slice();
    const feed = joined.indexOf(LF);
    if (fits && feed < 0) return;
    this.#waiting.clear();
    if (feed >= 0) this.#use(surveyTable(joined, startOf(joined), feed + 1));
    this.#hopeless = this.#rows === undefined;
    if (this.#hopeless) sink.issue('csv.columns', 'The first row has one column only: this is no table.', 0);
    else this.#read(joined, sink);
  }

  #use(found: Layout | undefined): void {
    if (found === undefined) return;
    const layout = { ...found, columns: taggedColumns(found.columns, this.#name) };
    this.#rows = layout.sort === undefined ? new TableRows(layout) : new SortedRows(layout);
    this.#splitter = new RowSplitter(layout.delimiter, (offset) =>
      this.#sink?.issue('line.tooLong', 'A row of more than 4 MB was left out.', offset),
    );
  }

  #read(bytes: Uint8Array, sink: RecordSink): void {
    const rows = this.#rows!;
    this.#tell(rows.layout, sink);
    rows.check.take(bytes, this.#splitter!.holds);
    if (rows.layout.refused !== undefined) return;
    this.#splitter!.push(bytes, (block, from, to, offset) => {
      const at = this.#headerRead ? from : this.#afterHeader(block, from, to, offset, rows.layout);
      rows.read(block, at, to, offset + at - from, sink);
    });
  }

  #afterHeader(block: Uint8Array, from: number, to: number, offset: number, layout: Layout): number {
    this.#headerRead = true;
    const at = from + (offset === 0 ? startOf(block.subarray(from)) : 0);
    return layout.header ? splitRow(block, at, to, layout.delimiter).next : at;
  }

  #tell({ refused, unit }: Layout, sink: RecordSink): void {
    if (this.#told) return;
    this.#told = true;
    if (refused !== undefined) sink.issue('csv.tableOfRuns', `Not the log of one run: ${refused}.`, null);
    else if (unit !== 'step') sink.stepUnit(unit);
    if (refused === undefined && unit === 'row') {
      sink.issue('step.missing', 'No column counts steps, tokens or epochs: the row number stands for it.', null);
    }
  }
}
