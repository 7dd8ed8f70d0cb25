import type { FileSystem } from '../../sources/fileSystem';

const HEADER = 32;
const FRAME_HEADER = 24;
const MAGIC = 0x377f0682;
/** Frames looked at in one read. */
const FRAMES_PER_READ = 64;
/** Frames that are followed: a log that was never taken over into its database for so long is not SQLite's. */
const MAX_FRAMES = 1_000_000;

/**
 * The write-ahead log beside a database: pages that were committed but not yet taken over. Each byte is read once as
 * the log grows; frames after the last commit, or with a wrong checksum, do not count.
 * Source: SQLite Database File Format, section 4.
 */
export class WriteAheadLog {
  /** Frame of each page as of the last commit. */
  readonly #frames = new Map<number, number>();
  /** Pages of the transaction that is being read. */
  readonly #pending = new Map<number, number>();
  #header = new Uint8Array(0);
  #isLittle = false;
  #sums: [number, number] = [0, 0];
  #count = 0;
  /** Not the log of this database, or damaged. */
  #isForeign = true;
  /** Pages of the database as of the last commit; 0 when the log says nothing. */
  pages = 0;
  /** Transactions read so far. */
  commits = 0;

  constructor(
    readonly fs: FileSystem,
    readonly path: string,
    readonly pageSize: number,
  ) {}

  /** Reads what was appended since the last call; anew when the log was. */
  async refresh(): Promise<void> {
    const stat = await this.fs.stat(this.path);
    const header = stat === undefined ? new Uint8Array(0) : await this.fs.read(this.path, 0, HEADER);
    if (!sameBytes(header, this.#header)) this.#begin(header);
    if (stat === undefined || this.#isForeign) return;
    const size = FRAME_HEADER + this.pageSize;
    const there = Math.min(MAX_FRAMES, Math.floor((stat.size - HEADER) / size));
    while (this.#count < there) {
      const count = Math.min(FRAMES_PER_READ, there - this.#count);
      const bytes = await this.fs.read(this.path, HEADER + this.#count * size, count * size);
      if (bytes.length < size) return;
      for (let at = 0; at + size <= bytes.length; at += size) if (!this.#frame(bytes.subarray(at, at + size))) return;
    }
  }

  /** Where page `number` lies in the log, `undefined` when the database itself has it. */
  offsetOf(number: number): number | undefined {
    const frame = this.#frames.get(number);
    return frame === undefined ? undefined : HEADER + frame * (FRAME_HEADER + this.pageSize) + FRAME_HEADER;
  }

  /** Changes when the log was begun anew. */
  get identity(): string {
    return this.#header.join();
  }

  #begin(header: Uint8Array): void {
    this.#frames.clear();
    this.#pending.clear();
    this.#count = 0;
    this.pages = 0;
    this.#header = header.slice();
    this.#isForeign = true;
    if (header.length < HEADER) return;
    const view = new DataView(header.buffer, header.byteOffset);
    const magic = view.getUint32(0);
    // The last bit says in which order of bytes the checksums are counted.
    if ((magic & ~1) >>> 0 !== MAGIC || view.getUint32(8) !== this.pageSize) return;
    this.#isLittle = (magic & 1) === 0;
    this.#sums = checksum([0, 0], header.subarray(0, 24), this.#isLittle);
    this.#isForeign = this.#sums[0] !== view.getUint32(24) || this.#sums[1] !== view.getUint32(28);
  }

  /** False for a frame of an earlier life of the log, or one that is still being written. */
  #frame(bytes: Uint8Array): boolean {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const salts = bytes.subarray(8, 16);
    const sums = checksum(
      checksum(this.#sums, bytes.subarray(0, 8), this.#isLittle),
      bytes.subarray(FRAME_HEADER),
      this.#isLittle,
    );
    const isOfThisLog = sameBytes(salts, this.#header.subarray(16, 24));
    if (!isOfThisLog || sums[0] !== view.getUint32(16) || sums[1] !== view.getUint32(20)) return false;
    this.#sums = sums;
    this.#pending.set(view.getUint32(0), this.#count++);
    const pages = view.getUint32(4);
    if (pages === 0) return true;
    for (const [page, frame] of this.#pending) this.#frames.set(page, frame);
    this.#pending.clear();
    this.pages = pages;
    this.commits++;
    return true;
  }
}

/** Source: SQLite Database File Format, section 4.2. */
function checksum([a, b]: readonly [number, number], bytes: Uint8Array, isLittle: boolean): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [s0, s1] = [a, b];
  for (let i = 0; i + 8 <= bytes.length; i += 8) {
    s0 = (s0 + view.getUint32(i, isLittle) + s1) >>> 0;
    s1 = (s1 + view.getUint32(i + 4, isLittle) + s0) >>> 0;
  }
  return [s0, s1];
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
