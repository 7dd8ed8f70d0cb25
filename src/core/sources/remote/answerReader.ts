/** An answer of a shell: what stood before the token, and what followed it on its line. */
export interface ShellAnswer {
  readonly body: Uint8Array;
  readonly end: string;
}

/** Longest end of an answer after its token. */
const MAX_END = 4096;

/**
 * Finds the end of one answer in a stream of bytes, however they are cut: a line feed, the token, a blank, the rest of
 * that line. `push` returns the answer once it is whole, `'tooLong'` when more than `limit` bytes came without it.
 */
export class AnswerReader {
  readonly #mark: Uint8Array;
  #bytes = new Uint8Array(64 * 1024);
  #length = 0;
  #searched = 0;

  constructor(
    token: string,
    readonly limit: number,
  ) {
    this.#mark = new TextEncoder().encode(`\n${token} `);
  }

  push(chunk: Uint8Array): ShellAnswer | 'tooLong' | undefined {
    this.#keep(chunk);
    const at = this.#find();
    if (at < 0) return this.#length > this.limit + MAX_END ? 'tooLong' : undefined;
    const start = at + this.#mark.length;
    const feed = this.#bytes.subarray(0, this.#length).indexOf(0x0a, start);
    if (feed < 0) return this.#length - start > MAX_END ? 'tooLong' : undefined;
    return { body: this.#bytes.slice(0, at), end: new TextDecoder().decode(this.#bytes.subarray(start, feed)) };
  }

  #keep(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = needed;
  }

  /** Looks only at what is new, and goes back as far as a mark may have begun. */
  #find(): number {
    const all = this.#bytes.subarray(0, this.#length);
    for (let at = all.indexOf(0x0a, this.#searched); at >= 0; at = all.indexOf(0x0a, at + 1)) {
      if (at + this.#mark.length > this.#length) {
        this.#searched = at;
        return -1;
      }
      if (this.#mark.every((byte, i) => all[at + i] === byte)) {
        this.#searched = at;
        return at;
      }
    }
    this.#searched = this.#length;
    return -1;
  }
}
