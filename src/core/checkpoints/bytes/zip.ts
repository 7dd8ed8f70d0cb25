import { LosslineError } from '../../errors';
import { MAX_TENSORS } from '../../limits';
import type { Inflater } from '../../sources/content/unpacker';
import type { ByteSource } from './byteSource';
import { InflatedBytes, type Inflating } from './inflated';
import { checkRange } from './slice';

/** End record, and the longest comment behind it. */
const END = 22;
const MAX_COMMENT = 0xffff;
const END64_LOCATOR = 20;
const END64 = 56;
const CENTRAL = 46;
const LOCAL = 30;
/** The directory is held in memory: half a million entries with names of 80 bytes. */
const MAX_DIRECTORY = 64 * 1024 * 1024;

const END_SIGNATURE = 0x06054b50;
const END64_SIGNATURE = 0x06064b50;
const LOCATOR_SIGNATURE = 0x07064b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const ZIP64_EXTRA = 1;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
const ALL16 = 0xffff;
const ALL32 = 0xffffffff;

/** One entry of a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes of its content. */
  readonly size: number;
  readonly deflated: boolean;
}

interface Place extends ZipEntry {
  readonly header: number;
  readonly stored: number;
  /** Where the next header or the directory begins: its bytes end before. */
  readonly limit: number;
}

/** A zip archive whose directory was read and found consistent. */
export class ZipArchive {
  readonly #places: ReadonlyMap<string, Place>;
  readonly #contents = new Map<string, ByteSource>();
  readonly #inflating: Inflating;

  private constructor(
    readonly source: ByteSource,
    places: readonly Place[],
    newInflater: (() => Inflater) | undefined,
  ) {
    this.#inflating = { newInflater, current: undefined };
    this.#places = new Map(places.map((place) => [place.name, place]));
  }

  /**
   * Reads the directory at the end of `source`. Rejects with `checkpoint.invalid` and the byte when the archive is cut
   * off or contradicts itself: entries that overlap, are named twice, lead out of the archive or lie outside the file,
   * sizes of zip64 that cannot be. Source: PKWARE, .ZIP File Format Specification (APPNOTE 6.3.10), 4.3.
   */
  static async open(source: ByteSource, newInflater: (() => Inflater) | undefined): Promise<ZipArchive> {
    const { start, size, count } = await findDirectory(source);
    const places = await source.read(start, size, (bytes) => readDirectory(source, bytes, count, start));
    return new ZipArchive(source, places, newInflater);
  }

  get entries(): Iterable<ZipEntry> {
    return this.#places.values();
  }

  entry(name: string): ZipEntry | undefined {
    return this.#places.get(name);
  }

  /**
   * Content of the entry called `name`, the same source each time; undefined when there is none. Its own header is read
   * with its first bytes. Its checksum is not verified: that would read all of it.
   */
  content(name: string): ByteSource | undefined {
    const known = this.#contents.get(name);
    const place = this.#places.get(name);
    if (known !== undefined || place === undefined) return known;
    const stored = new EntryBytes(this.source, place);
    const content = place.deflated ? new InflatedBytes(stored, place.size, this.#inflating) : stored;
    this.#contents.set(name, content);
    return content;
  }
}

/** The bytes of an entry as they are stored. */
class EntryBytes implements ByteSource {
  readonly file: string;
  readonly size: number;
  #start: Promise<number> | undefined;

  constructor(
    readonly archive: ByteSource,
    readonly place: Place,
  ) {
    this.file = `${archive.file}:${place.name}`;
    this.size = place.stored;
  }

  get path(): string {
    return this.archive.path;
  }

