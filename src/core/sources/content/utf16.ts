import type { OffsetMap } from './offsetMap';

const REPLACEMENT = 0xfffd;

/**
 * Turns UTF-16 into UTF-8 as it comes, cut anywhere. Half a surrogate pair becomes U+FFFD. Source: RFC 2781, RFC 3629.
 */
export class Utf16 {
  /** First byte of a unit whose second one has not come. */
  #half: number | undefined;
  /** First unit of a pair whose second one has not come. */
  #high = 0;
  /** Bytes given out, and bytes of the file taken in, up to the last whole character. */
  #given = 0;
  #taken = 0;

  /** `start`: bytes before the first character, its byte order mark. */
  constructor(
    readonly isBigEndian: boolean,
    readonly offsets: OffsetMap,
    start: number,
  ) {
    this.#taken = start;
  }

  /** The characters of `bytes`, which follow those of the last call, in UTF-8. */
  push(bytes: Uint8Array): Uint8Array {
    const whole = this.#half === undefined ? bytes : withFirst(this.#half, bytes);
    this.#half = whole.length % 2 === 1 ? whole[whole.length - 1] : undefined;
    const out = new Uint8Array((whole.length >> 1) * 3 + 3);
    const [low, high] = this.isBigEndian ? [1, 0] : [0, 1];
    let at = 0;
    for (let i = 0; i + 1 < whole.length; i += 2) {
      const unit = whole[i + low]! | (whole[i + high]! << 8);
      at = unit < 0x80 && this.#high === 0 ? this.#plain(out, at, unit) : this.#unit(out, at, unit);
    }
    return out.subarray(0, at);
  }

  #plain(out: Uint8Array, at: number, unit: number): number {
    this.offsets.mark(this.#given, this.#taken, 2);
    out[at] = unit;
    this.#given++;
    this.#taken += 2;
    return at + 1;
  }

  #unit(out: Uint8Array, at: number, unit: number): number {
    const isLow = unit >= 0xdc00 && unit < 0xe000;
    const high = this.#high;
    this.#high = 0;
    if (high !== 0 && isLow) return this.#code(out, at, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00), 4);
    const next = high === 0 ? at : this.#code(out, at, REPLACEMENT, 2);
    if (unit >= 0xd800 && unit < 0xdc00) {
      this.#high = unit;
      return next;
    }
    if (unit < 0x80) return this.#plain(out, next, unit);
    return this.#code(out, next, isLow ? REPLACEMENT : unit, 2);
  }

  #code(out: Uint8Array, at: number, code: number, taken: number): number {
    const length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    this.offsets.mark(this.#given, this.#taken, 0);
    out[at] = [0xc0, 0xe0, 0xf0][length - 2]! | (code >> (6 * (length - 1)));
    for (let i = 1; i < length; i++) out[at + i] = 0x80 | ((code >> (6 * (length - 1 - i))) & 0x3f);
    this.#given += length;
    this.#taken += taken;
    return at + length;
  }
}

function withFirst(first: number, bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length + 1);
  whole[0] = first;
  whole.set(bytes, 1);
  return whole;
}
