// Numbers straight from bytes: most of the time of a log reader goes here, so no string is made for the usual cases.

const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
const MAX_EXACT = 9_007_199_254_740_991;
/** Decimal digits that always fit a 32-bit integer. */
const MAX_SMALL_DIGITS = 9;

/** Decimal digits of the first part of a long number, which is exact, and of the whole. */
const EXACT_DIGITS = 15;
const MAX_LONG_DIGITS = 22;
/** Splits a double into halves of 26 bits. */
const SPLITTER = 134_217_729;
const LONG_ERROR = 2 ** -98;

/** End of the number that `parseNumber` or `readNumber` read last; meaningless after a failure. */
export let numberEnd = 0;

/** Value of the number that `readNumber` read last. An array: a store to it allocates nothing. */
export const numberValue = new Float64Array(1);

/**
 * The number at `pos`, read as JavaScript would, or `undefined` when none begins there. `numberEnd` is then the byte
 * after it. Accepts sign, digits, point, exponent, and the words `nan`, `inf`, `infinity` in any case. With `grouped`
 * a comma before exactly three digits is skipped (`1,383`). Correctly rounded: up to 2^53 with a power of ten up to 22
 * both factors are exact and one division or product rounds once (Clinger 1990); all else goes through `Number`.
 */
export function parseNumber(bytes: Uint8Array, pos: number, end: number, grouped = false): number | undefined {
  return readNumber(bytes, pos, end, grouped) < 0 ? undefined : numberValue[0]!;
}

/** As `parseNumber`, without an allocation: returns the byte after the number, or -1, and sets `numberValue`. */
export function readNumber(bytes: Uint8Array, pos: number, end: number, grouped: boolean): number {
  let at = pos;
  let byte = at < end ? bytes[at]! : 0;
  const negative = byte === 0x2d;
  if (negative || byte === 0x2b) at++;
  const first = at;
  // 32-bit arithmetic is twice as fast as floating point here; a longer mantissa overflows and is read again below.
  let mantissa = 0;
  for (; at < end; at++) {
    byte = bytes[at]! - 0x30;
    if (byte < 0 || byte > 9) break;
    mantissa = (Math.imul(mantissa, 10) + byte) | 0;
  }
  if (grouped && at < end && byte === -4 && isGroup(bytes, at + 1, end)) {
    return readLong(bytes, pos, first, end, grouped);
  }
  let digits = at - first;
  let scale = 0;
  if (at < end && byte === -2) {
    const fraction = ++at;
    for (; at < end; at++) {
      byte = bytes[at]! - 0x30;
      if (byte < 0 || byte > 9) break;
      mantissa = (Math.imul(mantissa, 10) + byte) | 0;
    }
    scale = at - fraction;
    digits += scale;
  }
  if (digits === 0 || digits > MAX_SMALL_DIGITS) return readLong(bytes, pos, first, end, grouped);
  if (at < end && (byte === 0x15 || byte === 0x35)) {
    scale -= parseExponent(bytes, at, end);
    at = numberEnd;
  } else numberEnd = at;
  if (scale > 22 || scale < -22) numberValue[0] = slowNumber(bytes, pos, at, grouped);
  else {
    const value = scale > 0 ? mantissa / POWERS[scale]! : mantissa * POWERS[-scale]!;
    numberValue[0] = negative ? -value : value;
  }
  return at;
}

function readLong(bytes: Uint8Array, pos: number, first: number, end: number, grouped: boolean): number {
  const value = parseLong(bytes, pos, first, end, grouped);
  if (value === undefined) return -1;
  numberValue[0] = value;
  return numberEnd;
}

