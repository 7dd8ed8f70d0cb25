import { decode, isDigit, isNameByte, type Scanner } from './scanner';

/** A Python value that a setting can have; lists, dicts and objects are kept as text. */
export type Literal = number | string | boolean | null;

/** Nesting of brackets that is followed. */
const MAX_DEPTH = 64;
/** Entries of one dict. */
const MAX_ENTRIES = 2000;

const QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;
const BACKSLASH = 0x5c;
const STAR = 0x2a;
const HASH = 0x23;
const COMMA = 0x2c;
const CLOSERS = new Set([0x29, 0x5d, 0x7d]);
const OPENERS = new Set([0x28, 0x5b, 0x7b]);

/** What a value is. */
export enum PythonKind {
  /** Nothing that is a value begins here. */
  None = 0,
  /** `1.5`, `nan`, `'1.5'`, `np.float64(1.5)`, `tensor(1.5, device='cuda:0')`, `5 * 8`; in `value`. */
  Number = 1,
  /** A string; its content is bytes [from, to). */
  Text = 2,
  True = 3,
  False = 4,
  Null = 5,
  /** Any other balanced expression; bytes [from, to). */
  Other = 6,
}

/** Reads Python literals as `print` writes them. Source: CPython Objects, `repr` of dict, str, float. */
export class PythonScanner {
  /** Number read last. */
  value = 0;
  /** Content of what was read last. */
  from = 0;
  to = 0;

  /** Reads one value and stands after it; on `None` the scanner has not moved. */
  read(line: Scanner): PythonKind {
    const start = line.pos;
    const first = line.next;
    if (first === QUOTE || first === DOUBLE_QUOTE) return this.#readText(line);
    if (line.number()) {
      this.value = line.value;
      if (endsValue(line)) return PythonKind.Number;
      if (isDigit(first) && this.#readProduct(line)) return PythonKind.Number;
      line.pos = start;
    }
    return this.#readOther(line);
  }

  /** One value as plain data, or `undefined` when none begins here. */
  literal(line: Scanner): Literal | undefined {
    switch (this.read(line)) {
      case PythonKind.None:
        return undefined;
      case PythonKind.Number:
        return this.value;
      case PythonKind.True:
        return true;
      case PythonKind.False:
        return false;
      case PythonKind.Null:
        return null;
      default:
        return decode(line.bytes, this.from, this.to);
    }
  }

  /** Whether nothing but a comment follows. */
  isLineEnd(line: Scanner): boolean {
    line.blanks();
    return line.atEnd || line.next === HASH;
  }

  /** Entries up to the closing bracket: `'key': value` or `key=value` by `delimiter`. A fault ends the list. */
  entries(line: Scanner, delimiter: number): [string, Literal][] {
    const entries: [string, Literal][] = [];
    while (entries.length < MAX_ENTRIES) {
      line.blanks();
      const start = line.pos;
      const isText = this.#readText(line) === PythonKind.Text;
      if (!isText && !line.identifier()) break;
      const key = isText ? decode(line.bytes, this.from, this.to) : line.text(start, line.pos);
      line.blanks();
      if (!line.byte(delimiter)) break;
      line.blanks();
      const value = this.literal(line);
      if (value === undefined) break;
      entries.push([key, value]);
      line.blanks();
      if (!line.byte(COMMA)) break;
    }
    return entries;
  }

  #readText(line: Scanner): PythonKind {
    const { bytes, end, pos } = line;
    const quote = line.next;
    if (quote !== QUOTE && quote !== DOUBLE_QUOTE) return PythonKind.None;
    for (let at = pos + 1; at < end; at++) {
      if (bytes[at] === BACKSLASH) at++;
      else if (bytes[at] === quote) {
        line.pos = at + 1;
        return this.#textKind(line, pos + 1, at);
      }
    }
    return PythonKind.None;
  }

  /** Newer transformers print every number as a string. */
  #textKind(line: Scanner, from: number, to: number): PythonKind {
    const { pos, end } = line;
    this.from = from;
    this.to = to;
    line.pos = from;
    line.end = to;
    const isNumber = line.number() && line.atEnd;
    line.pos = pos;
    line.end = end;
    if (isNumber) this.value = line.value;
    return isNumber ? PythonKind.Number : PythonKind.Text;
  }

  /** ` * 8` after a number, as in `gradient_accumulation_steps = 5 * 8`. */
  #readProduct(line: Scanner): boolean {
    let product = this.value;
    while (!endsValue(line)) {
      line.blanks();
      if (!line.byte(STAR)) return false;
      line.blanks();
      if (!line.number()) return false;
      product *= line.value;
    }
    this.value = product;
    return true;
  }

  /** Words, calls, lists, dicts and objects: everything up to the comma or bracket that ends it. */
  #readOther(line: Scanner): PythonKind {
    const start = line.pos;
    if (!skipBalanced(line) || line.pos === start) {
      line.pos = start;
      return PythonKind.None;
    }
    this.from = start;
    this.to = line.pos;
    while (this.to > start && line.bytes[this.to - 1] === 0x20) this.to--;
    const length = this.to - start;
    const first = line.bytes[start];
    if (length === 4 && first === 0x54) return PythonKind.True;
    if (length === 5 && first === 0x46) return PythonKind.False;
    if (length === 4 && first === 0x4e) return PythonKind.Null;
    return this.#readWrapped(line) ? PythonKind.Number : PythonKind.Other;
  }

  /** The number inside `np.float64(1.5)`, `tensor(1.5, device='cuda:0')` or `tensor([1.5])`. */
  #readWrapped(line: Scanner): boolean {
    const { bytes, pos } = line;
    let at = this.from;
    while (at < this.to && (isNameByte(bytes[at]!) || bytes[at] === 0x2e)) at++;
    if (at === this.from || at >= this.to || bytes[at] !== 0x28) return false;
    line.pos = at + 1;
    line.byte(0x5b);
    const isNumber = line.number() && (CLOSERS.has(line.next) || line.next === COMMA || line.next === 0x2e);
    line.pos = pos;
    if (isNumber) this.value = line.value;
    return isNumber;
  }
}

/** Whether a comma, a closing bracket, a comment or the end of the line follows. */
function endsValue(line: Scanner): boolean {
  const start = line.pos;
  line.blanks();
  const byte = line.next;
  const ends = byte < 0 || byte === COMMA || byte === HASH || CLOSERS.has(byte);
  line.pos = start;
  return ends;
}

/** Skips to the comma or closing bracket that ends a value, over nested brackets and strings. */
function skipBalanced(line: Scanner): boolean {
  const { bytes, end } = line;
  let depth = 0;
  let quote = 0;
  for (let at = line.pos; at < end; at++) {
    const byte = bytes[at]!;
    if (quote !== 0) {
      if (byte === BACKSLASH) at++;
      else if (byte === quote) quote = 0;
    } else if (byte === QUOTE || byte === DOUBLE_QUOTE) quote = byte;
    else if (OPENERS.has(byte)) {
      if (++depth > MAX_DEPTH) return false;
    } else if ((byte === COMMA || byte === HASH || CLOSERS.has(byte)) && depth === 0) {
      line.pos = at;
      return true;
    } else if (CLOSERS.has(byte)) depth--;
  }
  line.pos = end;
  return depth === 0 && quote === 0;
}
