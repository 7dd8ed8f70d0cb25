import { MAX_LABEL, MAX_SERIES_PER_FILE } from '../../limits';
import type { SeriesName, StepUnit } from '../../model';
import { canonicalSeries, isTotalKey, nameColumns } from '../keys';
import { numberValue } from '../text/number';
import { readDecimal } from './readDecimal';
import { type RowSort, rowSort } from './rowSort';
import { type Cell, splitRow } from './rows';
import { MAX_SURVEY_ROWS, TableSurvey } from './survey';

/** A column of a table and what its cells are for. */
export interface Column {
  readonly label: string;
  readonly name: SeriesName;
  readonly scale: number;
  readonly role: 'series' | 'total' | 'skip';
}

/** How a table is written and what its columns mean. */
export interface Layout {
  readonly delimiter: number;
  readonly decimalComma: boolean;
  /** Whether the first row names the columns. */
  readonly header: boolean;
  readonly columns: readonly Column[];
  /** Column of the x-axis; -1: the number of the row. */
  readonly axis: number;
  /** Column of the epoch beside the steps, which may begin anew with each; -1 without. */
  readonly epoch: number;
  readonly unit: StepUnit;
  /** How rows that are about different things are told apart; `undefined` when all are alike. */
  readonly sort: RowSort | undefined;
  /** Why the rows are not the log of one run. */
  readonly refused: string | undefined;
  /** Rows with as many cells as columns, other rows, and the share of number cells among those with something in them. */
  readonly even: number;
  readonly uneven: number;
  readonly numeric: number;
}

const DELIMITERS = [0x09, 0x3b, 0x2c, 0x7c];
const COUNTED_ROWS = 20;
/** Columns of a table that are told apart; further cells of a row are left out. */
export const MAX_COLUMNS = MAX_SERIES_PER_FILE * 2;
const NOTHING = /^(?:none|null|n\/a|na|-|--)?$/i;

/** The layout that the rows of [from, end) have; `undefined` when there is no row or only one column. */
export function surveyTable(bytes: Uint8Array, from: number, end: number): Layout | undefined {
  const delimiter = chooseDelimiter(bytes, from, end);
  if (delimiter === undefined) return undefined;
  const first = splitRow(bytes, from, end, delimiter);
  const names = first.cells.slice(0, MAX_COLUMNS).map((cell) => cellText(bytes, cell));
  const header = names.some((text) => !NOTHING.test(text) && numberOf(text, false) === undefined);
  const labels = header ? names : namesWithoutHeader(bytes, from, end, delimiter, names.length);
  return surveyRows({ bytes, from: header ? first.next : from, end, delimiter, header, labels });
}

interface Start {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly end: number;
  readonly delimiter: number;
  readonly header: boolean;
  readonly labels: readonly string[];
}

function surveyRows({ bytes, from, end, delimiter, header, labels }: Start): Layout {
  const survey = new TableSurvey();
  for (const [c, label] of labels.entries()) survey.column(c, label);
  const decimalComma = delimiter !== 0x2c && hasDecimalComma(bytes, from, end, delimiter);
  let even = 0;
  let uneven = 0;
  let numbers = 0;
  let texts = 0;
  for (let at = from; at < end && survey.rows < MAX_SURVEY_ROWS; ) {
    const { cells, next } = splitRow(bytes, at, end, delimiter);
    at = next;
    if (isEmptyRow(cells)) continue;
    if (cells.length === labels.length) even++;
    else uneven++;
    for (let c = 0; c < Math.min(cells.length, labels.length); c++) {
      const cell = cells[c]!;
      if (cell.from >= cell.to) continue;
      const plain = readDecimal(bytes, cell.from, cell.to) === cell.to;
      const text = plain ? undefined : cellText(bytes, cell);
      const value = text === undefined ? numberValue[0]! : numberOf(text, decimalComma);
      if (value !== undefined) {
        numbers++;
        survey.number(c, labels[c]!, value);
      } else if (!NOTHING.test(text!)) {
        texts++;
        survey.text(c, labels[c]!, text!);
      }
    }
    survey.endRow();
  }
  const axis = survey.axis();
  return {
    delimiter,
    decimalComma,
    header,
    columns: columnsOf(labels),
    axis: axis?.column ?? -1,
    epoch: survey.epochColumn(),
    unit: axis?.unit ?? 'row',
    sort: header ? rowSort(labels, (column) => survey.words(column)) : undefined,
    refused: survey.notOneRun(),
    even,
    uneven,
    numeric: numbers / Math.max(1, numbers + texts),
  };
}

