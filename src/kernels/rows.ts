// Rows of one shape: the bytes between their values are compared, the values are read, until a row differs.
import { isDigit, readDecimal } from './decimal';

export { GREATEST_POWER, LEAST_POWER, powers } from './decimal';

/** What stands behind a gap. */
enum Cell {
  /** Nothing: the gap was the last one. */
  End = 0,
  Number = 1,
  /** Up to fifteen digits. */
  Integer = 2,
  /** A number, or nothing before the byte `detail`. */
  Optional = 3,
  /** A text that is no number, up to the byte `detail`. */
  Text = 4,
  /** As many digits as `detail` says, whatever they are; one at least where it is 0. */
  Digits = 5,
  /** A number without a sign, behind any number of blanks. */
  Unsigned = 6,
  /** A text that begins with a bracket, up to the byte `detail`. */
  Remark = 8,
  /** A drawn bar up to the byte `detail`. */
  Drawing = 7,
}

/** Added to the kind of a number whose thousands may be separated by commas. */
const GROUPED: u32 = 16;
/** Added to the kind of a number before which there may be any number of blanks. */
const PADDED: u32 = 32;
/** A piece of a template: address and length of the gap, kind of the cell behind it, detail of that kind. */
const PIECE: usize = 16;

const MAX_INTEGER: usize = 15;
const BLANK: u8 = 0x20;
const MINUS: u8 = 0x2d;
const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const ESCAPE: u8 = 0x1b;
const BRACKET: u8 = 0x28;
const OPEN: u8 = 0x5b;
const BAR: u8 = 0x7c;
const SEMICOLON: u8 = 0x3b;
const SMALL_M: u8 = 0x6d;
const HASH: u8 = 0x23;

let lastRow: usize = 0;
let stop: usize = 0;

/** Byte after the last row that `rows` read. */
export function end(): usize {
  return stop;
}

/** First byte of the last row that `rows` read. */
export function last(): usize {
  return lastRow;
}

/**
 * Reads rows from `from` on that have the pieces at `template`, at most `limit` of them, and returns how many. The
 * number of cell c of row r goes to values[c * capacity + r], and for optional cells whether there was one to
 * present[c * capacity + r]. At `to` there must be sixteen zero bytes, which no row has.
 */
export function rows(
  template: usize,
  from: usize,
  to: usize,
  values: usize,
  present: usize,
  capacity: u32,
  limit: u32,
): u32 {
  let count: u32 = 0;
  stop = from;
  for (let at = from; count < limit && at < to; count++) {
    const next = row(template, at, values + ((<usize>count) << 3), present + count, capacity);
    if (next === 0 || next > to) break;
    lastRow = at;
    stop = next;
    at = next;
  }
  return count;
}

/** The byte after the row at `at`, 0 when it has another shape. */
function row(template: usize, at: usize, values: usize, present: usize, capacity: u32): usize {
  let p = at;
  let out = values;
  let mark = present;
  let piece = template;
  for (let kind = load<u32>(piece, 8); ; kind = load<u32>(piece, 8)) {
    const length = load<u32>(piece, 4);
    if (!isSame(p, load<u32>(piece), length)) return 0;
    p += length;
    if (kind === Cell.End) break;
    p = cell(p, kind, load<u32>(piece, 12), out, mark);
    if (p === 0) return 0;
    out += (<usize>capacity) << 3;
    mark += capacity;
    piece += PIECE;
  }
  return p;
}

