/** Bytes that wait for the rest of what they belong to. Memory follows the bytes that arrived, never a stated length. */
export class ByteBuffer {
  #data: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(readonly limit: number) {}

  get length(): number {
    return this.#length;
  }

  /** What was appended; valid until the next call. */
  view(): Uint8Array {
    return this.#data.subarray(0, this.#length);
  }

  /** Appends bytes [from, to) of `bytes`. False, and nothing is appended, when the limit would be passed. */
  append(bytes: Uint8Array, from: number, to: number): boolean {
    const length = this.#length + to - from;
    if (length > this.limit) return false;
    if (length > this.#data.length) {
      const next = new Uint8Array(Math.min(this.limit, Math.max(256, length * 2)));
      next.set(this.view());
      this.#data = next;
    }
    this.#data.set(bytes.subarray(from, to), this.#length);
    this.#length = length;
    return true;
  }

  /** Forgets the bytes. Room beyond 1 MB is given back. */
  clear(): void {
    this.#length = 0;
    if (this.#data.length > 1 << 20) this.#data = new Uint8Array(0);
  }
}

/** `chunk` as a plain array over the same bytes. A subclass (Node's Buffer) mixed with plain arrays slows every read. */
export function plainBytes(chunk: Uint8Array): Uint8Array {
  return chunk.constructor === Uint8Array ? chunk : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
}
