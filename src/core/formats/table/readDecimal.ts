import { numberValue, readNumber } from '../text/number';

const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const SPLITTER = 134_217_729;
/** Relative error of the quotient below, with room: 2^-98. */
const DOUBT = 2 ** -98;
/** Digits that a double holds exactly, and digits of the rest that are read without a string. */
const HEAD_DIGITS = 15;
const TAIL_DIGITS = 7;

let viewed: Uint8Array = new Uint8Array(0);
let view = new DataView(viewed.buffer);

/**
 * Reads the number at `pos` as `readNumber` does, into `numberValue`: returns the byte after it, -1 when there is none.
 * Python prints 16 and 17 digits: those, and up to 22, are correctly rounded without a string. The digits are an exact sum of two
 * doubles, divided in double-double arithmetic, and the result is taken when both ends of its error interval round to
 * the same double. Four digits are read at once. Source: Dekker 1971 (exact product), Clinger 1990 (short case).
 */
export function readDecimal(bytes: Uint8Array, pos: number, end: number): number {
  if (bytes !== viewed) {
    viewed = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  let at = pos;
  let byte = at < end ? bytes[at]! : 0;
  const negative = byte === 0x2d;
  if (negative) byte = ++at < end ? bytes[at]! : 0;
  const first = at;
  let head = 0;
  let digits = 0;
  let point = -1;
  for (; ; byte = ++at < end ? bytes[at]! : 0) {
    if (byte >= 0x30 && byte <= 0x39) {
      if (digits === HEAD_DIGITS) break;
      head = head * 10 + (byte - 0x30);
      if (head > 0) digits++;
      if (point < 0 || digits !== 1) continue;
    } else if (byte === 0x2e && point < 0) {
      point = at;
      if (digits === 0) continue;
    } else break;
    // In the fraction four digits at a time, as long as the head has room.
    while (digits <= HEAD_DIGITS - 4 && at + 5 <= end) {
      const word = view.getInt32(at + 1, true);
      if ((word & -0x0f0f0f10) !== 0x30303030 || ((word + 0x06060606) & -0x0f0f0f10) !== 0x30303030) break;
      head = head * 10_000 + fourDigits(word);
      digits += 4;
      at += 4;
    }
  }
  let tail = 0;
  let tailDigits = 0;
  for (; (byte >= 0x30 && byte <= 0x39) || (byte === 0x2e && point < 0); byte = ++at < end ? bytes[at]! : 0) {
    if (byte === 0x2e) point = at;
    else {
      tail = tail * 10 + (byte - 0x30);
      tailDigits++;
    }
  }
  if (at - first <= (point < 0 ? 0 : 1)) return readNumber(bytes, pos, end, false);
  const scale = point < 0 ? 0 : at - point - 1;
  let power = -scale;
  if ((byte | 0x20) === 0x65) {
    const after = exponentEnd(bytes, at, end);
    if (after > 0) {
      power += exponentOf(bytes, at, after);
      at = after;
    }
  }
  let value = Number.NaN;
  if (tailDigits === 0 && power >= -22 && power <= 22)
    value = power < 0 ? head / POWERS[-power]! : head * POWERS[power]!;
  else if (tailDigits <= TAIL_DIGITS && power < 0 && power >= -44) value = divided(head, tail, tailDigits, power);
  if (Number.isNaN(value)) return readNumber(bytes, pos, end, false);
  numberValue[0] = negative ? -value : value;
  return at;
}

/** Value of four ASCII digits, the first in the lowest byte. */
function fourDigits(word: number): number {
  const digits = word & 0x0f0f0f0f;
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return Math.imul(pairs & 0xff, 100) + (pairs >>> 16);
}

/** End of the exponent whose `e` is at `at`; -1 without digits: the `e` is then not part of the number. */
function exponentEnd(bytes: Uint8Array, at: number, end: number): number {
  let p = at + 1;
  if (p < end && (bytes[p] === 0x2d || bytes[p] === 0x2b)) p++;
  const first = p;
  while (p < end && bytes[p]! >= 0x30 && bytes[p]! <= 0x39) p++;
  return p > first ? p : -1;
}

/** Value of the exponent between its `e` at `at` and `end`, at most 99 999. */
function exponentOf(bytes: Uint8Array, at: number, end: number): number {
  const sign = bytes[at + 1]!;
  let exponent = 0;
  for (let p = sign < 0x30 ? at + 2 : at + 1; p < end && exponent < 10_000; p++)
    exponent = exponent * 10 + bytes[p]! - 0x30;
  return sign === 0x2d ? -exponent : exponent;
}

/** The digits of `head`, then `tailDigits` of `tail`, times 10^power in [-44, -1]; NaN when the last bit is in doubt. */
function divided(head: number, tail: number, tailDigits: number, power: number): number {
  // head · 10^k + tail as high + low, exactly.
  const shift = POWERS[tailDigits]!;
  const product = head * shift;
  const high = product + tail;
  const low = productError(head, shift, product) + (tail - (high - product));
  const first = POWERS[Math.min(22, -power)]!;
  const second = POWERS[Math.max(0, -power - 22)]!;
  const divisor = first * second;
  const divisorLow = productError(first, second, divisor);
  const quotient = high / divisor;
  const back = quotient * divisor;
  const rest = high - back - productError(quotient, divisor, back) - quotient * divisorLow + low;
  const correction = rest / divisor;
  const doubt = quotient * DOUBT;
  const result = quotient + (correction + doubt);
  return result === quotient + (correction - doubt) ? result : Number.NaN;
}

/** What `product` = fl(a·b) lacks: a·b - product, exactly. */
function productError(a: number, b: number, product: number): number {
  let t = SPLITTER * a;
  const aHigh = t - (t - a);
  const aLow = a - aHigh;
  t = SPLITTER * b;
  const bHigh = t - (t - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}
