import { numberValue, readNumber } from './number';

const SPACE = 0x20;
const TAB = 0x09;
const decoder = new TextDecoder();

/** The bytes of an ASCII text, made once per literal when a format is loaded. */
export function ascii(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/**
 * Reads one line of bytes from left to right. Each reading method returns whether it found what it is named after; it
 * then stands after it, else it has not moved. One instance serves all lines of a file, so nothing is allocated per
 * line.
 */
export class Scanner {
  bytes: Uint8Array = new Uint8Array(0);
  pos = 0;
  end = 0;
  /** What the last successful `number`, `grouped` or `integer` read. */
  value = 0;
  /** Where the integer begins that was read last, and where the number does that `number` or `grouped` read. */
  integerAt = 0;
  numberAt = 0;

  /** Stands at the start of bytes [start, end). */
  reset(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.pos = start;
    this.end = end;
  }

  get atEnd(): boolean {
    return this.pos >= this.end;
  }

  /** The next byte without reading it; -1 at the end. */
  get next(): number {
    return this.pos < this.end ? this.bytes[this.pos]! : -1;
  }

  /** The literal, here. */
  literal(literal: Uint8Array): boolean {
    const { bytes, pos } = this;
    const length = literal.length;
    if (pos + length > this.end) return false;
    for (let i = 0; i < length; i++) if (bytes[pos + i] !== literal[i]) return false;
    this.pos = pos + length;
    return true;
  }

  /** The next occurrence of the literal; stands after it. */
  seek(literal: Uint8Array): boolean {
    const { bytes, end } = this;
    const first = literal[0]!;
    const last = end - literal.length;
    for (let at = this.pos; at <= last; at++) {
      if (bytes[at] !== first) continue;
      let i = 1;
      while (i < literal.length && bytes[at + i] === literal[i]) i++;
      if (i === literal.length) {
        this.pos = at + i;
        return true;
      }
    }
    return false;
  }

  /** One byte of this value. */
  byte(byte: number): boolean {
    if (this.pos >= this.end || this.bytes[this.pos] !== byte) return false;
    this.pos++;
    return true;
  }

  /** Skips spaces and tabs, if any. */
  blanks(): void {
    const { bytes, end } = this;
    let pos = this.pos;
    while (pos < end && (bytes[pos] === SPACE || bytes[pos] === TAB)) pos++;
    this.pos = pos;
  }

  /** A number as `parseNumber` reads it, into `value`. */
  number(): boolean {
    return this.#number(false);
  }

  /** A number that may have thousands separators, into `value`. */
  grouped(): boolean {
    return this.#number(true);
  }

  /** One to fifteen decimal digits, exactly an integer, into `value`. */
  integer(): boolean {
    const { bytes, end, pos } = this;
    let at = pos;
    let value = 0;
    for (; at < end; at++) {
      const digit = bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === pos || at - pos > 15) return false;
    this.value = value;
    this.integerAt = pos;
    this.pos = at;
    return true;
  }

  /** A name: a letter or underscore, then letters, digits and underscores. */
  identifier(): boolean {
    const { bytes, end, pos } = this;
    if (pos >= end || !isNameByte(bytes[pos]!) || isDigit(bytes[pos]!)) return false;
    let at = pos + 1;
    while (at < end && isNameByte(bytes[at]!)) at++;
    this.pos = at;
    return true;
  }

  #number(grouped: boolean): boolean {
    const after = readNumber(this.bytes, this.pos, this.end, grouped);
    if (after < 0) return false;
    this.value = numberValue[0]!;
    this.numberAt = this.pos;
    this.pos = after;
    return true;
  }

  /** The bytes [start, end) as `decode` gives them; the rest of the line unless said. */
  text(start = this.pos, end = this.end): string {
    return decode(this.bytes, start, end);
  }
}

/** The bytes [start, end) as text, without blanks around it. Invalid UTF-8 gives replacement characters. */
export function decode(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end)).trim();
}

/** A letter, a digit or an underscore. */
export function isNameByte(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || isDigit(byte) || byte === 0x5f;
}

/** A decimal digit. */
export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
