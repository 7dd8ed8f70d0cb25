import { isDigit, isNameByte, type Scanner } from './scanner';

const BLANK = 0x20;
const COLON = 0x3a;
const EQUALS = 0x3d;
const DASH = 0x2d;
const OPEN = 0x28;
const CLOSE = 0x29;
/** Longest rest of a wrapped number: `, device='cuda:0', grad_fn=<NllLossBackward0>)`. */
const MAX_WRAP = 96;

/** Units that may stand apart from their number. */
const SPACED_UNITS = new Set([
  'ms',
  's',
  'sec',
  'us',
  'min',
  'h',
  '%',
  'GB',
  'GiB',
  'MB',
  'MiB',
  'it/s',
  'tok/s',
  'tokens/s',
]);

/** Skips the dash of `- key:1` and an opening bracket. */
export function skipLead(scan: Scanner): void {
  while (scan.next === DASH && scan.pos + 1 < scan.end && scan.bytes[scan.pos + 1] === BLANK) scan.pos += 2;
  scan.byte(OPEN);
}

/** Skips `np.float64(` or `tensor([`. */
export function skipWrapper(scan: Scanner): boolean {
  const { bytes, end } = scan;
  let at = scan.pos;
  while (at < end && (isNameByte(bytes[at]!) || bytes[at] === 0x2e)) at++;
  if (at === scan.pos || at >= end || bytes[at] !== OPEN) return false;
  scan.pos = at + 1;
  scan.byte(0x5b);
  return true;
}

/** Skips the rest of a wrapped number up to and with its bracket. */
export function skipWrapped(scan: Scanner): boolean {
  const last = Math.min(scan.end, scan.pos + MAX_WRAP);
  for (let at = scan.pos; at < last; at++) {
    if (scan.bytes[at] !== CLOSE) continue;
    scan.pos = at + 1;
    return true;
  }
  return false;
}

/** Skips `ms` or, where blanks do not separate fields (`apart`), ` ms`. */
export function skipUnit(scan: Scanner, apart: boolean): void {
  const { bytes, end, pos } = scan;
  const isApart = apart && scan.next === BLANK;
  let at = isApart ? pos + 1 : pos;
  while (at < end && isUnitByte(bytes[at]!)) at++;
  if (!isApart || SPACED_UNITS.has(scan.text(pos, at))) scan.pos = at;
}

/** Whether a name with its delimiter stands at `pos`. */
export function isKey(bytes: Uint8Array, pos: number, end: number): boolean {
  let at = pos;
  while (at < end && (isNameByte(bytes[at]!) || bytes[at] === 0x2f)) at++;
  return at > pos && at < end && (bytes[at] === COLON || bytes[at] === EQUALS) && !isDigit(bytes[pos]!);
}

/** Position of the `:` or `=` of the piece [start, end), else of the last blank before its number; -1 without one. */
export function findDelimiter(bytes: Uint8Array, start: number, end: number): number {
  let blank = -1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === COLON || byte === EQUALS) return at;
    if (byte === BLANK && at + 1 < end && blank < 0 && beginsNumber(bytes, at + 1, end)) blank = at;
  }
  return blank;
}

/** Whether a number or a word for one begins at `pos`. */
export function beginsNumber(bytes: Uint8Array, pos: number, end: number): boolean {
  let at = pos;
  if (bytes[at] === 0x2d || bytes[at] === 0x2b) at++;
  if (bytes[at] === 0x2e) at++;
  if (at >= end) return false;
  const byte = bytes[at]!;
  if (byte >= 0x30 && byte <= 0x39) return true;
  const lower = byte | 0x20;
  if (lower !== 0x6e && lower !== 0x69) return false;
  let p = at;
  while (p < end && isNameByte(bytes[p]!)) p++;
  return p - at === 3 && ((bytes[at + 1]! | 0x20) === 0x61 || (bytes[at + 2]! | 0x20) === 0x66);
}

function isUnitByte(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || byte === 0x25 || byte === 0x2f;
}

/** Factor of a unit written after a number, for a quantity kept in `kept`. */
export function unitScale(unit: string, kept: string): number {
  if (kept === 's') return { ms: 0.001, us: 1e-6, s: 1, sec: 1, min: 60, m: 60, h: 3600 }[unit] ?? 1;
  return { k: 1e3, K: 1e3, M: 1e6, B: 1e9, G: 1e9, T: 1e12 }[unit] ?? 1;
}
