import { MAX_JSON_DEPTH } from '../../limits';
import { readDecimal } from '../table/readDecimal';

/** What a scalar token is. */
export enum TokenKind {
  Number = 1,
  Text = 2,
  Literal = 3,
}

/** Receives one scalar: `path` joins keys with `/` (`lr[0]` in an array), the token is bytes [from, to), quotes excluded. */
export type ScalarVisitor = (path: string, kind: TokenKind, from: number, to: number) => void;

/** Elements of one array that are visited; longer arrays are data, not metrics. */
const MAX_ELEMENTS = 16;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const NO_BYTES: Uint8Array = new Uint8Array(0);
const decoder = new TextDecoder();

/**
 * Reads one JSON object and visits its scalars in order. Tolerates what writers in Python produce: `NaN`, `Infinity`,
 * `None`, `True`, raw control characters in strings, invalid UTF-8. Needs no memory beside the paths.
 */
export class JsonScanner {
  /** Position after the object, or of the fault. */
  position = 0;
  #bytes = NO_BYTES;
  #end = 0;
  #visit = ignore;

  /** False when [start, end) does not begin with a whole object; `position` is then where reading stopped. */
  scan(bytes: Uint8Array, start: number, end: number, visit: ScalarVisitor): boolean {
    this.#bytes = bytes;
    this.#end = end;
    this.#visit = visit;
    this.position = start;
    this.#skipBlanks();
    const good = this.#byte() === 0x7b && this.#object('', 1);
    // A scanner lives as long as its file is followed: it must not keep a chunk.
    this.#bytes = NO_BYTES;
    this.#visit = ignore;
    return good;
  }

  #byte(): number {
    return this.position < this.#end ? this.#bytes[this.position]! : -1;
  }

  #skipBlanks(): void {
    while (this.position < this.#end && isBlank(this.#bytes[this.position]!)) this.position++;
  }

  #object(prefix: string, depth: number): boolean {
    if (depth > MAX_JSON_DEPTH) return false;
    this.position++;
    this.#skipBlanks();
    if (this.#byte() === 0x7d) return this.#step();
    for (;;) {
      if (this.#byte() !== QUOTE) return false;
      const from = this.position + 1;
      if (!this.#string()) return false;
      const key = textOf(this.#bytes, from, this.position - 1);
      this.#skipBlanks();
      if (this.#byte() !== 0x3a) return false;
      this.position++;
      if (!this.#value(prefix === '' ? key : `${prefix}/${key}`, depth)) return false;
      const next = this.#byte();
      if (next === 0x7d) return this.#step();
      if (next !== 0x2c) return false;
      this.position++;
      this.#skipBlanks();
    }
  }

  #array(prefix: string, depth: number): boolean {
    if (depth > MAX_JSON_DEPTH) return false;
    this.position++;
    this.#skipBlanks();
    if (this.#byte() === 0x5d) return this.#step();
    const visit = this.#visit;
    for (let index = 0; ; index++) {
      if (index === MAX_ELEMENTS) this.#visit = ignore;
      const good = this.#value(index < MAX_ELEMENTS ? `${prefix}[${index}]` : prefix, depth);
      const next = this.#byte();
      if (good && next === 0x2c) this.position++;
      else {
        this.#visit = visit;
        return good && next === 0x5d && this.#step();
      }
    }
  }

  #step(): boolean {
    this.position++;
    return true;
  }

  /** One value and the blanks around it. */
  #value(path: string, depth: number): boolean {
    this.#skipBlanks();
    const byte = this.#byte();
    let good: boolean;
    if (byte === 0x7b) good = this.#object(path, depth + 1);
    else if (byte === 0x5b) good = this.#array(path, depth + 1);
    else if (byte === QUOTE) {
      const from = this.position + 1;
      good = this.#string();
      if (good) this.#visit(path, TokenKind.Text, from, this.position - 1);
    } else good = this.#bare(path);
    if (good) this.#skipBlanks();
    return good;
  }

  /** A string at `position`, which is then after the closing quote. */
  #string(): boolean {
    const close = stringEnd(this.#bytes, this.position + 1, this.#end);
    if (close < 0) {
      this.position = this.#end;
      return false;
    }
    this.position = close + 1;
    return true;
  }

  #bare(path: string): boolean {
    const from = this.position;
    const literal = literalEnd(this.#bytes, from, this.#end);
    if (literal > 0) {
      this.position = literal;
      this.#visit(path, TokenKind.Literal, from, literal);
      return true;
    }
    const after = readDecimal(this.#bytes, from, this.#end);
    if (after < 0) return false;
    this.position = after;
    this.#visit(path, TokenKind.Number, from, after);
    return true;
  }
}

/** Visits nothing. */
const ignore: ScalarVisitor = () => {};

/** Position of the closing quote of the string whose first byte is at `at`; -1 when it does not close before `end`. */
export function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let i = at; i < end; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH) i++;
  }
  return -1;
}

const LITERALS = ['null', 'true', 'false', 'None', 'True', 'False'].map((word) => new TextEncoder().encode(word));

/** End of the word for nothing, true or false at `at`; -1 when there is none. */
export function literalEnd(bytes: Uint8Array, at: number, end: number): number {
  for (const word of LITERALS) {
    if (bytes[at] === word[0] && at + word.length <= end && word.every((byte, i) => bytes[at + i] === byte)) {
      return at + word.length;
    }
  }
  return -1;
}

/** Text of a string token, escapes resolved; what is not valid JSON or UTF-8 becomes replacement characters. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  let plain = true;
  let text = '';
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!;
    if (byte === BACKSLASH || byte >= 0x80) plain = false;
    else if (to - from < 64) text += String.fromCharCode(byte);
  }
  if (plain && to - from < 64) return text;
  const raw = decoder.decode(bytes.subarray(from, to));
  return plain ? raw : raw.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, unescaped);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

function unescaped(_: string, hex: string | undefined, char: string | undefined): string {
  return hex === undefined ? (ESCAPES[char!] ?? char!) : String.fromCharCode(Number.parseInt(hex, 16));
}

export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
