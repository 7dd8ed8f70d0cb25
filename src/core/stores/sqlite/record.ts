/** A value of a row. Integers beyond 2⁵³ lose digits. */
export type SqlValue = number | string | Uint8Array | null;

/** Turns bytes of a text into one, in the encoding of the database. */
export type TextOf = (bytes: Uint8Array) => string;

/** Why bytes are no database; becomes an error with the place of the page. */
export class MalformedPage extends Error {
  override readonly name = 'MalformedPage';
}

/** A number of 1 to 9 bytes and the place behind it. */
export interface Varint {
  readonly value: number;
  readonly end: number;
}

/** The varint at `at`. Throws when it goes on behind `bytes`. Source: SQLite Database File Format, section 1.6. */
export function readVarint(bytes: Uint8Array, at: number): Varint {
  let value = 0;
  for (let i = 0; i < 9; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) throw new MalformedPage('a number goes on behind its page');
    if (i === 8) return { value: longVarint(bytes, at), end: at + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: at + i + 1 };
  }
  throw new MalformedPage('a number without an end');
}

/** Nine bytes hold 64 bits with a sign: seven of each byte, all of the last. */
function longVarint(bytes: Uint8Array, at: number): number {
  let value = 0n;
  for (let i = 0; i < 8; i++) value = (value << 7n) | BigInt(bytes[at + i]! & 0x7f);
  return Number(BigInt.asIntN(64, (value << 8n) | BigInt(bytes[at + 8]!)));
}

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8];
const REAL = 7;

/**
 * The values of the record `bytes`, at most `count`. Throws when a value lies behind its end.
 * Source: SQLite Database File Format, section 2.1.
 */
export function readRecord(bytes: Uint8Array, count: number, textOf: TextOf): SqlValue[] {
  const header = readVarint(bytes, 0);
  const values: SqlValue[] = [];
  let at = header.value;
  for (let place = header.end; place < header.value && values.length < count; ) {
    const type = readVarint(bytes, place);
    place = type.end;
    const length = lengthOf(type.value);
    if (at + length > bytes.length || place > header.value) throw new MalformedPage('a value lies behind its row');
    values.push(readValue(bytes.subarray(at, at + length), type.value, textOf));
    at += length;
  }
  return values;
}

function lengthOf(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  return type === REAL ? 8 : (INTEGER_BYTES[type] ?? 0);
}

function readValue(bytes: Uint8Array, type: number, textOf: TextOf): SqlValue {
  if (type >= 12) return type % 2 === 1 ? textOf(bytes) : bytes.slice();
  if (type === REAL) return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
  if (type === 8 || type === 9) return type - 8;
  if (type === 0 || type > 9) return null;
  if (bytes.length === 8) return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0));
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return bytes[0]! < 0x80 ? value : value - 2 ** (8 * bytes.length);
}
