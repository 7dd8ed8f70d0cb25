import * as zlib from 'node:zlib';

/** An entry of a zip archive; what is not given is as it should be. */
export interface ZipPart {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly deflate?: boolean;
  /** Sizes and place that the directory claims. */
  readonly size?: number | bigint;
  readonly stored?: number | bigint;
  readonly header?: number | bigint;
  readonly method?: number;
  readonly flags?: number;
}

/** What the end record claims. */
export interface ZipEnd {
  readonly count?: number;
  readonly size?: number;
  readonly start?: number;
  /** Writes the record and locator of zip64 with these claims. */
  readonly wide?: {
    readonly count?: bigint;
    readonly size?: bigint;
    readonly start?: bigint;
    readonly record?: bigint;
  };
}

/**
 * A zip archive, honest or not. A claimed number beyond 32 bits, and every `bigint`, goes into the zip64 extra field.
 */
export function zip(parts: readonly ZipPart[], end: ZipEnd = {}): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    const name = Buffer.from(part.name);
    const content = part.deflate ? zlib.deflateRawSync(part.bytes) : Buffer.from(part.bytes);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    directory.push(centralHeader(part, name, content.length, at));
    pieces.push(local, name, content);
    at += local.length + name.length + content.length;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...pieces, central, ...endRecords(end, parts.length, central.length, at)]);
}

function centralHeader(part: ZipPart, name: Buffer, stored: number, at: number): Buffer {
  const claims = [part.size ?? part.bytes.length, part.stored ?? stored, part.header ?? at];
  const isWide = (value: number | bigint): boolean => typeof value === 'bigint' || value > 0xfffffffe;
  const wide = claims.filter(isWide);
  const extra = Buffer.alloc(wide.length === 0 ? 0 : 4 + 8 * wide.length);
  if (wide.length > 0) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(8 * wide.length, 2);
    wide.forEach((value, i) => {
      extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
    });
  }
  const fixed = Buffer.alloc(46);
  fixed.writeUInt32LE(0x02014b50, 0);
  fixed.writeUInt16LE(part.flags ?? 0, 8);
  fixed.writeUInt16LE(part.method ?? (part.deflate ? 8 : 0), 10);
  const [size, packed, header] = claims.map((value) => (isWide(value) ? 0xffffffff : Number(value)));
  fixed.writeUInt32LE(packed!, 20);
  fixed.writeUInt32LE(size!, 24);
  fixed.writeUInt16LE(name.length, 28);
  fixed.writeUInt16LE(extra.length, 30);
  fixed.writeUInt32LE(header!, 42);
  return Buffer.concat([fixed, name, extra]);
}

function endRecords({ count, size, start, wide }: ZipEnd, entries: number, length: number, at: number): Buffer[] {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count ?? entries, 8);
  record.writeUInt16LE(count ?? entries, 10);
  record.writeUInt32LE(size ?? length, 12);
  record.writeUInt32LE(start ?? at, 16);
  if (wide === undefined) return [record];
  const record64 = Buffer.alloc(56);
  record64.writeUInt32LE(0x06064b50, 0);
  record64.writeBigUInt64LE(44n, 4);
  record64.writeBigUInt64LE(wide.count ?? BigInt(entries), 24);
  record64.writeBigUInt64LE(wide.count ?? BigInt(entries), 32);
  record64.writeBigUInt64LE(wide.size ?? BigInt(length), 40);
  record64.writeBigUInt64LE(wide.start ?? BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(wide.record ?? BigInt(at + length), 8);
  locator.writeUInt32LE(1, 16);
  return [record64, locator, record];
}
