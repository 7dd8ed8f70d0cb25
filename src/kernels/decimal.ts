// Decimal numbers to doubles, correctly rounded: what `Number(text)` gives, to the last bit, or nothing.

/** Decimal digits that always fit 64 bits. */
const MAX_DIGITS: i32 = 19;
const EXACT_INTEGER: u64 = 1 << 53;
const EXACT_POWER: i32 = 22;
const MANTISSA_BITS: i32 = 52;
const EXPONENT_BIAS: i32 = 1023;
/** Powers of ten whose 128-bit significands `powers` holds; the host fills it. */
export const LEAST_POWER: i32 = -60;
export const GREATEST_POWER: i32 = 40;

const EXACT_POWERS: StaticArray<f64> = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
];

/** 128-bit significands of the powers of ten, upper half first, 16 bytes each from `LEAST_POWER` on. */
export const powers: usize = memory.data(16 * 101, 16);

/**
 * Reads the number at `at`, `[-]digits[.digits][e[+-]digits]`, into `out`; returns the byte after it, 0 when none stands
 * there or its value is left to the general reader: more than 19 significant digits, far exponents, words. With
 * `grouped` a comma before exactly three digits belongs to the number, as in `1,383`.
 */
export function readDecimal(at: usize, out: usize, grouped: bool): usize {
  let p = at;
  let byte = load<u8>(p);
  const negative = byte === 0x2d;
  if (negative) byte = load<u8>(++p);
  const first = p;
  let mantissa: u64 = 0;
  while (isDigit(byte)) {
    mantissa = mantissa * 10 + (byte - 0x30);
    byte = load<u8>(++p);
  }
  let digits = <i32>(p - first);
  if (digits === 0) return 0;
  if (grouped && byte === 0x2c) {
    while (byte === 0x2c && isGroup(p + 1)) {
      mantissa = mantissa * 1000 + fourDigits((load<u32>(p + 1) << 8) | 0x30);
      digits += 3;
      p += 4;
      byte = load<u8>(p);
    }
  }
  let power: i32 = 0;
  if (byte === 0x2e) {
    const fraction = ++p;
    for (let word = load<u64>(p); areEightDigits(word); word = load<u64>(p)) {
      mantissa = mantissa * 100000000 + eightDigits(word);
      p += 8;
    }
    if (areFourDigits(load<u32>(p))) {
      mantissa = mantissa * 10000 + fourDigits(load<u32>(p));
      p += 4;
    }
    for (byte = load<u8>(p); isDigit(byte); byte = load<u8>(++p)) mantissa = mantissa * 10 + (byte - 0x30);
    power = -(<i32>(p - fraction));
    digits -= power;
  }
  if (digits > MAX_DIGITS && significantDigits(first, p) > MAX_DIGITS) return 0;
  if ((byte | 0x20) === 0x65) {
    let q = p + 1;
    let digit = load<u8>(q);
    const below = digit === 0x2d;
    if (below || digit === 0x2b) digit = load<u8>(++q);
    if (isDigit(digit)) {
      let exponent: i32 = 0;
      for (; isDigit(digit); digit = load<u8>(++q)) if (exponent < 10000) exponent = exponent * 10 + (digit - 0x30);
      power += below ? -exponent : exponent;
      p = q;
    }
  }
  const value = scaled(mantissa, power);
  store<f64>(out, negative ? -value : value);
  // NaN: no power of this size in the table, or a subnormal result.
  return value >= 0 ? p : 0;
}

/** Mantissa times a power of ten, correctly rounded; NaN when that is not known here. */
function scaled(mantissa: u64, power: i32): f64 {
  if (mantissa <= EXACT_INTEGER && power >= -EXACT_POWER && power <= EXACT_POWER) {
    const value = <f64>mantissa;
    return power < 0 ? value / unchecked(EXACT_POWERS[-power]) : value * unchecked(EXACT_POWERS[power]);
  }
  if (mantissa === 0) return 0;
  return power < LEAST_POWER || power > GREATEST_POWER ? NaN : nearest(mantissa, power);
}

/**
 * Source: Lemire 2021, "Number parsing at a gigabyte per second" (arXiv 2101.11408, algorithm 1): the mantissa times a
 * 128-bit power of five, of which the upper 64 or 128 bits decide the rounding; exact for all 64-bit mantissas
 * (Mushtak & Lemire 2023, arXiv 2212.06644).
 */
function nearest(mantissa: u64, power: i32): f64 {
  const zeros = <i32>clz(mantissa);
  const w = mantissa << zeros;
  const entry = powers + <usize>(power - LEAST_POWER) * 16;
  const factor = load<u64>(entry);
  let upper = upperProduct(w, factor);
  let lower = w * factor;
  if ((upper & 0x1ff) === 0x1ff) {
    const carry = upperProduct(w, load<u64>(entry + 8));
    lower += carry;
    if (carry > lower) upper++;
  }
  const top = <i32>(upper >> 63);
  const shift = top + 64 - MANTISSA_BITS - 3;
  let bits = upper >> shift;
  let exponent = (((152170 + 65536) * power) >> 16) + 63 + top - zeros + EXPONENT_BIAS;
  if (exponent <= 0 || exponent >= 2047) return NaN;
  // Exactly between two doubles: only then may the last bit be rounded down to even.
  if (lower <= 1 && power >= -4 && power <= 23 && (bits & 3) === 1 && bits << shift === upper) bits &= ~(<u64>1);
  bits = (bits + (bits & 1)) >> 1;
  if (bits >= (<u64>2) << MANTISSA_BITS) {
    bits = (<u64>1) << MANTISSA_BITS;
    exponent++;
  }
  bits &= ~((<u64>1) << MANTISSA_BITS);
  return reinterpret<f64>(bits | ((<u64>exponent) << MANTISSA_BITS));
}

/** Upper 64 bits of a product. */
function upperProduct(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const middle = aHigh * bLow + ((aLow * bLow) >> 32);
  const other = aLow * bHigh + (middle & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (other >> 32);
}

/** Digits of [from, to) behind leading zeros. */
function significantDigits(from: usize, to: usize): i32 {
  let digits = 0;
  for (let p = from; p < to; p++) {
    const byte = load<u8>(p);
    if (isDigit(byte) && (digits > 0 || byte !== 0x30)) digits++;
  }
  return digits;
}

export function isDigit(byte: u8): bool {
  return <u8>(byte - 0x30) < 10;
}

/** Three digits, and no fourth. */
function isGroup(at: usize): bool {
  return isDigit(load<u8>(at)) && isDigit(load<u8>(at + 1)) && isDigit(load<u8>(at + 2)) && !isDigit(load<u8>(at + 3));
}

function areFourDigits(word: u32): bool {
  return ((word & 0xf0f0f0f0) | (((word + 0x06060606) & 0xf0f0f0f0) >> 4)) === 0x33333333;
}

/** Value of four ASCII digits, the first in the lowest byte. */
function fourDigits(word: u32): u64 {
  const pairs = ((word & 0x0f0f0f0f) * 2561) >> 8;
  return ((pairs & 0x00ff00ff) * 6553601) >> 16;
}

function areEightDigits(word: u64): bool {
  return (
    ((word & 0xf0f0f0f0f0f0f0f0) | (((word + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) === 0x3333333333333333
  );
}

/** Value of eight ASCII digits. */
function eightDigits(word: u64): u64 {
  const pairs = ((word & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;
  const fours = ((pairs & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((fours & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}
