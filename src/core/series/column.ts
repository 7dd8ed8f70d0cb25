import { type Block, seal } from './block';

/** Values of one sealed block. */
const BLOCK = 4096;
const LEAST = 64;

/**
 * A growing column of 64-bit floats. Appending is O(1). What fills a block is sealed in its smallest exact form; whoever
 * looks at more than the end is given an array of the values, which is kept for the next look as long as memory allows.
 */
export class Column {
  readonly #sealed: Block[] = [];
  #open = new Float64Array(LEAST);
  /** Values in the open block. */
  #count = 0;
  /** The values as they were looked at last, with room to grow, and how many of them it holds. */
  #whole: WeakRef<Float64Array<ArrayBuffer>> | undefined;
  #known = 0;

  get length(): number {
    return this.#sealed.length * BLOCK + this.#count;
  }

  push(value: number): void {
    if (this.#count === this.#open.length) this.#makeRoom();
    this.#open[this.#count++] = value;
  }

  /** Appends all of `values`, which are copied. */
  append(values: Float64Array): void {
    for (let from = 0; from < values.length; ) {
      if (this.#count === this.#open.length) this.#makeRoom();
      const part = values.subarray(from, from + this.#open.length - this.#count);
      this.#open.set(part, this.#count);
      this.#count += part.length;
      from += part.length;
    }
  }

  /** Value at `index`; `NaN` outside [0, length). */
  at(index: number): number {
    if (!(index >= 0 && index < this.length)) return Number.NaN;
    const block = Math.floor(index / BLOCK);
    return block < this.#sealed.length ? this.#sealed[block]!.at(index % BLOCK) : this.#open[index % BLOCK]!;
  }

  /** Forgets everything from `length` on. */
  truncate(length: number): void {
    const left = Math.max(0, length);
    if (left >= this.length) return;
    const blocks = Math.floor(left / BLOCK);
    if (blocks < this.#sealed.length) {
      const open = new Float64Array(BLOCK);
      this.#sealed[blocks]!.copyTo(open, 0);
      this.#open = open;
      this.#sealed.length = blocks;
    }
    this.#count = left % BLOCK;
    this.#known = Math.min(this.#known, left);
  }

  /** The values [from, to), not to be changed; valid until the next `push`, `append` or `truncate`. */
  view(from = 0, to = this.length): Float64Array<ArrayBuffer> {
    const start = this.#sealed.length * BLOCK;
    const end = Math.min(to, this.length);
    if (from >= start) return this.#open.subarray(from - start, Math.max(from, end) - start);
    return this.#all().subarray(from, end);
  }

  /** A copy of the values [from, to), for one look: only the blocks that hold them are unpacked. */
  copy(from = 0, to = this.length): Float64Array<ArrayBuffer> {
    const start = this.#sealed.length * BLOCK;
    const target = new Float64Array(Math.max(0, to - from));
    const block = new Float64Array(BLOCK);
    for (let at = from; at < Math.min(to, start); ) {
      const index = Math.floor(at / BLOCK);
      this.#sealed[index]!.copyTo(block, 0);
      const part = block.subarray(at % BLOCK, Math.min(BLOCK, to - index * BLOCK));
      target.set(part, at - from);
      at += part.length;
    }
    if (to > start) target.set(this.#open.subarray(Math.max(0, from - start), to - start), Math.max(0, start - from));
    return target;
  }

  /** Bytes held, including room to grow; arrays given out are not counted. */
  get byteLength(): number {
    return this.#open.byteLength + this.#sealed.reduce((sum, block) => sum + block.byteLength, 0);
  }

  /** All values in one array. Of one that is still there only what is new is written. */
  #all(): Float64Array<ArrayBuffer> {
    const { length } = this;
    let whole = this.#whole?.deref();
    if (whole === undefined || whole.length < length) {
      const next = new Float64Array(Math.ceil(length * 1.125));
      if (whole === undefined) this.#known = 0;
      else next.set(whole.subarray(0, this.#known));
      whole = next;
      this.#whole = new WeakRef(whole);
    }
    // A block that was known in part only was the open one then.
    for (let block = Math.floor(this.#known / BLOCK); block < this.#sealed.length; block++) {
      this.#sealed[block]!.copyTo(whole, block * BLOCK);
    }
    whole.set(this.#open.subarray(0, this.#count), length - this.#count);
    this.#known = length;
    return whole;
  }

  #makeRoom(): void {
    if (this.#count === BLOCK) {
      this.#sealed.push(seal(this.#open));
      this.#count = 0;
      return;
    }
    const next = new Float64Array(Math.min(BLOCK, this.#open.length * 2));
    next.set(this.#open);
    this.#open = next;
  }
}

/** First index in the ascending `values` whose value is >= `target`; `values.length` when there is none. O(log n). */
export function lowerBound(values: Float64Array, target: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < target) low = middle + 1;
    else high = middle;
  }
  return low;
}
