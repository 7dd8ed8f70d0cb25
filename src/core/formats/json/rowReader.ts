import { MAX_SERIES_PER_FILE } from '../../limits';
import { readDecimal } from '../table/readDecimal';
import { numberValue } from '../text/number';
import { isBlank, JsonScanner, literalEnd, stringEnd, TokenKind } from './scan';

/** Distinct fields that are told apart; all further ones are ignored. */
const MAX_FIELDS = MAX_SERIES_PER_FILE * 2;
/** Shapes of rows that are remembered: writers alternate between train, eval and summary rows. */
const MAX_SHAPES = 8;
/** Values of a row whose shape is remembered; longer rows are read by the scanner each time. */
const MAX_SHAPE_VALUES = 1024;
const MAX_SHAPE_BYTES = 64 * 1024;
const QUOTE = 0x22;
const IGNORED = -1;

/** What is held at a field of a row. */
export enum CellKind {
  /** `null`, true, false. */
  Empty = 0,
  Number = 1,
  Text = 2,
}

/** The bytes between the values of a row: writers repeat them, so that a known row needs no key to be read. */
interface Shape {
  /** No two shapes of a reader share it. */
  readonly id: number;
  readonly gaps: Uint8Array;
  /** End in `gaps` of the gap before each value; the rest is what follows the last value. */
  readonly gapEnds: Int32Array;
  readonly fields: Int32Array;
}

/**
 * Reads JSON objects with the same keys again and again. The keys of the next object are predicted from earlier ones
 * and compared as bytes; only what was never seen goes through the scanner. Nested objects are flattened: a field is
 * the path of a scalar.
 */
export class RowReader {
  /** Paths by field. */
  readonly paths: string[] = [];
  /** Number of cells of the last row, and per cell its field, kind, number, and token [from, to). */
  count = 0;
  fields = new Int32Array(64);
  kinds = new Uint8Array(64);
  values = new Float64Array(64);
  from = new Int32Array(64);
  to = new Int32Array(64);
  /** Where reading stopped when `read` returned false. */
  faultAt = 0;
  /** Id of the shape that the last row has: rows with the same id have the same fields in the same cells. -1: unknown. */
  shape = -1;
  #shapeCount = 0;
  #shapes: Shape[] = [];
  #byPath = new Map<string, number>();
  readonly #scanner = new JsonScanner();

