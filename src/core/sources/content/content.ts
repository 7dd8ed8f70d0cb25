import { MAX_UNPACK_RATIO, MAX_UNPACKED, UNPACK_FREE } from '../../limits';
import type { IssueCode } from '../../model';
import type { FileSystem } from '../fileSystem';
import { type ByteOrderMark, markOf, packingOf } from './encoding';
import { Gzip } from './gzip';
import { OffsetMap } from './offsetMap';
import { ArchiveFault, type Take, type Unpacker } from './unpacker';
import { Utf16 } from './utf16';
import { Zstd } from './zstd';

/** Archives are handed to their unpacker in pieces of this size: places in the file are known as exactly. */
const PIECE = 16 * 1024;

/** Why no more of a file can be unpacked, and where that was found. */
export interface ContentFault {
  readonly code: IssueCode;
  readonly message: string;
  readonly offset: number;
}

/**
 * The content of a file as parsers read it: unpacked, in UTF-8, without a byte order mark. One object reads one file from
 * its first byte on.
 */
export class Content {
  readonly #offsets = new OffsetMap();
  #utf16: Utf16 | undefined;
  #mark: ByteOrderMark | null | undefined;
  #first = new Uint8Array(0);
  /** Bytes taken in, unpacked and given out so far. */
  #read = 0;
  #unpacked = 0;
  #given = 0;
  fault: ContentFault | undefined;

  constructor(readonly unpacker: Unpacker | undefined) {}

  /** A reader for a file that begins with `head`; `undefined` when its bytes are its content, or cannot be unpacked here. */
  static of(head: Uint8Array, fs: Pick<FileSystem, 'inflater'>): Content | undefined {
    const packing = packingOf(head);
    if (packing === 'zstd') return new Content(new Zstd());
    if (packing === 'gzip') return fs.inflater === undefined ? undefined : new Content(new Gzip(fs.inflater));
    return markOf(head) === undefined ? undefined : new Content(undefined);
  }

  /** True inside an archive whose end has not been seen. */
  get isOpen(): boolean {
    return this.unpacker?.isOpen === true && this.fault === undefined;
  }

  /** Hands on the content of `bytes`, the next ones of the file. After a fault there is no more content. */
  async push(bytes: Uint8Array, take: Take): Promise<void> {
    if (this.unpacker === undefined) {
      this.#text(bytes, take);
      return;
    }
    for (let at = 0; at < bytes.length && this.fault === undefined; at += PIECE) {
      await this.#unpack(bytes.subarray(at, at + PIECE), this.unpacker, take);
    }
  }

  /** The place in the file from which byte `offset` of the content comes; within an archive to 16 kB. */
  fileOffset(offset: number): number {
    return this.#offsets.fileOffset(offset);
  }

  dispose(): void {
    this.unpacker?.dispose();
  }

  async #unpack(bytes: Uint8Array, unpacker: Unpacker, take: Take): Promise<void> {
    try {
      this.#offsets.mark(this.#given, this.#read, 0);
      await unpacker.push(bytes, (piece) => {
        if (this.#exceeds(piece.length)) return false;
        this.#unpacked += piece.length;
        return this.#text(piece, take);
      });
    } catch (error) {
      if (!(error instanceof ArchiveFault)) throw error;
      this.fault = { code: error.code, message: `${error.message} What was read before is kept.`, offset: this.#read };
    }
    this.#read += bytes.length;
    if (this.fault !== undefined) unpacker.dispose();
  }

  /** Whether `more` bytes are beyond what any log unpacks to. */
  #exceeds(more: number): boolean {
    const size = this.#unpacked + more;
    const allowed = Math.min(MAX_UNPACKED, UNPACK_FREE + MAX_UNPACK_RATIO * (this.#read + PIECE));
    if (size <= allowed) return false;
    const message = `The archive unpacks to more than ${allowed} bytes. What was read before is kept.`;
    this.fault = { code: 'archive.tooLarge', message, offset: this.#read };
    return true;
  }

  #text(piece: Uint8Array, take: Take): boolean {
    const bytes = this.#mark === undefined ? this.#begin(piece) : piece;
    if (bytes === undefined || bytes.length === 0) return true;
    const text = this.#utf16 === undefined ? bytes : this.#utf16.push(bytes);
    this.#given += text.length;
    return text.length === 0 || take(text);
  }

  /** Finds the byte order mark; the bytes behind it, or `undefined` when more has to come first. */
  #begin(piece: Uint8Array): Uint8Array | undefined {
    const bytes = new Uint8Array(this.#first.length + piece.length);
    bytes.set(this.#first);
    bytes.set(piece, this.#first.length);
    if (bytes.length < 3 && [0xef, 0xfe, 0xff].includes(bytes[0]!)) {
      this.#first = bytes;
      return undefined;
    }
    this.#mark = markOf(bytes) ?? null;
    if (this.#mark === null) return bytes;
    const { length } = this.#mark.bytes;
    const { encoding } = this.#mark;
    if (encoding !== 'utf-8') {
      // The places in an archive are those of its pieces, whatever the text in it is.
      const offsets = this.unpacker === undefined ? this.#offsets : new OffsetMap();
      this.#utf16 = new Utf16(encoding === 'utf-16be', offsets, length);
    } else if (this.unpacker === undefined) this.#offsets.mark(0, length, 1);
    return bytes.subarray(length);
  }
}