/** Numbers of more digits than a 32-bit integer holds, grouped numbers, and words; `first` is the byte after the sign. */
function parseLong(bytes: Uint8Array, pos: number, first: number, end: number, grouped: boolean): number | undefined {
  let at = first;
  let mantissa = 0;
  let digits = 0;
  let scale = 0;
  let byte = 0;
  for (; at < end; at++) {
    byte = bytes[at]!;
    if (byte >= 0x30 && byte <= 0x39) {
      mantissa = mantissa * 10 + (byte - 0x30);
      digits++;
    } else if (!(grouped && byte === 0x2c && digits > 0 && isGroup(bytes, at + 1, end))) break;
  }
  if (at < end && byte === 0x2e) {
    const fraction = ++at;
    for (; at < end; at++) {
      byte = bytes[at]!;
      if (byte < 0x30 || byte > 0x39) break;
      mantissa = mantissa * 10 + (byte - 0x30);
    }
    scale = at - fraction;
    digits += scale;
  }
  const negative = first > pos && bytes[pos] === 0x2d;
  if (digits === 0) return at === first ? parseWord(bytes, at, end, negative) : undefined;
  let exponent = 0;
  if (at < end && (byte | 0x20) === 0x65) exponent = parseExponent(bytes, at, end);
  else numberEnd = at;
  const power = exponent - scale;
  if (mantissa <= MAX_EXACT && power >= -22 && power <= 22) {
    const value = power < 0 ? mantissa / POWERS[-power]! : mantissa * POWERS[power]!;
    return negative ? -value : value;
  }
  if (power < 0 && power >= -22 && digits <= MAX_LONG_DIGITS) {
    const value = longQuotient(bytes, first, numberEnd, POWERS[-power]!);
    if (!Number.isNaN(value)) return negative ? -value : value;
  }
  return slowNumber(bytes, pos, numberEnd, grouped);
}

/**
 * Correctly rounded quotient of the digits in [first, end), points and commas left out, and a power of ten; NaN when the
 * rounding is too close to call. Of up to 22 digits: what `repr` prints has 17. The digits are the sum of two doubles,
 * and so is the quotient, whose error is below 2^-100 of it. Source: Dekker 1971, 10.1007/BF01397083.
 */
function longQuotient(bytes: Uint8Array, first: number, end: number, divisor: number): number {
  let high = 0;
  let low = 0;
  let count = 0;
  for (let at = first; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit === -2 || digit === -4) continue;
    if (!(digit >= 0 && digit <= 9)) break;
    if (count < EXACT_DIGITS) high = high * 10 + digit;
    else low = low * 10 + digit;
    count++;
  }
  const shift = POWERS[Math.max(0, count - EXACT_DIGITS)]!;
  const product = high * shift;
  const sum = product + low;
  const rest = productError(high, shift, product) + (low - (sum - product));
  const quotient = sum / divisor;
  const back = quotient * divisor;
  const correction = (sum - back - productError(quotient, divisor, back) + rest) / divisor;
  const doubt = quotient * LONG_ERROR;
  const value = quotient + (correction - doubt);
  return value === quotient + (correction + doubt) ? value : Number.NaN;
}

/** What rounding took from `product`, the product of `a` and `b`. */
function productError(a: number, b: number, product: number): number {
  const splitA = a * SPLITTER;
  const highA = splitA - (splitA - a);
  const lowA = a - highA;
  const splitB = b * SPLITTER;
  const highB = splitB - (splitB - b);
  const lowB = b - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}

/** Exponent at `at`, which holds an `e`; sets `numberEnd`. Without digits the `e` is not part of the number. */
function parseExponent(bytes: Uint8Array, at: number, end: number): number {
  let p = at + 1;
  let negative = false;
  if (p < end && (bytes[p] === 0x2d || bytes[p] === 0x2b)) negative = bytes[p++] === 0x2d;
  const first = p;
  let exponent = 0;
  for (; p < end; p++) {
    const byte = bytes[p]!;
    if (byte < 0x30 || byte > 0x39) break;
    if (exponent < 10_000) exponent = exponent * 10 + (byte - 0x30);
  }
  if (p === first) {
    numberEnd = at;
    return 0;
  }
  numberEnd = p;
  return negative ? -exponent : exponent;
}

function isGroup(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 3 > end) return false;
  for (let i = at; i < at + 3; i++) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false;
  return at + 3 === end || bytes[at + 3]! < 0x30 || bytes[at + 3]! > 0x39;
}

function parseWord(bytes: Uint8Array, at: number, end: number, negative: boolean): number | undefined {
  let p = at;
  let word = '';
  while (p < end && p - at < 9 && isLetter(bytes[p]!)) word += String.fromCharCode(bytes[p++]! | 0x20);
  numberEnd = p;
  if (word === 'nan') return Number.NaN;
  if (word === 'inf' || word === 'infinity') return negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return undefined;
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

function slowNumber(bytes: Uint8Array, from: number, to: number, grouped: boolean): number {
  let text = '';
  for (let i = from; i < to; i++) if (!(grouped && bytes[i] === 0x2c)) text += String.fromCharCode(bytes[i]!);
  return Number(text);
}