/** Columns for the labels of a header. */
export function columnsOf(labels: readonly string[]): Column[] {
  const exported = exportedColumns(labels);
  if (exported !== undefined) return exported;
  const names = nameColumns(labels);
  return labels.map((label, i) => {
    const role = label === '' ? 'skip' : isTotalKey(label) ? 'total' : 'series';
    return { label: label.slice(0, MAX_LABEL), name: names[i]!, scale: canonicalSeries(label).scale, role };
  });
}

/**
 * Columns of a table exported from a W&B panel: `<run> - <key>` with its least and greatest value beside it. With
 * several runs in one table each name carries its run. `undefined` for any other header.
 */
function exportedColumns(labels: readonly string[]): Column[] | undefined {
  const parts = labels.map((label) => /^(.+) - (.+?)(__MIN|__MAX)?$/.exec(label));
  const found = parts.filter((part) => part !== null);
  if (found.length === 0 || found.length < labels.length - 1) return undefined;
  const runs = new Set(found.map((part) => part[1]!));
  return labels.map((label, i) => {
    const part = parts[i];
    if (part === null || part === undefined) return { label, name: label, scale: 1, role: 'series' };
    const { name, scale } = canonicalSeries(part[2]!);
    const skip = part[3] !== undefined || part[2] === '_step';
    return {
      label: label.slice(0, MAX_LABEL),
      name: runs.size > 1 ? `${name}/${part[1]}` : name,
      scale,
      role: skip ? 'skip' : 'series',
    };
  });
}

/** The delimiter that cuts most of the first rows into the same number of cells; `undefined` when none does. */
function chooseDelimiter(bytes: Uint8Array, from: number, end: number): number | undefined {
  let best: number | undefined;
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const counts = new Map<number, number>();
    let rows = 0;
    for (let at = from; at < end && rows < COUNTED_ROWS; rows++) {
      const { cells, next } = splitRow(bytes, at, end, delimiter);
      at = next;
      if (!isEmptyRow(cells)) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
    }
    counts.delete(1);
    const score = Math.max(0, ...counts.values());
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** Names for a table without header: rising whole numbers first are steps, then the loss; of three, the smaller is the rate. */
function namesWithoutHeader(bytes: Uint8Array, from: number, end: number, delimiter: number, count: number): string[] {
  const rows: number[][] = [];
  for (let at = from; at < end && rows.length < COUNTED_ROWS; ) {
    const { cells, next } = splitRow(bytes, at, end, delimiter);
    at = next;
    if (cells.length === count)
      rows.push(cells.map((cell) => numberOf(cellText(bytes, cell), delimiter !== 0x2c) ?? Number.NaN));
  }
  const rising = rows.every((row, r) => Number.isInteger(row[0]) && (r === 0 || row[0]! >= rows[r - 1]![0]!));
  const names = Array.from({ length: count }, (_, i) => `column ${i + 1}`);
  if (!rising || rows.length === 0) return names;
  names[0] = 'step';
  if (count === 2) names[1] = 'loss';
  if (count === 3) {
    const largest = (c: number) => Math.max(...rows.map((row) => Math.abs(row[c]!)));
    const rate = largest(1) < largest(2) ? 1 : 2;
    if (largest(rate) < 0.1) names.splice(1, 2, ...(rate === 1 ? ['lr', 'loss'] : ['loss', 'lr']));
  }
  return names;
}

function hasDecimalComma(bytes: Uint8Array, from: number, end: number, delimiter: number): boolean {
  for (let at = from, rows = 0; at < end && rows < COUNTED_ROWS; rows++) {
    const { cells, next } = splitRow(bytes, at, end, delimiter);
    at = next;
    for (const cell of cells) {
      const comma = bytes.subarray(cell.from, cell.to).indexOf(0x2c);
      if (comma >= 0 && numberOf(cellText(bytes, cell), true) !== undefined) return true;
    }
  }
  return false;
}

export function isEmptyRow(cells: readonly Cell[]): boolean {
  return cells.length === 1 && cells[0]!.from >= cells[0]!.to;
}

const decoder = new TextDecoder();

/** Text of a cell, at most MAX_LABEL bytes of it, doubled quotes made single. */
export function cellText(bytes: Uint8Array, { from, to, quoted }: Cell): string {
  const text = decoder.decode(bytes.subarray(from, Math.min(to, from + MAX_LABEL)));
  return quoted ? text.replaceAll('""', '"').trim() : text;
}

/** The number that `text` is as a whole, or `undefined`. */
export function numberOf(text: string, decimalComma: boolean): number | undefined {
  const bytes = new TextEncoder().encode(decimalComma ? text.replace(',', '.') : text);
  return bytes.length > 0 && readDecimal(bytes, 0, bytes.length) === bytes.length ? numberValue[0]! : undefined;
}
