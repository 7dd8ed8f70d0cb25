import { Column } from '../../series/column';

/** Lines that are remembered: 32 MB. A command that wrote more is not started again. */
const MAX_LINES = 4_000_000;
/** A piece without line end is cut after this many bytes, in the same place each time. */
const MAX_PIECE = 64 * 1024;
/** Repeated lines after which a repeat is certain and need not be held back. */
const CERTAIN = 1000;

/** Comparison of a restarted output with what was written before. */
interface Alignment {
  /** Lines that were held back, until it is known whether they are new. */
  held: Uint8Array[];
  /** Lines compared so far. */
  count: number;
  /** Remembered lines at which the output may have begun, ascending, that have not met the end of the memory. */
  open: number[];
  /** Lines of the longest repeat that has met the end of the memory; -1 before. */
  complete: number;
  /** The repeat is certain: nothing is held back any more. */
  certain: boolean;
}

/**
 * Passes the lines of one output stream on, each once, although its program may be started again and repeat what it has
 * written: from the start (`kubectl logs -f`, `docker logs -f`), from some line in the middle (`--tail=1000`), or not
 * at all. The longest end of the old output with which the new one begins counts as repeated. A line that was cut off when
 * the program died is passed on once, whole if it comes again whole. Lines end with a line feed or a carriage return.
 */
export class OutputSieve {
  readonly #hashes = new Column();
  #partial: Uint8Array[] = [];
  #partialLength = 0;
  /** Unfinished last line of a program that ended. */
  #torn: Uint8Array = new Uint8Array(0);
  #alignment: Alignment | undefined;

  constructor(readonly emit: (line: Uint8Array) => void) {}

  /** False when too much was written to tell repeats from new lines. */
  get canRestart(): boolean {
    return this.#hashes.length < MAX_LINES;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      const whole = byte === 0x0a || byte === 0x0d || this.#partialLength + i + 1 - start >= MAX_PIECE;
      if (!whole) continue;
      this.#line(this.#join(chunk.subarray(start, i + 1)));
      start = i + 1;
    }
    if (start < chunk.length) {
      this.#partial.push(chunk.slice(start));
      this.#partialLength += chunk.length - start;
    }
  }

  /** The program ended. Its unfinished last line waits for a restart. */
  ended(): void {
    const rest = this.#join(new Uint8Array(0));
    // Of a repeat that was cut off, the unfinished line is a repeat too.
    if (this.#alignment === undefined && rest.length > 0) {
      this.#passTorn();
      this.#torn = rest;
    }
    this.#alignment = undefined;
  }

  /** The program was started again: its output may repeat lines. */
  restarted(): void {
    if (this.#hashes.length === 0) return;
    this.#alignment = { held: [], count: 0, open: [], complete: -1, certain: false };
  }

  /** The program will not be started again: passes on what is held back. */
  finish(): void {
    this.ended();
    this.#passTorn();
  }

  #join(end: Uint8Array): Uint8Array {
    if (this.#partial.length === 0) return end.slice();
    const line = new Uint8Array(this.#partialLength + end.length);
    let at = 0;
    for (const part of [...this.#partial, end]) {
      line.set(part, at);
      at += part.length;
    }
    this.#partial = [];
    this.#partialLength = 0;
    return line;
  }

  #line(line: Uint8Array): void {
    const alignment = this.#alignment;
    if (alignment === undefined) this.#pass(line);
    else this.#compare(alignment, line);
  }

  #compare(alignment: Alignment, line: Uint8Array): void {
    const hash = hashOf(line);
    const size = this.#hashes.length;
    const { count } = alignment;
    const candidates = count === 0 ? this.#positions(hash) : alignment.open;
    alignment.open = [];
    for (const start of candidates) {
      if (this.#hashes.at(start + count) !== hash) continue;
      if (start + count + 1 < size) alignment.open.push(start);
      else alignment.complete = count + 1;
    }
    alignment.count++;
    if (!alignment.certain) alignment.held.push(line);
    if (alignment.open.length === 0) this.#resolve(alignment, line);
    else if (alignment.count === CERTAIN) {
      alignment.certain = true;
      alignment.held = [];
      alignment.open.length = 1;
      alignment.complete = -1;
    }
  }

  /** No longer repeat is possible: what follows the longest one is new. */
  #resolve(alignment: Alignment, line: Uint8Array): void {
    this.#alignment = undefined;
    if (alignment.certain) {
      if (alignment.complete !== alignment.count) this.#pass(line);
      return;
    }
    for (const held of alignment.held.slice(Math.max(0, alignment.complete))) this.#pass(held);
  }

  #pass(line: Uint8Array): void {
    const torn = this.#torn;
    this.#torn = new Uint8Array(0);
    if (torn.length > 0 && !torn.every((byte, i) => byte === line[i])) this.#write(withLineFeed(torn));
    this.#write(line);
  }

  #passTorn(): void {
    const torn = this.#torn;
    this.#torn = new Uint8Array(0);
    if (torn.length > 0) this.#write(withLineFeed(torn));
  }

  #write(line: Uint8Array): void {
    if (this.canRestart) this.#hashes.push(hashOf(line));
    this.emit(line);
  }

  #positions(hash: number): number[] {
    const positions: number[] = [];
    for (let i = 0; i < this.#hashes.length; i++) if (this.#hashes.at(i) === hash) positions.push(i);
    return positions;
  }
}

function withLineFeed(line: Uint8Array): Uint8Array {
  const whole = new Uint8Array(line.length + 1);
  whole.set(line);
  whole[line.length] = 0x0a;
  return whole;
}

/** 53 bits of a line. Source: two multiplicative hashes as in MurmurHash3's finalizer, Appleby 2011. */
function hashOf(line: Uint8Array): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (const byte of line) {
    a = Math.imul(a ^ byte, 2654435761);
    b = Math.imul(b ^ byte, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
