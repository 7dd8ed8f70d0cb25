// Parts of a column that will not change, each in the smallest form that gives back every bit of its values.

/** A sealed part of a column. */
export interface Block {
  readonly length: number;
  /** Bytes held. */
  readonly byteLength: number;
  /** Value at `index`, which must be in [0, length). */
  at(index: number): number;
  /** Writes all values to `target` from `offset` on. */
  copyTo(target: Float64Array, offset: number): void;
}

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const MOST = 2 ** 31 - 1;

/**
 * Seals `values`, of which there must be one at least: steps at equal distances in no space, decimals of up to nine
 * digits and 32-bit floats in half of it, all else as it is. Nothing is rounded.
 */
export function seal(values: Float64Array): Block {
  if (areEquidistant(values)) return new Line(values[0]!, distance(values), values.length);
  const power = powerOf(values);
  if (power >= 0) return new Decimals(values, power);
  return new Plain(values.every(isSingle) ? Float32Array.from(values) : values.slice());
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

/** Integers of 32 bits over one power of ten: the quotient is rounded as the text of the number was. */
class Decimals implements Block {
  readonly #digits: Int32Array;
  readonly #divisor: number;

  constructor(values: Float64Array, power: number) {
    this.#divisor = POWERS[power]!;
    this.#digits = new Int32Array(values.length);
    for (let i = 0; i < values.length; i++) this.#digits[i] = Math.round(values[i]! * this.#divisor);
  }

  get length(): number {
    return this.#digits.length;
  }

  get byteLength(): number {
    return this.#digits.byteLength;
  }

  at(index: number): number {
    return this.#digits[index]! / this.#divisor;
  }

  copyTo(target: Float64Array, offset: number): void {
    const digits = this.#digits;
    const divisor = this.#divisor;
    for (let i = 0; i < digits.length; i++) target[offset + i] = digits[i]! / divisor;
  }
}

/** Values as they are. */
class Plain implements Block {
  constructor(readonly values: Float64Array | Float32Array) {}

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

/** The least power of ten that makes 32-bit integers of all values; -1 when there is none. */
function powerOf(values: Float64Array): number {
  let power = 0;
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    most = Math.max(most, Math.abs(value));
    for (;;) {
      const factor = POWERS[power]!;
      if (!(most * factor <= MOST)) return -1;
      if (isSame((Math.round(value * factor) | 0) / factor, value)) break;
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
