/** A growing column of 64-bit floats. Appending is O(1) amortised; memory is at most 1.5 times what is held. */
export class Column {
  #data: Float64Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 64) {
    this.#data = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#data.length) this.#grow();
    this.#data[this.#length++] = value;
  }

  /** Value at `index`; `NaN` outside [0, length). */
  at(index: number): number {
    return index >= 0 && index < this.#length ? this.#data[index]! : Number.NaN;
  }

  /** Forgets everything from `length` on. */
  truncate(length: number): void {
    if (length < this.#length) this.#length = Math.max(0, length);
  }

  /** The values [from, to) without copying; valid until the next `push` or `truncate`. */
  view(from = 0, to = this.#length): Float64Array<ArrayBuffer> {
    return this.#data.subarray(from, Math.min(to, this.#length));
  }

  /** Bytes held, including room to grow. */
  get byteLength(): number {
    return this.#data.byteLength;
  }

  #grow(): void {
    const next = new Float64Array(Math.ceil(this.#data.length * 1.5));
    next.set(this.#data);
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
