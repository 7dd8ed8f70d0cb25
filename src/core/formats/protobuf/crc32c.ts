// Slicing by 8: one table look-up per byte, but eight of them do not wait for each other.

const POLYNOMIAL = 0x82f63b78;
const TABLES = buildTables();

function buildTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[n] = crc;
  }
  for (let i = 256; i < tables.length; i++) tables[i] = (tables[i - 256]! >>> 8) ^ tables[tables[i - 256]! & 0xff]!;
  return tables;
}

/**
 * CRC-32C (Castagnoli) of bytes [from, to), as a signed 32-bit integer. `crc` is the value so far of bytes before, 0 at
 * the start; an empty range returns it. Source: RFC 3720 B.4; Kounavis & Berry 2005 (slicing by 8).
 */
export function crc32c(bytes: Uint8Array, from: number, to: number, crc = 0): number {
  const t = TABLES;
  let c = ~crc;
  let i = from;
  for (; to - i >= 8; i += 8) {
    const a = c ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    c =
      t[1792 + (a & 0xff)]! ^
      t[1536 + ((a >>> 8) & 0xff)]! ^
      t[1280 + ((a >>> 16) & 0xff)]! ^
      t[1024 + (a >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^
      t[512 + bytes[i + 5]!]! ^
      t[256 + bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < to; i++) c = (c >>> 8) ^ t[(c ^ bytes[i]!) & 0xff]!;
  return ~c;
}

/** The form in which TFRecord stores a checksum. Source: tensorflow/tensorflow, core/lib/hash/crc32c.h (Mask). */
export function maskedCrc(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) | 0;
}
