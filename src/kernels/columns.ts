// Numbers of a column in few bits: groups of integers, each as what a simple prediction leaves of it.

/** What the integers of a column stand for. */
enum Form {
  /** The bits of doubles. */
  Doubles = 0,
  /** The bits of 32-bit floats. */
  Singles = 1,
  /** Numbers over one power of ten. */
  Decimals = 2,
}

/** Integers that share a prediction and a width. */
const GROUP: u32 = 64;
/** Bytes before a group: order of its prediction, width of what is left; of order 0 also the least integer. */
const HEAD: usize = 2;
const LEAST: usize = 8;
/** Differences of differences of differences: beyond, rounding is all that is left. */
const MOST_ORDER: u32 = 3;

/**
 * Packs the `count` doubles at `values`, which become integers of `form` there, to `out`, and returns the bytes that
 * takes: at most 10 for each group more than the values. `factor` is the power of ten of decimals.
 */
export function pack(values: usize, count: u32, form: u32, factor: f64, out: usize): usize {
  for (let p = values, end = values + ((<usize>count) << 3); p < end; p += 8) {
    store<i64>(p, integerOf(load<f64>(p), form, factor));
  }
  let to = out;
  for (let i: u32 = 0; i < count; i += GROUP) to = packGroup(values, i, min(GROUP, count - i), to);
  return to - out;
}

/** Writes the `count` doubles that were packed at `from` to `values`. Up to eight bytes after them are looked at too. */
export function unpack(from: usize, count: u32, form: u32, factor: f64, values: usize): void {
  let p = from;
  for (let i: u32 = 0; i < count; i += GROUP) p = unpackGroup(p, values, i, min(GROUP, count - i));
  const end = values + ((<usize>count) << 3);
  if (form === Form.Decimals) {
    for (let at = values; at < end; at += 8) store<f64>(at, <f64>load<i64>(at) / factor);
  } else if (form === Form.Singles) {
    for (let at = values; at < end; at += 8) store<f64>(at, <f64>reinterpret<f32>(<i32>load<i64>(at)));
  }
}

function integerOf(value: f64, form: u32, factor: f64): i64 {
  if (form === Form.Decimals) return <i64>nearest(value * factor);
  return form === Form.Singles ? <i64>reinterpret<i32>(<f32>value) : reinterpret<i64>(value);
}

/** Integer `index`; 0 before the first. */
function integer(values: usize, index: i32): i64 {
  return index < 0 ? 0 : load<i64>(values + ((<usize>index) << 3));
}

/** What the integers before number `index` say of it: the polynomial of `order` - 1 through the last `order` of them. */
function predicted(values: usize, index: i32, order: u32): i64 {
  const last = integer(values, index - 1);
  if (order === 1) return last;
  const before = integer(values, index - 2);
  return order === 2 ? 2 * last - before : 3 * (last - before) + integer(values, index - 3);
}

/** Small numbers of both signs as small ones without. */
function zigzag(value: i64): u64 {
  return <u64>((value << 1) ^ (value >> 63));
}

function widthOf(bits: u64): u32 {
  return 64 - <u32>clz(bits);
}

function packGroup(values: usize, first: u32, count: u32, out: usize): usize {
  let least = i64.MAX_VALUE;
  let most = i64.MIN_VALUE;
  for (let i: u32 = 0; i < count; i++) {
    const value = integer(values, first + i);
    least = min(least, value);
    most = max(most, value);
  }
  let order: u32 = 0;
  let width = widthOf(<u64>most - <u64>least);
  let cost = width * count + ((<u32>LEAST) << 3);
  for (let o: u32 = 1; o <= MOST_ORDER; o++) {
    let bits: u64 = 0;
    for (let i: u32 = 0; i < count; i++) {
      bits |= zigzag(integer(values, first + i) - predicted(values, first + i, o));
    }
    if (widthOf(bits) * count >= cost) continue;
    order = o;
    width = widthOf(bits);
    cost = width * count;
  }
  store<u8>(out, <u8>order);
  store<u8>(out, <u8>width, 1);
  let to = out + HEAD;
  if (order === 0) {
    store<i64>(to, least);
    to += LEAST;
  }
  let bits: u64 = 0;
  let filled: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const value = integer(values, first + i);
    const rest = order === 0 ? <u64>(value - least) : zigzag(value - predicted(values, first + i, order));
    bits |= rest << filled;
    filled += width;
    if (filled < 64) continue;
    store<u64>(to, bits);
    to += 8;
    filled -= 64;
    bits = filled === 0 ? 0 : rest >> (width - filled);
  }
  store<u64>(to, bits);
  return to + ((filled + 7) >> 3);
}

function unpackGroup(from: usize, values: usize, first: u32, count: u32): usize {
  const order = <u32>load<u8>(from);
  const width = <u32>load<u8>(from, 1);
  const start = from + HEAD + (order === 0 ? LEAST : 0);
  const mask: u64 = width === 0 ? 0 : u64.MAX_VALUE >> (64 - width);
  const target = values + ((<usize>first) << 3);
  for (let i: u32 = 0, bit: u32 = 0; i < count; i++, bit += width) {
    const at = start + (bit >> 3);
    const shift = <u64>(bit & 7);
    let rest = load<u64>(at) >> shift;
    if (shift + width > 64) rest |= (<u64>load<u8>(at, 8)) << (64 - shift);
    store<u64>(target + ((<usize>i) << 3), rest & mask);
  }
  if (order === 0) {
    const least = load<i64>(from, HEAD);
    for (let i: u32 = 0; i < count; i++) {
      const at = target + ((<usize>i) << 3);
      store<i64>(at, load<i64>(at) + least);
    }
  } else integrate(values, first, count, order);
  return start + ((width * count + 7) >> 3);
}

/** Adds to what is left of each integer what those before it say of it. */
function integrate(values: usize, first: u32, count: u32, order: u32): void {
  let last = integer(values, first - 1);
  let slope = order > 1 ? last - integer(values, first - 2) : 0;
  let bend = order > 2 ? slope - (integer(values, first - 2) - integer(values, first - 3)) : 0;
  let at = values + ((<usize>first) << 3);
  for (let i: u32 = 0; i < count; i++, at += 8) {
    const code = load<u64>(at);
    const rest = <i64>(code >> 1) ^ -(<i64>(code & 1));
    if (order === 1) last += rest;
    else {
      bend = order === 2 ? rest : bend + rest;
      slope += bend;
      last += slope;
    }
    store<i64>(at, last);
  }
}
