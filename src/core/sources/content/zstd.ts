import { Decompress } from 'fzstd';
import { messageOf } from '../../errors';
import { ArchiveFault, type Take, type Unpacker } from './unpacker';

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** Bytes after which the size of any header is known. */
const SHORTEST_HEADER = 6;
const BLOCK_HEADER = 3;
const CHECKSUM = 4;
/** RFC 8878, section 3.1.1.2.4. */
const MAX_BLOCK = 128 * 1024;
/** Memory that a frame may ask for: what `zstd -19` uses, four times over. RFC 8878 wants at least 8 MiB. */
const MAX_WINDOW = 32 * 1024 * 1024;
/** Each block moves the window once; honest blocks hold 128 kB. Bytes that may be moved, and per unpacked byte. */
const FREE_MOVES = 16 * 1024 ** 3;
const MOVES_PER_BYTE = 1024;

interface FrameHeader {
  readonly size: number;
  readonly window: number;
  readonly hasChecksum: boolean;
}

/**
 * Unpacks Zstandard: frames one behind the other, skippable ones left out. The frames are walked block by block here, so
 * that memory and work are bounded before a block is unpacked and the end of a frame is known. Checksums are not
 * compared. Source: RFC 8878.
 */
export class Zstd implements Unpacker {
  #held = new Uint8Array(0);
  /** The frame that is being read, its next block first. */
  #frame: { readonly header: FrameHeader; readonly decoder: Decompress } | undefined;
  /** Bytes of a skippable frame still to come. */
  #skip = 0;
  #moved = 0;
  #unpacked = 0;
  #take: Take = () => true;
  #wanted = true;

  get isOpen(): boolean {
    return this.#frame !== undefined || this.#skip > 0 || this.#held.length > 0;
  }

  async push(bytes: Uint8Array, take: Take): Promise<void> {
    this.#take = take;
    const joined = new Uint8Array(this.#held.length + bytes.length);
    joined.set(this.#held);
    joined.set(bytes, this.#held.length);
    let at = 0;
    for (let used = -1; used !== 0 && at < joined.length && this.#wanted; at += used)
      used = this.#unit(joined.subarray(at));
    this.#held = joined.slice(at);
  }

  dispose(): void {
    this.#frame = undefined;
  }

  /** Reads one header or block at the start of `bytes`; its size, 0 when more of it has to come first. */
  #unit(bytes: Uint8Array): number {
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, bytes.length);
      this.#skip -= skipped;
      return skipped;
    }
    if (this.#frame !== undefined) return this.#block(bytes, this.#frame);
    if (bytes.length < 8) return 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const magic = view.getUint32(0, true);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      this.#skip = view.getUint32(4, true);
      return 8;
    }
    if (magic !== FRAME) throw new ArchiveFault('archive.damaged', 'What follows is no archive.');
    const header = readHeader(bytes);
    if (header.size > bytes.length) return 0;
    if (header.window > MAX_WINDOW) {
      throw new ArchiveFault('archive.tooLarge', `The archive asks for ${header.window} bytes of memory.`);
    }
    this.#frame = { header, decoder: new Decompress((piece) => this.#hand(piece)) };
    this.#feed(bytes.subarray(0, header.size), false);
    return header.size;
  }

  #block(bytes: Uint8Array, { header }: { readonly header: FrameHeader }): number {
    if (bytes.length < BLOCK_HEADER) return 0;
    const head = bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16);
    const isLast = (head & 1) === 1;
    const isRepeat = ((head >> 1) & 3) === 1;
    if (head >> 3 > MAX_BLOCK) throw new ArchiveFault('archive.damaged', 'A block is larger than any can be.');
    const size = BLOCK_HEADER + (isRepeat ? 1 : head >> 3) + (isLast && header.hasChecksum ? CHECKSUM : 0);
    if (size > bytes.length) return 0;
    this.#moved += header.window;
    if (this.#moved > FREE_MOVES + MOVES_PER_BYTE * this.#unpacked) {
      throw new ArchiveFault('archive.tooLarge', 'The archive has too many blocks for what they hold.');
    }
    this.#feed(bytes.slice(0, size), isLast);
    if (isLast) this.#frame = undefined;
    return size;
  }

  #feed(bytes: Uint8Array, isLast: boolean): void {
    try {
      this.#frame!.decoder.push(bytes, isLast);
    } catch (error) {
      throw new ArchiveFault('archive.damaged', `The archive is damaged: ${messageOf(error)}.`);
    }
  }

  #hand(piece: Uint8Array): void {
    if (piece.length === 0 || !this.#wanted) return;
    this.#unpacked += piece.length;
    this.#wanted = this.#take(piece);
  }
}

/** RFC 8878, section 3.1.1.1: descriptor, window, dictionary and content size. */
function readHeader(bytes: Uint8Array): FrameHeader {
  const descriptor = bytes[4]!;
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  const contentSize = descriptor >> 6 === 0 ? (isSingle ? 1 : 0) : 1 << (descriptor >> 6);
  const size = SHORTEST_HEADER - 1 + (isSingle ? 0 : 1) + dictionary + contentSize;
  return {
    size,
    window: isSingle ? contentOf(bytes, size, contentSize) : windowOf(bytes[5]!),
    hasChecksum: (descriptor & 4) !== 0,
  };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** Size of the content, which a single segment keeps whole in memory. */
function contentOf(bytes: Uint8Array, end: number, length: number): number {
  let size = 0;
  for (let i = 1; i <= length; i++) size = size * 256 + (bytes[end - i] ?? 0);
  return length === 2 ? size + 256 : size;
}
