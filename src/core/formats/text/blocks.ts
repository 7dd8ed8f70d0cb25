import type { SeriesName, StepUnit } from '../../model';
import { axisOf, canonicalSeries, nameColumns } from '../keys';
import { isMeasured } from './lineKey';
import type { Scanner } from './scanner';

/** Longest line that is a heading, and longest row of names. */
const MAX_HEADING = 120;
const MAX_HEADER = 400;
const HEADING =
  /^[^\p{L}\p{N}[\]]*(?:train(?:ing)?\s+)?(global step|step|iteration|iter|epoch)\s*[:=#]?\s*\[?(\d+)(?:\s*(?:\/|of)\s*(\d+))?\]?[^\p{L}\p{N}]*$/iu;
const NAME = /^[A-Za-z_%][\w%./@-]*$/;
/** Lines and characters of one printed dict. */
const MAX_DICT_LINES = 400;
const MAX_DICT = 16 * 1024;
const OPEN = 0x7b;

/** A line that says no more than where the lines below it belong. */
export interface Heading {
  readonly unit: StepUnit;
  readonly place: number;
  /** How many are planned; 0 when it does not say. */
  readonly total: number;
}

/** The heading that `line` is, such as `Epoch 3/10`, `=== Step 200 ===`; `undefined` for any other line. */
export function readHeading(line: Scanner): Heading | undefined {
  if (line.end - line.pos > MAX_HEADING) return undefined;
  const match = HEADING.exec(line.text());
  if (match === null) return undefined;
  const [, word, place, total] = match;
  return { unit: axisOf(word!)!.unit, place: Number(place), total: Number(total ?? 0) };
}

/** A table without delimiters, as fastai prints one: names in one line, numbers below them. */
export interface ColumnTable {
  readonly labels: readonly string[];
  readonly names: readonly SeriesName[];
  readonly x: number;
  readonly unit: StepUnit;
}

/** The table whose names `line` holds, apart by two blanks at least: one column has to be a place, one be measured. */
export function readTableHeader(line: Scanner): ColumnTable | undefined {
  if (line.end - line.pos > MAX_HEADER) return undefined;
  const labels = unboxed(line).split(/\s{2,}|\t/);
  if (labels.length < 2 || !labels.every((label) => NAME.test(label))) return undefined;
  const axes = labels.map((label) => axisOf(label)?.rank ?? Number.POSITIVE_INFINITY);
  const x = axes.indexOf(Math.min(...axes));
  const axis = axisOf(labels[x]!);
  if (axis === undefined || !labels.some((label) => isMeasured(label))) return undefined;
  return { labels, names: nameColumns(labels), x, unit: axis.unit };
}

/**
 * The numbers of a row of `table`, NaN for a time or a word; `undefined` when the line is no such row: it has another
 * number of cells, or its place is no number.
 */
export function readTableRow(line: Scanner, table: ColumnTable): number[] | undefined {
  if (line.end - line.pos > MAX_HEADER) return undefined;
  const cells = unboxed(line).split(/\s+/);
  if (cells.length !== table.labels.length) return undefined;
  const values = cells.map((cell) => (/^(?:nan|[-+]?inf)$/i.test(cell) ? Number(wordOf(cell)) : Number(cell)));
  return Number.isFinite(values[table.x]) ? values : undefined;
}

/** The line without the lines that are drawn around its cells. */
function unboxed(line: Scanner): string {
  return line.text().replace(/[│┃]/g, '  ').trim();
}

function wordOf(cell: string): string {
  return cell.toLowerCase().replace('inf', 'Infinity').replace('nan', 'NaN');
}

/** Factor from the number in a column to the value kept. */
export function columnScale(table: ColumnTable, index: number): number {
  return canonicalSeries(table.labels[index]!).scale;
}

/** A dict that is printed over several lines, as far as it has come. */
export interface OpenDict {
  readonly text: string;
  readonly lines: number;
}

/** Begins or goes on with a dict; `undefined` when the line belongs to none. A closed one ends in `}`. */
export function readDictLine(line: Scanner, open: OpenDict | undefined): OpenDict | undefined {
  if (open === undefined && (line.next !== OPEN || line.end - line.pos > MAX_DICT)) return undefined;
  const text = open === undefined ? line.text() : `${open.text} ${line.text()}`;
  const lines = (open?.lines ?? 0) + 1;
  if (lines > MAX_DICT_LINES || text.length > MAX_DICT) return undefined;
  if (open === undefined && !/^\{\s*(?:['"]|$)/.test(text)) return undefined;
  return { text, lines };
}
