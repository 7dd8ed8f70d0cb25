import { numberEnd, parseNumber } from '../text/number';

const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const SPLITTER = 134_217_729;
/** Relative error of the quotient below, with room: 2^-98. */
const DOUBT = 2 ** -98;
/** Digits that a double holds exactly, and digits of the rest that are read without a string. */
const HEAD_DIGITS = 15;
const TAIL_DIGITS = 7;

/** End of the number that `readNumber` read last; meaningless after a failure. */
export let readEnd = 0;

let viewed: Uint8Array = new Uint8Array(0);
let view = new DataView(viewed.buffer);

/**
 * The number at `pos`, as `parseNumber` reads it, or `undefined`; `readEnd` is then the byte after it. Python prints 16
 * and 17 digits: those, and up to 22, are correctly rounded without a string. The digits are an exact sum of two
 * doubles, divided in double-double arithmetic, and the result is taken when both ends of its error interval round to
 * the same double. Four digits are read at once. Source: Dekker 1971 (exact product), Clinger 1990 (short case).
 */
export function readNumber(bytes: Uint8Array, pos: number, end: number): number | undefined {
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
  if (at - first <= (point < 0 ? 0 : 1)) return other(bytes, pos, end);
  readEnd = at;
  const scale = point < 0 ? 0 : at - point - 1;
  const power = ((byte | 0x20) === 0x65 ? exponentAt(bytes, at, end) : 0) - scale;
  let value = Number.NaN;
  if (tailDigits === 0 && power >= -22 && power <= 22)
    value = power < 0 ? head / POWERS[-power]! : head * POWERS[power]!;
  else if (tailDigits <= TAIL_DIGITS && power < 0 && power >= -44) value = divided(head, tail, tailDigits, power);
  if (Number.isNaN(value)) return other(bytes, pos, end);
  return negative ? -value : value;
}

/** Value of four ASCII digits, the first in the lowest byte. */
function fourDigits(word: number): number {
  const digits = word & 0x0f0f0f0f;
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return Math.imul(pairs & 0xff, 100) + (pairs >>> 16);
}

function other(bytes: Uint8Array, pos: number, end: number): number | undefined {
  const value = parseNumber(bytes, pos, end);
  readEnd = numberEnd;
  return value;
}

/** Exponent after the `e` at `at`; moves `readEnd` behind it. Without digits the `e` is not part of the number. */
function exponentAt(bytes: Uint8Array, at: number, end: number): number {
  let p = at + 1;
  const sign = p < end ? bytes[p]! : 0;
  if (sign === 0x2d || sign === 0x2b) p++;
  const first = p;
  let exponent = 0;
  for (; p < end; p++) {
    const byte = bytes[p]!;
    if (byte < 0x30 || byte > 0x39) break;
    if (exponent < 10_000) exponent = exponent * 10 + (byte - 0x30);
  }
  if (p === first) return 0;
  readEnd = p;
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
