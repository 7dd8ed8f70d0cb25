import { numberValue, readNumber } from './number';
import { isDigit, isNameByte, type Scanner } from './scanner';
import { canMean, type LineMeaning, readMeaning } from './shape';

/** Numbers of one line. */
const MAX_NUMBERS = 256;
/** Shapes that are remembered: a log repeats few. Lines of further shapes are read without. */
const MAX_SHAPES = 64;
const MAX_OTHERS = 16;
/** Longest line that can be a record of unknown shape. */
const MAX_RECORD = 4096;

const NOT_ASKED = -2;
const BLANK = 0x20;
const POINT = 0x2e;
const AT = 0x40;
const decoder = new TextDecoder();

/** The texts of a line around its numbers. */
interface Texts {
  /** Texts before each number, without the blanks in front of it. */
  readonly texts: readonly Uint8Array[];
  /** Text behind the last number. */
  readonly end: Uint8Array;
}

/** The texts of a record, and what they mean. */
export interface Shape extends Texts {
  readonly meaning: LineMeaning;
  /** Series of each value, -2 while it is not asked for. */
  readonly handles: number[];
  /** Numbers of the line read last by the same reader. */
  readonly values: Float64Array;
  /** Where they begin. */
  readonly places: Int32Array;
}

/**
 * Reads lines as texts with numbers between them. Lines of a known shape cost no more than a comparison of their texts;
 * what a shape means is told once.
 */
export class ShapeReader {
  /** Numbers of the line read last. */
  readonly values = new Float64Array(MAX_NUMBERS);
  /** Where they begin. */
  readonly places = new Int32Array(MAX_NUMBERS);
  /** Most recently seen first. */
  readonly #shapes: Shape[] = [];
  /** Shapes of lines that are no records. */
  readonly #others: Texts[] = [];

  /** `set`: what the lines are said to evaluate, `val` or `test`; empty for those of a training. */
  constructor(readonly set = '') {}

  /** The shape of a record at the scanner's place, or `undefined`. `isPlaced`: the lines before tell where it belongs. */
  read(scan: Scanner, isPlaced = false): Shape | undefined {
    const shape = this.#find(this.#shapes, scan);
    if (shape !== undefined) return shape;
    return this.#find(this.#others, scan) === undefined ? this.#define(scan, isPlaced) : undefined;
  }

  /** The shape of `shapes` that a line fits, which then is the first to be tried. */
  #find<S extends Texts>(shapes: S[], scan: Scanner): S | undefined {
    for (let i = 0; i < shapes.length; i++) {
      const shape = shapes[i]!;
      if (!this.#fits(shape, scan)) continue;
      if (i > 0) {
        shapes.splice(i, 1);
        shapes.unshift(shape);
      }
      return shape;
    }
    return undefined;
  }

  #fits(shape: Texts, scan: Scanner): boolean {
    const { bytes, end } = scan;
    const { values, places } = this;
    const { texts } = shape;
    let at = scan.pos;
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i]!;
      if (at + text.length >= end || !startsWith(bytes, at, text)) return false;
      at += text.length;
      while (at < end && bytes[at] === 0x20) at++;
      places[i] = at;
      at = readNumber(bytes, at, end, true);
      if (at < 0) return false;
      values[i] = numberValue[0]!;
    }
    let last = end;
    while (last > at && bytes[last - 1] === 0x20) last--;
    return last - at === shape.end.length && startsWith(bytes, at, shape.end);
  }

  #define(scan: Scanner, isPlaced: boolean): Shape | undefined {
    const { bytes, pos, end } = scan;
    if (end - pos > MAX_RECORD) return undefined;
    if (!isPlaced && !canMean(decoder.decode(bytes.subarray(pos, end)))) return undefined;
    const texts: Uint8Array[] = [];
    const words: string[] = [];
    let from = pos;
    for (let at = pos; at < end && texts.length < MAX_NUMBERS; at++) {
      if (!startsNumber(bytes, pos, at, end)) continue;
      const after = readNumber(bytes, at, end, true);
      if (after < 0) continue;
      this.values[texts.length] = numberValue[0]!;
      this.places[texts.length] = at;
      texts.push(bytes.slice(from, trimmed(bytes, from, at)));
      words.push(decoder.decode(bytes.subarray(from, at)));
      from = after;
      at = after - 1;
    }
    if (texts.length === 0) return undefined;
    const rest = bytes.slice(from, trimmed(bytes, from, end));
    const meaning = readMeaning([...words, decoder.decode(rest)], (i) => Number.isInteger(this.values[i]), this.set);
    if (meaning === undefined) {
      if (this.#others.length >= MAX_OTHERS) this.#others.pop();
      this.#others.unshift({ texts, end: rest });
      return undefined;
    }
    const shape: Shape = {
      texts,
      end: rest,
      meaning,
      handles: meaning.values.map(() => NOT_ASKED),
      values: this.values,
      places: this.places,
    };
    if (this.#shapes.length >= MAX_SHAPES) this.#shapes.pop();
    this.#shapes.unshift(shape);
    return shape;
  }
}

function startsWith(bytes: Uint8Array, pos: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[pos + i] !== text[i]) return false;
  return true;
}

function trimmed(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && bytes[end - 1] === BLANK) end--;
  return end;
}

/** Whether a number begins at `at`: not inside a name such as `bf16`, `top-1`, `Acc@1` or `v2.5`. */
function startsNumber(bytes: Uint8Array, start: number, at: number, end: number): boolean {
  const byte = bytes[at]!;
  const before = at > start ? bytes[at - 1]! : BLANK;
  const isSign = byte === 0x2d || byte === 0x2b;
  if (isSign || byte === POINT) {
    if (isNameByte(before) || (byte === POINT && before === POINT)) return false;
    const next = at + 1 < end ? bytes[at + 1]! : BLANK;
    if (isSign && next === POINT) return at + 2 < end && isDigit(bytes[at + 2]!);
    return isDigit(next) || (isSign && isWord(bytes, at + 1, end));
  }
  if (!isDigit(byte)) return !isNameByte(before) && before !== POINT && isWord(bytes, at, end);
  if (isNameByte(before) || before === AT) return false;
  if (before !== POINT && before !== 0x2d && before !== 0x2b) return true;
  const earlier = at - 1 > start ? bytes[at - 2]! : BLANK;
  return !isNameByte(earlier) || (before === 0x2d && isDigit(earlier));
}

/** `nan`, `inf` or `infinity`, and no longer word. */
function isWord(bytes: Uint8Array, at: number, end: number): boolean {
  const first = bytes[at]! | 0x20;
  if (first !== 0x6e && first !== 0x69) return false;
  let p = at;
  while (p < end && isNameByte(bytes[p]!)) p++;
  return (p - at === 3 || p - at === 8) && readNumber(bytes, at, end, false) === p;
}
