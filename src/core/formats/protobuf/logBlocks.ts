import type { RecordSink } from '../format';
import { ByteBuffer } from '../json/byteBuffer';
import { crc32 } from './crc32';
import type { RecordHandler } from './tfRecord';
import { uint32At } from './wire';

const BLOCK = 32 * 1024;
/** Checksum, length and type of a chunk. */
const HEADER = 7;
/** A record in several chunks that is held at most: configs and tables reach some MB. */
const MAX_HELD = 32 * 1024 * 1024;

enum ChunkType {
  Full = 1,
  First = 2,
  Middle = 3,
  Last = 4,
}

/**
 * Cuts blocks of a LevelDB log into records. A chunk never crosses the end of its block, so no stated length takes more
 * memory than one block. An unfinished chunk waits. After a chunk whose checksum does not fit the one behind it is
 * tried; when that does not fit either, reading goes on at the next block.
 * Source: google/leveldb, doc/log_format.md; wandb/wandb, core/pkg/leveldb/record.go (CRC-32 over type and data).
 */
export class LogBlockSplitter {
  readonly #block = new Uint8Array(BLOCK);
  readonly #held = new ByteBuffer(MAX_HELD);
  #base = 0;
  #filled = 0;
  #at: number;
  /** Offset of the first chunk of the held record; -1 when none is held. */
  #first = -1;
  /** A fault was told and no whole record was met since: what hangs on it is not told again. */
  #faulty = false;
  #skips = false;

  /** `start` bytes at the beginning of the file are no chunks; they count into the first block. */
  constructor(start: number) {
    this.#at = start;
  }

  push(chunk: Uint8Array, sink: RecordSink, onRecord: RecordHandler): void {
    for (let from = 0; from < chunk.length; ) {
      const to = Math.min(chunk.length, from + BLOCK - this.#filled);
      this.#block.set(chunk.subarray(from, to), this.#filled);
      this.#filled += to - from;
      from = to;
      while (!this.#skips && this.#chunk(sink, onRecord));
      if (this.#filled === BLOCK) this.#nextBlock();
    }
  }

  #nextBlock(): void {
    this.#base += BLOCK;
    this.#filled = 0;
    this.#at = 0;
    this.#skips = false;
  }

  /** Reads the chunk at the read position; false when it is not whole yet or the rest of the block is left out. */
  #chunk(sink: RecordSink, onRecord: RecordHandler): boolean {
    const at = this.#at;
    if (BLOCK - at < HEADER || this.#filled - at < HEADER) return false;
    const length = this.#block[at + 4]! | (this.#block[at + 5]! << 8);
    const end = at + HEADER + length;
    if (end > BLOCK) {
      this.#fault('record.length', 'A chunk ends outside its block', sink);
      this.#skips = true;
      return false;
    }
    if (end > this.#filled) return false;
    if (crc32(this.#block, at + 6, end) !== (uint32At(this.#block, at) | 0)) {
      this.#skips = this.#faulty && this.#first < 0;
      this.#fault('record.checksum', 'The checksum of a chunk does not fit', sink);
    } else this.#sound(this.#block[at + 6]!, at + HEADER, end, sink, onRecord);
    this.#at = end;
    return true;
  }

  #sound(type: number, from: number, to: number, sink: RecordSink, onRecord: RecordHandler): void {
    const offset = this.#base + from - HEADER;
    const begins = type === ChunkType.Full || type === ChunkType.First;
    if (begins && this.#first >= 0) this.#fault('record.malformed', 'The end of a record is missing', sink);
    if (type === ChunkType.Full) {
      this.#faulty = false;
      onRecord(this.#block, from, to, offset);
    } else if (type === ChunkType.First) {
      this.#first = offset;
      this.#held.append(this.#block, from, to);
    } else if (this.#first >= 0 && (type === ChunkType.Middle || type === ChunkType.Last)) {
      if (!this.#held.append(this.#block, from, to)) {
        this.#fault('record.length', `A record has more than ${MAX_HELD} bytes`, sink);
      } else if (type === ChunkType.Last) this.#endRecord(onRecord);
    } else this.#fault('record.malformed', 'A chunk belongs to no record', sink);
  }

  #endRecord(onRecord: RecordHandler): void {
    const offset = this.#first;
    this.#faulty = false;
    this.#first = -1;
    onRecord(this.#held.view(), 0, this.#held.length, offset);
    this.#held.clear();
  }

  /** Leaves out the held record, and tells the first of several faults that follow each other. */
  #fault(code: 'record.checksum' | 'record.length' | 'record.malformed', what: string, sink: RecordSink): void {
    const offset = code === 'record.malformed' && this.#first >= 0 ? this.#first : this.#base + this.#at;
    if (!this.#faulty) sink.issue(code, `${what}: looking for the next whole record.`, offset);
    this.#faulty = true;
    this.#first = -1;
    this.#held.clear();
  }
}
