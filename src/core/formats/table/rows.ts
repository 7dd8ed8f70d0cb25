import { MAX_LINE } from '../../limits';
import { ByteBuffer } from '../json/byteBuffer';

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

/** Receives whole rows: bytes [from, to) with their line feeds, first byte at `offset` of the file. */
export type BlockHandler = (bytes: Uint8Array, from: number, to: number, offset: number) => void;

/** Where the next byte stands in its cell. */
enum CellState {
  Start,
  Plain,
  Quoted,
  /** After a quote that closed the cell, or began a doubled one. */
  Closed,
}

/**
 * Cuts chunks into blocks of whole rows. A line feed inside quotes does not end a row; quotes count only at the start of
 * a cell. Chunks without quotes cost two searches. A row over the limit is dropped and reported once.
 */
export class RowSplitter {
  readonly #held = new ByteBuffer(MAX_LINE);
  #state = CellState.Start;
  #offset = 0;
  #skipping = false;

  constructor(
    readonly delimiter: number,
    readonly onTooLong: (offset: number) => void,
  ) {}

  /** Whether an unfinished row waits. */
  get holds(): boolean {
    return this.#held.length > 0;
  }

  push(chunk: Uint8Array, onBlock: BlockHandler): void {
    for (let from = 0; from < chunk.length; from += MAX_LINE)
      this.#push(chunk.subarray(from, from + MAX_LINE), onBlock);
  }

  /** Reads a chunk of at most MAX_LINE bytes, so that only a held row can become too long. */
  #push(chunk: Uint8Array, onBlock: BlockHandler): void {
    let start = this.#skipping ? this.#skip(chunk, 0) : 0;
    while (start < chunk.length) {
      const { first, last } = this.#ends(chunk, start);
      const held = this.#held.length;
      const end = first < 0 ? chunk.length : first + 1;
      if (held + end - start > MAX_LINE) {
        this.onTooLong(this.#offset + start - held);
        this.#held.clear();
        start = this.#skip(chunk, start + MAX_LINE - held);
        continue;
      }
      if (held > 0 && first >= 0) {
        this.#held.append(chunk, start, end);
        onBlock(this.#held.view(), 0, this.#held.length, this.#offset + start - held);
        this.#held.clear();
        start = end;
      }
      if (last >= start) onBlock(chunk, start, last + 1, this.#offset + start);
      start = Math.max(start, last + 1);
      this.#held.append(chunk, start, chunk.length);
      start = chunk.length;
    }
    this.#offset += chunk.length;
  }

  /** The unfinished last row, unless it ends inside quotes. It stays held. */
  flush(onBlock: BlockHandler): void {
    if (this.#held.length === 0 || this.#state === CellState.Quoted) return;
    onBlock(this.#held.view(), 0, this.#held.length, this.#offset - this.#held.length);
  }

  /** After a row that is too long: reading goes on behind the next line feed from `at` on, quoted or not. */
  #skip(chunk: Uint8Array, at: number): number {
    const feed = chunk.indexOf(LF, at);
    this.#skipping = feed < 0;
    this.#state = CellState.Start;
    return feed < 0 ? chunk.length : feed + 1;
  }

  /** First and last line feed of `chunk` from `start` on that end a row; -1 when there is none. */
  #ends(chunk: Uint8Array, start: number): { first: number; last: number } {
    if (start >= chunk.length) return { first: -1, last: -1 };
    if (this.#state !== CellState.Quoted && this.#state !== CellState.Closed && chunk.indexOf(QUOTE, start) < 0) {
      const byte = chunk[chunk.length - 1]!;
      this.#state = byte === LF || byte === this.delimiter ? CellState.Start : CellState.Plain;
      const last = chunk.lastIndexOf(LF);
      return last < start ? { first: -1, last: -1 } : { first: chunk.indexOf(LF, start), last };
    }
    let first = -1;
    let last = -1;
    let state = this.#state;
    for (let i = start; i < chunk.length; i++) {
      const byte = chunk[i]!;
      state = nextState(state, byte, this.delimiter);
      if (byte === LF && state === CellState.Start) {
        if (first < 0) first = i;
        last = i;
      }
    }
    this.#state = state;
    return { first, last };
  }
}

function nextState(state: CellState, byte: number, delimiter: number): CellState {
  if (state === CellState.Quoted) return byte === QUOTE ? CellState.Closed : CellState.Quoted;
  if (byte === LF || byte === delimiter) return CellState.Start;
  if (byte === QUOTE) return state === CellState.Plain ? CellState.Plain : CellState.Quoted;
  return state === CellState.Start && byte === 0x20 ? CellState.Start : CellState.Plain;
}

/** A cell: bytes [from, to) without quotes, blanks and line end. */
export interface Cell {
  readonly from: number;
  readonly to: number;
  readonly quoted: boolean;
}

/** Cells of the row at `from`, and where the next row begins. The row may end at `end` without a line feed. */
export function splitRow(
  bytes: Uint8Array,
  from: number,
  end: number,
  delimiter: number,
): { cells: Cell[]; next: number } {
  const cells: Cell[] = [];
  let at = from;
  for (;;) {
    const stop = cellEnd(bytes, at, end, delimiter);
    cells.push(trimCell(bytes, at, stop));
    at = stop + 1;
    if (stop >= end || bytes[stop] === LF) return { cells, next: Math.min(at, end) };
  }
}

/** Position of the delimiter or line feed that ends the cell at `at`, or `end`. */
export function cellEnd(bytes: Uint8Array, at: number, end: number, delimiter: number): number {
  let i = at;
  while (i < end && bytes[i] === 0x20) i++;
  let state = CellState.Start;
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (state !== CellState.Quoted && (byte === LF || byte === delimiter)) return i;
    state = nextState(state, byte, delimiter);
  }
  return end;
}

/** The cell [from, to) without blanks, line end and quotes around it. */
export function trimCell(bytes: Uint8Array, from: number, to: number): Cell {
  let start = from;
  let end = to;
  while (start < end && (bytes[start] === 0x20 || bytes[start] === 0x09)) start++;
  while (end > start && (bytes[end - 1] === CR || bytes[end - 1] === 0x20 || bytes[end - 1] === 0x09)) end--;
  const quoted = end - start >= 2 && bytes[start] === QUOTE && bytes[end - 1] === QUOTE;
  return quoted ? { from: start + 1, to: end - 1, quoted } : { from: start, to: end, quoted };
}
