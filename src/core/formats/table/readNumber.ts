import { numberEnd, parseNumber } from '../text/number';

/** Full precision (16 and 17 digits) is what Python prints: those numbers must not go through a string either. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const SPLITTER = 134_217_729;
/** Relative error of the quotient below, with room: 2^-98. */
const DOUBT = 2 ** -98;
const HEAD_DIGITS = 9;
const EXACT_DIGITS = 15;
const MAX_DIGITS = 18;

/** End of the number that `readNumber` read last; meaningless after a failure. */
export let readEnd = 0;

/**
 * The number at `pos`, as `parseNumber` reads it, or `undefined`; `readEnd` is then the byte after it. Up to 18 digits
 * are correctly rounded without a string: the digits are an exact sum of two doubles, divided in double-double
 * arithmetic, and the result is taken when both ends of its error interval round to the same double.
 * Source: Dekker 1971 (exact product), Clinger 1990 (short case).
 */
export function readNumber(bytes: Uint8Array, pos: number, end: number): number | undefined {
  let at = pos;
  let byte = at < end ? bytes[at]! : 0;
  const negative = byte === 0x2d;
  if (negative) byte = ++at < end ? bytes[at]! : 0;
  // Nine digits fit an integer: that is three times as fast as to add them up as doubles.
  let head = 0;
  let tail = 0;
  let digits = 0;
  const first = at;
  let point = -1;
  for (; ; byte = ++at < end ? bytes[at]! : 0) {
    if (byte >= 0x30 && byte <= 0x39) {
      if (digits < HEAD_DIGITS) {
        head = (Math.imul(head, 10) + byte - 0x30) | 0;
        if (head !== 0) digits++;
      } else {
        tail = (Math.imul(tail, 10) + byte - 0x30) | 0;
        digits++;
      }
    } else if (byte === 0x2e && point < 0) point = at;
    else break;
  }
  if (at - first <= (point < 0 ? 0 : 1)) return other(bytes, pos, end);
  readEnd = at;
  const scale = point < 0 ? 0 : at - point - 1;
  const power = ((byte | 0x20) === 0x65 ? exponentAt(bytes, at, end) : 0) - scale;
  let value: number;
  if (digits <= EXACT_DIGITS && power >= -22 && power <= 22) {
    const mantissa = digits > HEAD_DIGITS ? head * POWERS[digits - HEAD_DIGITS]! + tail : head;
    value = power < 0 ? mantissa / POWERS[-power]! : mantissa * POWERS[power]!;
  } else {
    value = digits <= MAX_DIGITS && power < 0 && power >= -44 ? divided(head, tail, digits, power) : Number.NaN;
    if (Number.isNaN(value)) return other(bytes, pos, end);
  }
  return negative ? -value : value;
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

/** The number with the digits of `head` and `tail`, times 10^power for power in [-44, -1]; NaN when the last bit is in doubt. */
function divided(head: number, tail: number, digits: number, power: number): number {
  // head · 10^k + tail as high + low, exactly.
  const shift = POWERS[Math.max(0, digits - HEAD_DIGITS)]!;
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
