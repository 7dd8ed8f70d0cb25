import { readNumber } from '../text/number';
import { isDigit } from '../text/scanner';
import { MAX_TEMPLATE, TEMPLATE } from './rowKernel';

/** How a cell of a row varies; the kinds of `src/kernels/rows.ts`. */
export enum CellKind {
  End = 0,
  Number = 1,
  /** Up to fifteen digits. */
  Integer = 2,
  /** A number, or nothing before the byte that stands behind the cell. */
  Optional = 3,
  /** A text that is no number. */
  Text = 4,
  /** As many digits as the row at hand has there; of hours any number. */
  Digits = 5,
  /** A number without a sign, behind any number of blanks. */
  Unsigned = 6,
  /** A text that begins with a bracket. */
  Remark = 8,
  /** A drawn bar up to the byte behind it. */
  Drawing = 7,
}

/** A cell of a row. What stands between cells is the same in all rows of the shape. */
export interface RowCell {
  readonly kind: CellKind;
  readonly from: number;
  /** End of the cell; that of a number is found by reading it. */
  readonly to?: number;
  /** Whether commas may separate thousands. */
  readonly grouped?: boolean;
  /** Whether there may be more or fewer digits. */
  readonly anyWidth?: boolean;
}

/** A shape of rows as the kernel takes it. */
export interface RowTemplate {
  readonly code: Uint8Array;
  readonly cells: number;
  /** By cell of the claim: its place in the row. */
  readonly places: readonly number[];
}

const GROUPED = 16;
const PADDED = 32;
const PIECE = 16;
const BLANK = 0x20;
const COLON = 0x3a;
const MAX_CELLS = 1024;
/** Dates and times that loggers put before a record. */
const TIMES = /\d{4}-\d\d-\d\d|\d\d\/\d\d(?:\/\d+)?|\d+:\d\d:\d\d(?:[.,]\d+)?/g;
const latin1 = new TextDecoder('latin1');

/**
 * The template of rows like [start, end) of `bytes`, line ends included. `undefined` when the row has more cells or bytes than the kernel takes, or a number that only `readNumber` reads.
 */
export function templateOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  cells: readonly RowCell[],
): RowTemplate | undefined {
  const all = cells.toSorted((a, b) => a.from - b.from);
  if (all.length > MAX_CELLS) return undefined;
  const gaps = (all.length + 1) * PIECE;
  const length = gaps + end - start + 8 * (all.length + 1);
  if (length > MAX_TEMPLATE) return undefined;
  const code = new Uint8Array(length);
  const view = new DataView(code.buffer);
  let gapAt = gaps;
  let from = start;
  const piece = (index: number, to: number, kind: number, detail: number): void => {
    code.set(bytes.subarray(from, to), gapAt);
    view.setUint32(index * PIECE, TEMPLATE + gapAt, true);
    view.setUint32(index * PIECE + 4, to - from, true);
    view.setUint32(index * PIECE + 8, kind, true);
    view.setUint32(index * PIECE + 12, detail, true);
    gapAt += to - from;
  };
  for (const [index, cell] of all.entries()) {
    if (cell.from < from) return undefined;
    const to = cellEnd(bytes, cell, end);
    if (to < 0) return undefined;
    const isNumber = cell.kind === CellKind.Number || cell.kind === CellKind.Integer;
    // Once there are several blanks before a number there may be more or fewer.
    const isPadded =
      isNumber && cell.from - from > 1 && bytes[cell.from - 1] === BLANK && bytes[cell.from - 2] === BLANK;
    const kind = cell.kind + (isPadded ? PADDED : 0) + (cell.grouped ? GROUPED : 0);
    const width = cell.anyWidth ? 0 : to - cell.from;
    const detail = cell.kind === CellKind.Digits ? width : bytes[to]!;
    piece(index, isPadded ? afterFirstBlank(bytes, from, cell.from) : cell.from, kind, detail);
    from = to;
  }
  piece(all.length, end, CellKind.End, 0);
  if (code.subarray(gaps, gapAt).includes(0)) return undefined;
  return { code, cells: Math.max(1, all.length), places: cells.map((cell) => all.indexOf(cell)) };
}

function cellEnd(bytes: Uint8Array, { kind, from, to, grouped }: RowCell, end: number): number {
  if (kind === CellKind.Integer) return digitsEnd(bytes, from, end);
  if (kind === CellKind.Number || kind === CellKind.Unsigned || (kind === CellKind.Optional && to !== from)) {
    return readNumber(bytes, from, end, grouped ?? false);
  }
  return to ?? -1;
}

function digitsEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isDigit(bytes[at]!)) at++;
  return at > from ? at : -1;
}

/** Position after the first of the blanks before `to`. */
function afterFirstBlank(bytes: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && bytes[at - 1] === BLANK) at--;
  return at + 1;
}

/** The digits of dates and times in [from, to): all else there is the same in all rows. */
export function timeCells(bytes: Uint8Array, from: number, to: number): RowCell[] {
  if (to <= from) return [];
  const text = latin1.decode(bytes.subarray(from, to));
  return [...text.matchAll(TIMES)].flatMap((time) =>
    digitCells(bytes, from + time.index, from + time.index + time[0].length, false),
  );
}

/** The runs of digits in [from, to), whose numbers mean nothing. */
export function digitCells(bytes: Uint8Array, from: number, to: number, anyWidth = true): RowCell[] {
  const cells: RowCell[] = [];
  for (let at = from; at < to; at++) {
    if (!isDigit(bytes[at]!)) continue;
    const first = at;
    at = digitsEnd(bytes, at, to);
    // Of hours there may be any number.
    const isHour = first === from && bytes[at] === COLON;
    cells.push({ kind: CellKind.Digits, from: first, to: at, anyWidth: anyWidth || isHour });
  }
  return cells;
}