function cell(at: usize, kind: u32, detail: u32, out: usize, mark: usize): usize {
  let p = at;
  if ((kind & PADDED) !== 0) while (load<u8>(p) === BLANK) p++;
  switch (kind & 15) {
    case Cell.Number:
      return readDecimal(p, out, (kind & GROUPED) !== 0);
    case Cell.Integer:
      return readInteger(p, out);
    case Cell.Unsigned:
      while (load<u8>(p) === BLANK) p++;
      return load<u8>(p) === MINUS ? 0 : readDecimal(p, out, (kind & GROUPED) !== 0);
    case Cell.Optional: {
      const isThere = load<u8>(p) !== <u8>detail;
      store<u8>(mark, isThere ? 1 : 0);
      return isThere ? readDecimal(p, out, false) : p;
    }
    case Cell.Text:
      return textEnd(p, <u8>detail, out);
    case Cell.Remark:
      return load<u8>(p) === BRACKET ? textEnd(p, <u8>detail, out) : 0;
    case Cell.Drawing:
      return drawingEnd(p, <u8>detail);
    default: {
      const stop = detail === 0 ? usize.MAX_VALUE : p + detail;
      while (p < stop && isDigit(load<u8>(p))) p++;
      return p === stop || (detail === 0 && p > at) ? p : 0;
    }
  }
}

function readInteger(at: usize, out: usize): usize {
  let value: u64 = 0;
  let p = at;
  for (let byte = load<u8>(p); isDigit(byte); byte = load<u8>(++p)) value = value * 10 + (byte - 0x30);
  store<f64>(out, <f64>value);
  return p > at && p - at <= MAX_INTEGER ? p : 0;
}

/** The byte `close` after the text at `at`; 0 when the text may be a number, or needs a closer look. */
function textEnd(at: usize, close: u8, scratch: usize): usize {
  let p = at;
  for (let byte = load<u8>(p); byte !== close; byte = load<u8>(++p)) {
    if (byte < BLANK || byte >= 0x80 || byte === QUOTE || byte === BACKSLASH) return 0;
  }
  const first = load<u8>(at);
  if (isDigit(first) || first === MINUS) {
    let after = readDecimal(at, scratch, false);
    while (after !== 0 && load<u8>(after) === BLANK) after++;
    return after === 0 || after === p ? 0 : p;
  }
  const length = p - at;
  return first === BLANK || first === 0x2b || first === 0x2e || ((length === 3 || length === 8) && isWord(at)) ? 0 : p;
}

/** The byte `close` after the bar at `at`; 0 when what stands there is more than blocks, lines, dots and colours. */
function drawingEnd(at: usize, close: u8): usize {
  let p = at;
  for (let byte = load<u8>(p); byte !== close; byte = load<u8>(p)) {
    if (byte === 0xe2) {
      // U+2500 to U+25BF: lines and blocks.
      const row = load<u8>(p, 1);
      if (row < 0x94 || row > 0x96 || (load<u8>(p, 2) & 0xc0) !== 0x80) return 0;
      p += 3;
    } else if (byte === ESCAPE) {
      if (load<u8>(++p) !== OPEN) return 0;
      for (byte = load<u8>(++p); isDigit(byte) || byte === SEMICOLON; byte = load<u8>(++p)) {}
      if (byte !== SMALL_M) return 0;
      p++;
    } else {
      const isOfBar = close === BAR ? byte === BLANK || byte === HASH : byte === 0x3d || byte === 0x3e || byte === 0x2e;
      if (!isOfBar || close === BLANK) return 0;
      p++;
    }
  }
  return p;
}

/** Whether a text begins like `nan` or `inf`, in any case. */
function isWord(at: usize): bool {
  const word = (load<u32>(at) | 0x202020) & 0xffffff;
  return word === 0x6e616e || word === 0x666e69;
}

/** Whether `length` bytes at `a` and `b` are the same. Up to seven bytes after them are looked at too. */
function isSame(a: usize, b: usize, length: u32): bool {
  let left = <i32>length;
  let p = a;
  let q = b;
  for (; left >= 8; left -= 8, p += 8, q += 8) if (load<u64>(p) !== load<u64>(q)) return false;
  const rest = load<u64>(p) ^ load<u64>(q);
  return left === 0 || rest << ((8 - left) * 8) === 0;
}
