import { MAX_LINE } from '../../limits';
import { plainBytes } from '../json/byteBuffer';

/** Receives one line: bytes [start, end) of `bytes` without its line end, first byte at `offset` of the file. */
export type LineHandler = (bytes: Uint8Array, start: number, end: number, offset: number) => void;

/**
 * May read whole lines by itself: is told where the next line of the chunk begins, and returns where the line begins
 * that it leaves to the line handler.
 */
export type LinesHandler = (bytes: Uint8Array, start: number) => number;

const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts chunks into lines at LF, CR and CRLF; a progress bar that redraws with CR is many lines. A line that is not
 * finished waits for its end. A line over `maxLine` is dropped whole and reported once.
 */
export class LineSplitter {
  #held: Uint8Array = new Uint8Array(0);
  #heldLength = 0;
  #offset = 0;
  #skipping = false;

  constructor(
    /** Called with the offset of a line that is too long. */
    readonly onTooLong: (offset: number) => void,
    readonly maxLine = MAX_LINE,
  ) {}

  /** File offset of the next byte. */
  get offset(): number {
    return this.#offset;
  }

  /** Whether an unfinished line waits. */
  get holds(): boolean {
    return this.#heldLength > 0;
  }

  /** `bytes` are those of `chunk` in a plain array: a subclass of it, such as Node's Buffer, may search faster. */
  push(chunk: Uint8Array, onLine: LineHandler, onLines: LinesHandler = noLines, bytes = plainBytes(chunk)): void {
    const length = bytes.length;
    let start = 0;
    const hasReturns = chunk.indexOf(CR) >= 0;
    for (;;) {
      const end = hasReturns ? lineEnd(bytes, start) : chunk.indexOf(LF, start);
      if (end < 0) break;
      this.#emit(bytes, start, end, onLine);
      start = onLines(bytes, end + 1);
    }
    if (start < length) this.#hold(bytes, start);
    this.#offset += length;
  }

  /** The unfinished last line, if any. It stays held. */
  flush(onLine: LineHandler): void {
    if (this.#heldLength > 0 && !this.#skipping) {
      onLine(this.#held, 0, this.#heldLength, this.#offset - this.#heldLength);
    }
  }

  #emit(chunk: Uint8Array, start: number, end: number, onLine: LineHandler): void {
    if (this.#skipping) {
      this.#skipping = false;
      return;
    }
    if (this.#heldLength === 0) {
      if (end > start) {
        if (end - start > this.maxLine) this.onTooLong(this.#offset + start);
        else onLine(chunk, start, end, this.#offset + start);
      }
      return;
    }
    const offset = this.#offset - this.#heldLength;
    const fits = this.#append(chunk, start, end);
    const length = this.#heldLength;
    this.#heldLength = 0;
    if (fits) onLine(this.#held, 0, length, offset);
    else this.onTooLong(offset);
  }

  #hold(chunk: Uint8Array, start: number): void {
    if (this.#skipping) return;
    const offset = this.#offset + start - this.#heldLength;
    if (this.#append(chunk, start, chunk.length)) return;
    this.#heldLength = 0;
    this.#held = new Uint8Array(0);
    this.#skipping = true;
    this.onTooLong(offset);
  }

  /** False when the held line would pass the limit; nothing is appended then. */
  #append(chunk: Uint8Array, start: number, end: number): boolean {
    const length = this.#heldLength + end - start;
    if (length > this.maxLine) return false;
    if (length > this.#held.length) {
      const next = new Uint8Array(Math.min(this.maxLine, Math.max(1024, length * 2)));
      next.set(this.#held.subarray(0, this.#heldLength));
      this.#held = next;
    }
    this.#held.set(chunk.subarray(start, end), this.#heldLength);
    this.#heldLength = length;
    return true;
  }
}

function noLines(_: Uint8Array, start: number): number {
  return start;
}

function lineEnd(chunk: Uint8Array, start: number): number {
  for (let i = start; i < chunk.length; i++) {
    const byte = chunk[i]!;
    if (byte < 0x0e && (byte === LF || byte === CR)) return i;
  }
  return -1;
}