  /**
   * Reads the object that fills [start, end), apart from blanks around it and a comma or bracket after it. False when
   * it is malformed; the cells are then undefined.
   */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    for (let s = 0; s < this.#shapes.length; s++) {
      const shape = this.#shapes[s]!;
      if (this.#match(shape, bytes, start, end)) {
        if (s > 0) {
          this.#shapes.splice(s, 1);
          this.#shapes.unshift(shape);
        }
        this.shape = shape.id;
        return true;
      }
    }
    return this.#learn(bytes, start, end);
  }

  /** Whether the row [start, end) has `shape`; fills the cells. */
  #match(shape: Shape, bytes: Uint8Array, start: number, end: number): boolean {
    const { gaps, gapEnds, fields } = shape;
    let at = start;
    let g = 0;
    for (let i = 0; i < fields.length; i++) {
      const gapEnd = gapEnds[i]!;
      if (at + gapEnd - g >= end) return false;
      while (g < gapEnd) if (bytes[at++] !== gaps[g++]) return false;
      at = this.#cell(i, bytes, at, end);
      if (at < 0) return false;
    }
    if (end - at !== gaps.length - g) return false;
    while (g < gaps.length) if (bytes[at++] !== gaps[g++]) return false;
    this.#setFields(fields);
    return true;
  }

  #setFields(fields: Int32Array): void {
    this.count = fields.length;
    for (let i = 0; i < fields.length; i++) this.fields[i] = fields[i]!;
  }

  /** Reads the scalar at `at` into cell `index`; returns its end, or -1 when there is none. */
  #cell(index: number, bytes: Uint8Array, at: number, end: number): number {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      const close = stringEnd(bytes, at + 1, end);
      if (close < 0) return -1;
      this.#text(index, bytes, at + 1, close);
      return close + 1;
    }
    if (byte > 0x39) {
      const literal = literalEnd(bytes, at, end);
      if (literal > 0) {
        this.kinds[index] = CellKind.Empty;
        return literal;
      }
    }
    const after = readDecimal(bytes, at, end);
    if (after < 0) return -1;
    this.values[index] = numberValue[0]!;
    this.kinds[index] = CellKind.Number;
    this.from[index] = at;
    this.to[index] = after;
    return after;
  }

  /** A text that is a number as a whole counts as one. */
  #text(index: number, bytes: Uint8Array, from: number, to: number): void {
    const whole = from < to && bytes[to - 1]! !== 0x25 && readDecimal(bytes, from, to) === to;
    this.kinds[index] = whole ? CellKind.Number : CellKind.Text;
    if (whole) this.values[index] = numberValue[0]!;
    this.from[index] = from;
    this.to[index] = to;
  }

  /** Reads a row of unknown shape with the scanner and remembers the shape. */
  #learn(bytes: Uint8Array, start: number, end: number): boolean {
    const gapBytes: number[] = [];
    const gapEnds: number[] = [];
    const shapeFields: number[] = [];
    let last = start;
    this.count = 0;
    this.shape = -1;
    const good = this.#scanner.scan(bytes, start, end, (path, kind, from, to) => {
      const quoted = kind === TokenKind.Text ? 1 : 0;
      if (shapeFields.length <= MAX_SHAPE_VALUES && gapBytes.length + from - last < MAX_SHAPE_BYTES) {
        for (let i = last; i < from - quoted; i++) gapBytes.push(bytes[i]!);
        gapEnds.push(gapBytes.length);
        shapeFields.push(this.#fieldOf(path));
      } else shapeFields.length = MAX_SHAPE_VALUES + 1;
      last = to + quoted;
      this.#collect(bytes, this.#fieldOf(path), kind, from, to);
    });
    if (!good || !this.#endsWell(bytes, end)) {
      this.faultAt = this.#scanner.position;
      return false;
    }
    if (shapeFields.length > 0 && shapeFields.length <= MAX_SHAPE_VALUES) {
      for (let i = last; i < end; i++) gapBytes.push(bytes[i]!);
      this.#remember({
        id: this.#shapeCount++,
        gaps: Uint8Array.from(gapBytes),
        gapEnds: Int32Array.from(gapEnds),
        fields: Int32Array.from(shapeFields),
      });
    }
    return true;
  }

  #remember(shape: Shape): void {
    this.#shapes.unshift(shape);
    if (this.#shapes.length > MAX_SHAPES) this.#shapes.pop();
    this.#reserve(shape.fields.length);
  }

  #collect(bytes: Uint8Array, field: number, kind: TokenKind, from: number, to: number): void {
    if (field === IGNORED) return;
    this.#reserve(this.count + 1);
    this.fields[this.count] = field;
    if (kind === TokenKind.Text) this.#text(this.count, bytes, from, to);
    else this.#cell(this.count, bytes, from, to);
    this.count++;
  }

  #fieldOf(path: string): number {
    const known = this.#byPath.get(path);
    if (known !== undefined) return known;
    if (this.paths.length >= MAX_FIELDS) return IGNORED;
    this.#byPath.set(path, this.paths.length);
    return this.paths.push(path) - 1;
  }

  /** After the object only blanks may follow, and the comma or bracket of an array written one object per line. */
  #endsWell(bytes: Uint8Array, end: number): boolean {
    for (let at = this.#scanner.position; at < end; at++) {
      const byte = bytes[at]!;
      if (!isBlank(byte) && byte !== 0x2c && byte !== 0x5d) {
        this.#scanner.position = at;
        return false;
      }
    }
    return true;
  }

  #reserve(cells: number): void {
    if (cells <= this.fields.length) return;
    const size = Math.max(cells, this.fields.length * 2);
    const grown = <T extends Int32Array | Uint8Array | Float64Array>(array: T, next: T): T => {
      next.set(array);
      return next;
    };
    this.fields = grown(this.fields, new Int32Array(size));
    this.kinds = grown(this.kinds, new Uint8Array(size));
    this.values = grown(this.values, new Float64Array(size));
    this.from = grown(this.from, new Int32Array(size));
    this.to = grown(this.to, new Int32Array(size));
  }
}
