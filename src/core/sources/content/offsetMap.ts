/** Bytes of the content before the last one whose places in the file are known exactly: more than any line has. */
const WINDOW = 8 * 1024 * 1024;
/** Marks after which those outside the window are dropped. */
const MARKS_KEPT = 64 * 1024;

/**
 * Where in a file the bytes of its content come from. The content is described by stretches in which each byte
 * stands for the same number of file bytes (0 within one piece of an archive, 2 for plain characters of UTF-16).
 */
export class OffsetMap {
  #content: number[] = [];
  #file: number[] = [];
  #scale: number[] = [];

  /** From byte `content` of the content on, its bytes stand for `scale` bytes each from byte `file` of the file on. */
  mark(content: number, file: number, scale: number): void {
    const last = this.#content.length - 1;
    if (last >= 0) {
      const expected = this.#file[last]! + (content - this.#content[last]!) * this.#scale[last]!;
      if (expected === file && this.#scale[last] === scale) return;
    }
    if (this.#content.length >= MARKS_KEPT) this.#dropBefore(content - WINDOW);
    this.#content.push(content);
    this.#file.push(file);
    this.#scale.push(scale);
  }

  /** The byte of the file from which byte `content` of the content comes; the nearest that is known. */
  fileOffset(content: number): number {
    let low = 0;
    let high = this.#content.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#content[middle]! <= content) low = middle;
      else high = middle - 1;
    }
    if (high < 0) return content;
    return this.#file[low]! + Math.max(0, content - this.#content[low]!) * this.#scale[low]!;
  }

  /** Halves what is kept, so that marks that come densely do not cost a copy each. */
  #dropBefore(content: number): void {
    const outside = this.#content.findIndex((at) => at >= content);
    const count = Math.max(outside, this.#content.length >> 1);
    this.#content = this.#content.slice(count);
    this.#file = this.#file.slice(count);
    this.#scale = this.#scale.slice(count);
  }
}