  async read<T>(offset: number, length: number, use: (bytes: Uint8Array) => T): Promise<T> {
    checkRange(this, offset, length);
    this.#start ??= this.#findStart();
    return this.archive.read((await this.#start) + offset, length, use);
  }

  async #findStart(): Promise<number> {
    const { header, stored, limit, name } = this.place;
    const names = await this.archive.read(header, LOCAL, (bytes) => lengthOfNames(this.archive, bytes, header));
    const start = header + LOCAL + names;
    if (start + stored > limit) throw invalid(this.archive, `${name} overlaps what follows.`, header);
    return start;
  }
}

function invalid(source: ByteSource, message: string, offset: number): LosslineError {
  return new LosslineError('checkpoint.invalid', message, source.file, offset);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function lengthOfNames(source: ByteSource, bytes: Uint8Array, offset: number): number {
  const header = view(bytes);
  if (header.getUint32(0, true) !== LOCAL_SIGNATURE)
    throw invalid(source, 'The header of an entry is missing.', offset);
  return header.getUint16(26, true) + header.getUint16(28, true);
}

interface Directory {
  readonly start: number;
  readonly size: number;
  readonly count: number;
}

async function findDirectory(source: ByteSource): Promise<Directory> {
  const length = Math.min(source.size, END + MAX_COMMENT);
  const first = source.size - length;
  const { end, directory } = await source.read(first, length, (bytes) => {
    const at = endRecord(bytes);
    if (at < 0) throw invalid(source, 'The directory of the archive is missing: the file is cut off.', source.size);
    const record = view(bytes.subarray(at));
    return {
      end: first + at,
      directory: {
        count: record.getUint16(10, true),
        size: record.getUint32(12, true),
        start: record.getUint32(16, true),
      },
    };
  });
  const wide = await findDirectory64(source, end);
  const found = wide === null ? directory : widened(source, directory, wide);
  const { start, size, count } = found;
  if (start + size !== (wide?.record ?? end) || size > MAX_DIRECTORY || count > MAX_TENSORS || count * CENTRAL > size) {
    throw invalid(source, `A directory of ${count} entries and ${size} bytes at ${start} cannot be.`, end);
  }
  return found;
}

/** The last end record whose comment reaches to the end of the bytes; -1 when there is none. */
function endRecord(bytes: Uint8Array): number {
  const all = view(bytes);
  for (let at = bytes.length - END; at >= 0; at--) {
    if (all.getUint32(at, true) === END_SIGNATURE && at + END + all.getUint16(at + 20, true) === bytes.length)
      return at;
  }
  return -1;
}

/**
 * The directory as zip64 has it, and where its record begins; null when there is none in front of the plain one at
 * `end`.
 */
async function findDirectory64(source: ByteSource, end: number): Promise<(Directory & { record: number }) | null> {
  if (end < END64_LOCATOR) return null;
  const record = await source.read(end - END64_LOCATOR, END64_LOCATOR, (bytes) => {
    const locator = view(bytes);
    return locator.getUint32(0, true) === LOCATOR_SIGNATURE ? uint64(locator, 8) : null;
  });
  if (record === null) return null;
  if (record + END64 > end) throw invalid(source, `The zip64 record cannot be at ${record}.`, end);
  return source.read(record, END64, (bytes) => {
    const fields = view(bytes);
    if (fields.getUint32(0, true) !== END64_SIGNATURE) throw invalid(source, 'The zip64 record is missing.', record);
    return { record, count: uint64(fields, 32), size: uint64(fields, 40), start: uint64(fields, 48) };
  });
}

/** Fields of the plain record that are full are in that of zip64; the others must not contradict it. */
function widened(source: ByteSource, plain: Directory, wide: Directory & { record: number }): Directory {
  const agrees = (field: keyof Directory, full: number): boolean =>
    plain[field] === full || plain[field] === wide[field];
  if (agrees('count', ALL16) && agrees('size', ALL32) && agrees('start', ALL32)) return wide;
  throw invalid(source, 'The two end records contradict each other.', wide.record);
}

/** Above 2^53 it is rounded, and larger than any file. */
function uint64(fields: DataView, at: number): number {
  return Number(fields.getBigUint64(at, true));
}

function readDirectory(source: ByteSource, bytes: Uint8Array, count: number, start: number): Place[] {
  const places: (Place & { names: number })[] = [];
  const names = new Set<string>();
  for (let at = 0, i = 0; i < count; i++) {
    const { entry, end } = readEntry(source, bytes, at, start);
    if (names.has(entry.name)) throw invalid(source, `Two entries are called ${entry.name}.`, start + at);
    names.add(entry.name);
    places.push(entry);
    at = end;
  }
  const byPlace = places.sort((a, b) => a.header - b.header);
  return byPlace.map((place, i) => {
    const limit = byPlace[i + 1]?.header ?? start;
    if (place.header + LOCAL + place.names + place.stored > limit) {
      throw invalid(source, `${place.name} overlaps what follows or lies outside the file.`, place.header);
    }
    return { ...place, limit };
  });
}

const utf8 = new TextDecoder();

function readEntry(
  source: ByteSource,
  bytes: Uint8Array,
  at: number,
  start: number,
): { entry: Place & { names: number }; end: number } {
  const all = view(bytes);
  const fault = (message: string): LosslineError => invalid(source, message, start + at);
  if (at + CENTRAL > bytes.length || all.getUint32(at, true) !== CENTRAL_SIGNATURE)
    throw fault('The directory is broken.');
  const nameLength = all.getUint16(at + 28, true);
  const extra = at + CENTRAL + nameLength;
  const end = extra + all.getUint16(at + 30, true) + all.getUint16(at + 32, true);
  if (end > bytes.length) throw fault('The directory is cut off.');
  const name = utf8.decode(bytes.subarray(at + CENTRAL, extra));
  if (/(^|[/\\])\.\.([/\\]|$)|^[/\\]|\0/.test(name))
    throw fault(`The name ${JSON.stringify(name)} leads out of the archive.`);
  if ((all.getUint16(at + 8, true) & ENCRYPTED) !== 0) throw fault(`${name} is encrypted.`);
  const method = all.getUint16(at + 10, true);
  if (method !== STORED && method !== DEFLATED) throw fault(`${name} is compressed by method ${method}.`);
  const fields = {
    stored: all.getUint32(at + 20, true),
    size: all.getUint32(at + 24, true),
    header: all.getUint32(at + 42, true),
  };
  const [size, stored, header] = wide(view(bytes.subarray(extra, extra + all.getUint16(at + 30, true))), [
    fields.size,
    fields.stored,
    fields.header,
  ]);
  if (size === undefined || stored === undefined || header === undefined) throw fault(`${name} has no zip64 sizes.`);
  if (method === STORED && size !== stored)
    throw fault(`${name} is stored, but its sizes ${size} and ${stored} differ.`);
  return { entry: { name, size, stored, header, deflated: method === DEFLATED, limit: 0, names: nameLength }, end };
}

/** Fields that are full are in the zip64 extra field instead, in this order; undefined those that are missing there. */
function wide(extra: DataView, fields: readonly number[]): (number | undefined)[] {
  if (!fields.includes(ALL32)) return [...fields];
  let at = 0;
  while (at + 4 <= extra.byteLength && extra.getUint16(at, true) !== ZIP64_EXTRA)
    at += 4 + extra.getUint16(at + 2, true);
  const end = at + 4 <= extra.byteLength ? Math.min(at + 4 + extra.getUint16(at + 2, true), extra.byteLength) : 0;
  at += 4;
  return fields.map((field) => {
    if (field !== ALL32) return field;
    at += 8;
    return at <= end ? uint64(extra, at - 8) : undefined;
  });
}
