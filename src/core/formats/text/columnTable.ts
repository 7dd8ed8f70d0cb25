import type { SeriesName, StepUnit } from '../../model';
import { axisOf, canonicalSeries, nameColumns } from '../keys';
import { isMeasured } from './lineKey';
import type { Scanner } from './scanner';

/** Longest line of a table. */
const MAX_HEADER = 400;
const decoder = new TextDecoder();
const NAME = /^[A-Za-z_%#][\w%./@-]*(?: [\w%./@-]+)?$/;
/** `640: 37%|███`: a bar behind a row, and the row is drawn again until it is full. */
const BAR = /:?\s+(\d+)%(?=[|\s]).*$/;

/** A table without delimiters, as fastai prints one: names in one line, numbers below them. */
export interface ColumnTable {
  readonly labels: readonly string[];
  readonly names: readonly SeriesName[];
  readonly x: number;
  readonly unit: StepUnit;
  /** Where each name begins and ends in its line; none in a table with bars between the cells. */
  readonly spans: readonly (readonly [from: number, to: number])[];
}

/**
 * The table whose names `line` holds, apart by two blanks at least, or by one behind a `#`: one column has to be a place,
 * one be measured. spaCy calls the column of the steps `#`.
 */
export function readTableHeader(line: Scanner): ColumnTable | undefined {
  if (line.end - line.pos > MAX_HEADER) return undefined;
  const text = unboxed(line);
  const remark = /^#\s*(?=[A-Za-z])/.exec(text);
  const labels = remark === null ? text.split(/\s{2,}|\t/) : text.slice(remark[0].length).split(/\s+/);
  if (labels.length < 2 || !labels.every((label) => NAME.test(label))) return undefined;
  return tableOf(labels, spansOf(columnsIn(line), labels));
}

/** The names in the cells of `| Epoch | Loss |`, joined with those of the line above where a table has two lines of them. */
export function readBarredNames(line: Scanner, above: readonly string[] | undefined): readonly string[] | undefined {
  const cells = barredCells(line)?.map((cell) => cell.replace(/^\(.*\)$/, ''));
  if (cells === undefined || !cells.every((cell) => cell === '' || NAME.test(cell))) return undefined;
  if (above?.length !== cells.length) return cells.includes('') ? undefined : cells;
  return cells.map((cell, c) => `${above[c]} ${cell}`.trim());
}

/** The table with these names in its columns; `undefined` unless one is a place and one is measured. */
export function tableOf(labels: readonly string[], spans: ColumnTable['spans'] = []): ColumnTable | undefined {
  const axes = labels.map((label) => axisOf(label === '#' ? 'step' : label));
  const ranks = axes.map((axis) => axis?.rank ?? Number.POSITIVE_INFINITY);
  const x = ranks.indexOf(Math.min(...ranks));
  const axis = axes[x];
  if (axis === undefined || !labels.some((label) => isMeasured(label))) return undefined;
  return { labels, names: nameColumns(labels), x, unit: axis.unit, spans };
}

/**
 * The numbers of a row of `table`, `undefined` for a time, a word or a blank; nothing when the line is no such row: it has
 * another number of cells, its place is no number, or the bar behind it is not full yet. `7/100` is the place 7.
 */
export function readTableRow(line: Scanner, table: ColumnTable): (number | undefined)[] | undefined {
  if (line.end - line.pos > MAX_HEADER) return undefined;
  const text = unboxed(line);
  const bar = BAR.exec(text);
  if (bar !== null && bar[1] !== '100') return undefined;
  const isBarred = table.spans.length === 0;
  const found = isBarred ? barredCells(line) : text.replace(BAR, '').split(/\s+/);
  const cells = isBarred || found!.length >= table.labels.length ? found : aligned(columnsIn(line), table);
  if (cells?.length !== table.labels.length) return undefined;
  const values = cells.map(numberIn);
  const counter = /^(\d+)\/\d+$/.exec(cells[table.x]!);
  if (counter !== null) values[table.x] = Number(counter[1]);
  return Number.isFinite(values[table.x]) ? values : undefined;
}

/** The line without the lines that are drawn around its cells. */
function unboxed(line: Scanner): string {
  return line.text().replace(/[│┃]/g, '  ').trim();
}

/** The cells of a line that begins and ends with a bar. */
function barredCells(line: Scanner): string[] | undefined {
  if (line.end - line.pos > MAX_HEADER || line.next !== 0x7c) return undefined;
  const text = line.text().trim();
  return /^\|.*[^|]\|$/.test(text)
    ? text
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim())
    : undefined;
}

/** The line with the blanks before it. */
function columnsIn(line: Scanner): string {
  return decoder.decode(line.bytes.subarray(line.pos, line.end));
}

function spansOf(text: string, labels: readonly string[]): ColumnTable['spans'] {
  let at = 0;
  return labels.map((label) => {
    const from = text.indexOf(label, at);
    at = from + label.length;
    return [from, at] as const;
  });
}

/** The cells of a row in which some are blank, by the names that they stand under; `undefined` when one stands under none. */
function aligned(text: string, { spans }: ColumnTable): string[] | undefined {
  const cells = spans.map(() => '');
  for (const { 0: cell, index } of text.matchAll(/\S+/g)) {
    const under = spans.findIndex(([from, to]) => index < to && index + cell.length > from);
    if (under < 0 || cells[under] !== '') return undefined;
    cells[under] = cell;
  }
  return cells;
}

/** The number in a cell, `undefined` for a time, a word or nothing; `15.6%` is 15.6. */
function numberIn(cell: string): number | undefined {
  if (/^(?:nan|[-+]?inf)$/i.test(cell)) {
    return Number(cell.toLowerCase().replace('inf', 'Infinity').replace('nan', 'NaN'));
  }
  const value = Number(cell.replace(/%$/, ''));
  return cell === '' || Number.isNaN(value) ? undefined : value;
}

/** Factor from the number in a column to the value kept. */
export function columnScale(table: ColumnTable, index: number): number {
  return canonicalSeries(table.labels[index]!).scale;
}
