// Protocol buffers on the wire. Positions that run past the end are the reader's sign of a malformed message.

const SCRATCH = new DataView(new ArrayBuffer(4));

let viewed: Uint8Array = new Uint8Array(0);
let view = new DataView(viewed.buffer);

/** A view of the bytes that were asked for last: messages of one chunk follow each other. */
function viewOf(bytes: Uint8Array): DataView {
  if (bytes !== viewed) {
    viewed = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return view;
}

/** End of what was read last: the position after it. */
export let wireEnd = 0;

/**
 * Unsigned variable-length integer at `at`; `wireEnd` is then after it, or -1 when it does not end before `end` or is
 * longer than ten bytes. Exact up to 2^53.
 */
export function readVarint(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  let factor = 1;
  for (let i = at; i < end && i < at + 10; i++) {
    const byte = bytes[i]!;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      wireEnd = i + 1;
      return value;
    }
    factor *= 128;
  }
  wireEnd = -1;
  return 0;
}

/** Variable-length `int64` at `at`, read like `readVarint`. Ten bytes carry a negative number, in two's complement. */
export function readSigned(bytes: Uint8Array, at: number, end: number): number {
  const value = readVarint(bytes, at, end);
  if (wireEnd - at < 10) return value;
  let whole = 0n;
  for (let i = wireEnd - 1; i >= at; i--) whole = (whole << 7n) | BigInt(bytes[i]! & 0x7f);
  return Number(BigInt.asIntN(64, whole));
}

/** Position after the value of wire type `type` at `at`; -1 when it does not fit before `end` or the type is unknown. */
export function skipValue(bytes: Uint8Array, at: number, end: number, type: number): number {
  if (type === 0) {
    readVarint(bytes, at, end);
    return wireEnd;
  }
  let length = type === 1 ? 8 : type === 5 ? 4 : -1;
  let from = at;
  if (type === 2) {
    length = readVarint(bytes, at, end);
    if (wireEnd < 0) return -1;
    from = wireEnd;
  }
  return length >= 0 && length <= end - from ? from + length : -1;
}

/** Receives a field: a number for a varint, otherwise the range [from, to) of its bytes. */
export type FieldVisitor = (field: number, type: number, from: number, to: number, varint: number) => void;

/** Visits the fields of the message [from, to); false when it is malformed. */
export function visitFields(bytes: Uint8Array, from: number, to: number, visit: FieldVisitor): boolean {
  let at = from;
  while (at < to) {
    const tag = readVarint(bytes, at, to);
    if (wireEnd < 0 || tag >= 2 ** 32) return false;
    const type = tag & 7;
    const start = wireEnd;
    const end = skipValue(bytes, start, to, type);
    if (end < 0) return false;
    const varint = type === 0 ? readVarint(bytes, start, end) : 0;
    let begin = start;
    if (type === 2) {
      readVarint(bytes, start, end);
      begin = wireEnd;
    }
    visit(tag >>> 3, type, begin, end, varint);
    at = end;
  }
  return true;
}

/** Little-endian 64-bit float at `at`, which must have 8 bytes. */
export function doubleAt(bytes: Uint8Array, at: number): number {
  return viewOf(bytes).getFloat64(at, true);
}

/** Little-endian 32-bit float at `at`, which must have 4 bytes. */
export function floatAt(bytes: Uint8Array, at: number): number {
  return viewOf(bytes).getFloat32(at, true);
}

/** Little-endian unsigned 32-bit integer at `at`, which must have 4 bytes. */
export function uint32At(bytes: Uint8Array, at: number): number {
  return viewOf(bytes).getUint32(at, true);
}

/** 16-bit float from its bits. Source: IEEE 754-2008, binary16. */
export function halfFromBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 from its bits: the upper half of a 32-bit float. */
export function bfloatFromBits(bits: number): number {
  SCRATCH.setUint16(0, bits & 0xffff);
  return SCRATCH.getFloat32(0);
}
