// Parts of a column that will not change, each in the smallest form that gives back every bit of its values.
import { Form, pack, unpack } from './packing';

/** A sealed part of a column. */
export interface Block {
  readonly length: number;
  /** Bytes held. */
  readonly byteLength: number;
  /** Value at `index`, which must be in [0, length). Takes as long as `copyTo` where values are packed. */
  at(index: number): number;
  /** Writes all values to `target` from `offset` on. */
  copyTo(target: Float64Array, offset: number): void;
}

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** Up to here every whole number is a double. */
const MOST = Number.MAX_SAFE_INTEGER;
/** Packed values that take more of their eight bytes are kept as they are. */
const MOST_SHARE = 0.95;

/**
 * Seals `values`, of which there must be one at least: steps at equal distances in no space, all else packed as whole
 * numbers over a power of ten, as 32-bit floats or as doubles. Nothing is rounded.
 */
export function seal(values: Float64Array): Block {
  if (areEquidistant(values)) return new Line(values[0]!, distance(values), values.length);
  const power = powerOf(values);
  if (power >= 0) return new Packed(values, Form.Decimals, POWERS[power]!);
  const block = new Packed(values, values.every(isSingle) ? Form.Singles : Form.Doubles, 1);
  return block.byteLength > MOST_SHARE * values.byteLength ? new Plain(values.slice()) : block;
}

/** Values at equal distances. */
class Line implements Block {
  readonly byteLength = 0;

  constructor(
    readonly first: number,
    readonly distance: number,
    readonly length: number,
  ) {}

  at(index: number): number {
    return this.first + index * this.distance;
  }

  copyTo(target: Float64Array, offset: number): void {
    for (let i = 0; i < this.length; i++) target[offset + i] = this.first + i * this.distance;
  }
}

/** Values in few bits. */
class Packed implements Block {
  readonly #bytes: Uint8Array;
  readonly length: number;

  constructor(
    values: Float64Array,
    readonly form: Form,
    readonly factor: number,
  ) {
    this.#bytes = pack(values, form, factor);
    this.length = values.length;
  }

  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  at(index: number): number {
    return unpack(this.#bytes, this.length, this.form, this.factor)[index]!;
  }

  copyTo(target: Float64Array, offset: number): void {
    target.set(unpack(this.#bytes, this.length, this.form, this.factor), offset);
  }
}

/** Values as they are. */
class Plain implements Block {
  constructor(readonly values: Float64Array) {}

  get length(): number {
    return this.values.length;
  }

  get byteLength(): number {
    return this.values.byteLength;
  }

  at(index: number): number {
    return this.values[index]!;
  }

  copyTo(target: Float64Array, offset: number): void {
    target.set(this.values, offset);
  }
}

function distance(values: Float64Array): number {
  return values.length > 1 ? values[1]! - values[0]! : 0;
}

function areEquidistant(values: Float64Array): boolean {
  const first = values[0]!;
  const step = distance(values);
  for (let i = 0; i < values.length; i++) if (!isSame(values[i]!, first + i * step)) return false;
  return true;
}

/** The least power of ten that makes whole numbers of all values; -1 when there is none. */
function powerOf(values: Float64Array): number {
  let power = 0;
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    most = Math.max(most, Math.abs(value));
    // Whole numbers have no zero with a sign.
    if (Object.is(value, -0)) return -1;
    for (;;) {
      const factor = POWERS[power]!;
      if (!(most * factor <= MOST)) return -1;
      if (Math.round(value * factor) / factor === value) break;
      if (++power === POWERS.length) return -1;
    }
  }
  return power;
}

function isSingle(value: number): boolean {
  return Object.is(Math.fround(value), value);
}

/** Whether two numbers that are not NaN are the same, zeros with their sign. */
function isSame(a: number, b: number): boolean {
  return a === b && (a !== 0 || 1 / a === 1 / b);
}
