/** Values of one overflow block. */
const BLOCK = 65_536;

/**
 * A growing column of 64-bit floats. Appending is O(1). What does not fit is kept in blocks until the column is next
 * looked at, so that a log that is read in one go is copied once, not with each growth.
 */
export class Column {
  #data: Float64Array<ArrayBuffer>;
  /** Values in `#data`; those in the blocks come after them. */
  #length = 0;
  #blocks: Float64Array<ArrayBuffer>[] = [];
  #block: Float64Array<ArrayBuffer> | undefined;
  /** Values in the last block. */
  #blockLength = 0;

  constructor(capacity = 64) {
    this.#data = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length + (this.#block === undefined ? 0 : (this.#blocks.length - 1) * BLOCK + this.#blockLength);
  }

  push(value: number): void {
    if (this.#block !== undefined) {
      if (this.#blockLength === BLOCK) this.#startBlock();
      this.#block[this.#blockLength++] = value;
    } else if (this.#length < this.#data.length) {
      this.#data[this.#length++] = value;
    } else if (this.#length < BLOCK) {
      this.#resize(this.#length * 2 + 64);
      this.#data[this.#length++] = value;
    } else {
      this.#startBlock();
      this.#block![this.#blockLength++] = value;
    }
  }

  /** Appends all of `values`, which are copied. */
  append(values: Float64Array): void {
    let from = 0;
    while (from < values.length) {
      const room = this.#block === undefined ? this.#data.length - this.#length : BLOCK - this.#blockLength;
      const to = Math.min(values.length, from + room);
      if (to > from) {
        const part = values.subarray(from, to);
        if (this.#block === undefined) {
          this.#data.set(part, this.#length);
          this.#length += part.length;
        } else {
          this.#block.set(part, this.#blockLength);
          this.#blockLength += part.length;
        }
      } else if (this.#block === undefined && this.#length < BLOCK) this.#resize(this.#length * 2 + 64);
      else this.#startBlock();
      from = to;
    }
  }

  /** Value at `index`; `NaN` outside [0, length). */
  at(index: number): number {
    if (index < this.#length) return index >= 0 ? this.#data[index]! : Number.NaN;
    this.#join();
    return index < this.#length ? this.#data[index]! : Number.NaN;
  }

  /** Forgets everything from `length` on. */
  truncate(length: number): void {
    this.#join();
    if (length < this.#length) this.#length = Math.max(0, length);
  }

  /** The values [from, to) without copying; valid until the next `push` or `truncate`. */
  view(from = 0, to = this.length): Float64Array<ArrayBuffer> {
    this.#join();
    return this.#data.subarray(from, Math.min(to, this.#length));
  }

  /** Bytes held, including room to grow. */
  get byteLength(): number {
    return this.#data.byteLength + this.#blocks.length * BLOCK * 8;
  }

  #startBlock(): void {
    this.#block = new Float64Array(BLOCK);
    this.#blocks.push(this.#block);
    this.#blockLength = 0;
  }

  /** Puts the blocks behind the rest, with room for an eighth more. */
  #join(): void {
    if (this.#block === undefined) return;
    this.#resize(Math.ceil(this.length * 1.125));
    for (const block of this.#blocks) {
      const used = block === this.#block ? this.#blockLength : BLOCK;
      this.#data.set(block.subarray(0, used), this.#length);
      this.#length += used;
    }
    this.#blocks = [];
    this.#block = undefined;
  }

  #resize(capacity: number): void {
    const next = new Float64Array(capacity);
    next.set(this.#data.subarray(0, this.#length));
    this.#data = next;
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
