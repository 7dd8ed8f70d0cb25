import type { SeriesName, StepUnit } from '../../model';
import { axisOf, canonicalSeries, nameColumns } from '../keys';
import { isMeasured } from './lineKey';
import type { Scanner } from './scanner';

/** Longest line that is a heading, and longest row of names. */
const MAX_HEADING = 240;
const MAX_SET_HEADING = 60;
const MAX_HEADER = 400;
const HEADING =
  /^[^\p{L}\p{N}[\]]*(?:info:\s+)?(?:(?:train(?:ing)?|learning|start(?:ing|ed)?|begin(?:ning)?)\s+)?(global step|step|iteration|iter|epoch)\s*[:=#]?\s*\[?(\d+)(?:\s*(?:\/|of)\s*(\d+))?\]?(?:[^\p{L}\p{N}]*[\d.]+\s*%(?:\|[^|]*\|[^=]*)?)?[^\p{L}\p{N}]*(?:\(train(?:ing)?\))?$/iu;
/** `--> TIME: 11:22:33 -- STEP: 25/100 -- GLOBAL_STEP: 25`: a place among others, and nothing that is measured. */
const PLACES = /^[^|{]*\bglobal[ _]step\s*[:=]\s*(\d+)[^\p{L}]*$/iu;
/** `Stage.EVAL`, `--- Validation results ---`: a set and no number. */
const SET_HEADING =
  /^[^\p{L}\p{N}]*(?:(?:stage|phase|mode|split)[ .:=]+)?(?:(train(?:ing)?)|eval(?:uati(?:on|ng))?|val(?:id(?:ati(?:on|ng))?)?|(test(?:ing)?))(?:\s+(?:results?|metrics|set|phase|stage))?[^\p{L}\p{N}]*$/iu;
const NAME = /^[A-Za-z_%#][\w%./@-]*(?: [\w%./@-]+)?$/;
/** `640: 37%|███`: a bar behind a row, and the row is drawn again until it is full. */
const BAR = /:?\s+(\d+)%(?=[|\s]).*$/;
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
  const text = line.text();
  const among = PLACES.exec(text);
  if (among !== null) return { unit: 'step', place: Number(among[1]), total: 0 };
  const match = HEADING.exec(text);
  if (match === null) return undefined;
  const [, word, place, total] = match;
  return { unit: axisOf(word!)!.unit, place: Number(place), total: Number(total ?? 0) };
}

/** The set that `line` says the lines below it are about: `val`, `test`, or empty for the training; else `undefined`. */
export function readSetHeading(line: Scanner): string | undefined {
  if (line.end - line.pos > MAX_SET_HEADING) return undefined;
  const match = SET_HEADING.exec(line.text());
  if (match === null) return undefined;
  const [, training, test] = match;
  return training !== undefined ? '' : test !== undefined ? 'test' : 'val';
}

/** A table without delimiters, as fastai prints one: names in one line, numbers below them. */
export interface ColumnTable {
  readonly labels: readonly string[];
  readonly names: readonly SeriesName[];
  readonly x: number;
  readonly unit: StepUnit;
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
  const axes = labels.map((label) => axisOf(label === '#' ? 'step' : label));
  const ranks = axes.map((axis) => axis?.rank ?? Number.POSITIVE_INFINITY);
  const x = ranks.indexOf(Math.min(...ranks));
  const axis = axes[x];
  if (axis === undefined || !labels.some((label) => isMeasured(label))) return undefined;
  return { labels, names: nameColumns(labels), x, unit: axis.unit };
}

/**
 * The numbers of a row of `table`, NaN for a time or a word; `undefined` when the line is no such row: it has another
 * number of cells, its place is no number, or the bar behind it is not full yet. `7/100` is the place 7.
 */
export function readTableRow(line: Scanner, table: ColumnTable): number[] | undefined {
  if (line.end - line.pos > MAX_HEADER) return undefined;
  const text = unboxed(line);
  const bar = BAR.exec(text);
  if (bar !== null && bar[1] !== '100') return undefined;
  const cells = text.replace(BAR, '').split(/\s+/);
  if (cells.length !== table.labels.length) return undefined;
  const values = cells.map((cell) => (/^(?:nan|[-+]?inf)$/i.test(cell) ? Number(wordOf(cell)) : Number(cell)));
  const counter = /^(\d+)\/\d+$/.exec(cells[table.x]!);
  if (counter !== null) values[table.x] = Number(counter[1]);
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
