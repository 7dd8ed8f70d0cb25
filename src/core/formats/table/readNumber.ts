import { numberEnd, parseNumber } from '../text/number';

/** Full precision (16 and 17 digits) is what Python prints: those numbers must not go through a string either. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const MAX_EXACT = 9_007_199_254_740_991;
const SPLITTER = 134_217_729;
/** Relative error of the quotient below, with room: 2^-98. */
const DOUBT = 2 ** -98;
const HEAD_DIGITS = 15;
const MAX_DIGITS = 22;

/** End of the number that `readNumber` read last; meaningless after a failure. */
export let readEnd = 0;

/**
 * The number at `pos`, as `parseNumber` reads it, or `undefined`; `readEnd` is then the byte after it. Up to 22 digits
 * are correctly rounded without a string: the digits are an exact sum of two doubles, divided in double-double
 * arithmetic, and the result is taken when both ends of its error interval round to the same double.
 * Source: Dekker 1971 (exact product), Clinger 1990 (short case).
 */
export function readNumber(bytes: Uint8Array, pos: number, end: number): number | undefined {
  let at = pos;
  let byte = at < end ? bytes[at]! : 0;
  const negative = byte === 0x2d;
  if (negative) byte = ++at < end ? bytes[at]! : 0;
  const first = at;
  let mantissa = 0;
  while (byte >= 0x30 && byte <= 0x39) {
    mantissa = mantissa * 10 + (byte - 0x30);
    byte = ++at < end ? bytes[at]! : 0;
  }
  let digits = at - first;
  let scale = 0;
  if (byte === 0x2e) {
    const point = at;
    byte = ++at < end ? bytes[at]! : 0;
    while (byte >= 0x30 && byte <= 0x39) {
      mantissa = mantissa * 10 + (byte - 0x30);
      byte = ++at < end ? bytes[at]! : 0;
    }
    scale = at - point - 1;
    digits += scale;
  }
  if (digits === 0) return other(bytes, pos, end);
  const last = at;
  readEnd = at;
  const power = ((byte | 0x20) === 0x65 ? exponentAt(bytes, at, end) : 0) - scale;
  let value: number;
  if (mantissa <= MAX_EXACT && power >= -22 && power <= 22) {
    value = power < 0 ? mantissa / POWERS[-power]! : mantissa * POWERS[power]!;
  } else {
    value = digits <= MAX_DIGITS && power < 0 && power >= -44 ? divided(bytes, first, last, power) : Number.NaN;
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

/** The digits of [from, to) times 10^power for power in [-44, -1]; NaN when the last bit is in doubt. */
function divided(bytes: Uint8Array, from: number, to: number, power: number): number {
  let head = 0;
  let tail = 0;
  let count = 0;
  for (let i = from; i < to; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0) continue;
    if (count < HEAD_DIGITS) head = head * 10 + digit;
    else tail = tail * 10 + digit;
    count++;
  }
  // head · 10^k + tail as high + low, exactly.
  const shift = POWERS[Math.max(0, count - HEAD_DIGITS)]!;
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
