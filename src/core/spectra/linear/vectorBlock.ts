import type { Kernels } from '../kernels';

/** Vectors that are multiplied at a time, in panels of 8. */
export const PANELS = 2;
export const BLOCK = PANELS * 8;

/** A block of 16 vectors of one length in the kernels' memory, in panels of 8: entry i of vector j is value j % 8 of row i of panel j / 8. */
export class VectorBlock {
  readonly at: number;
  readonly #kernels: Kernels;

  constructor(
    kernels: Kernels,
    /** A multiple of 12; entries that are not used stay zero. */
    readonly length: number,
  ) {
    this.#kernels = kernels;
    this.at = kernels.zeros(length * BLOCK, 4);
  }

  get values(): Float32Array<ArrayBuffer> {
    return this.#kernels.f32(this.at, this.length * BLOCK);
  }

  clear(): void {
    this.values.fill(0);
  }

  copyFrom(other: VectorBlock): void {
    this.values.set(other.values);
  }

  /** Fills the first `used` entries of every vector from `next`. */
  fillRandom(used: number, next: () => number): void {
    const { values } = this;
    for (let panel = 0; panel < PANELS; panel++) {
      const from = panel * this.length * 8;
      for (let i = 0; i < used * 8; i++) values[from + i] = next();
    }
  }

  /** Sets vector `j`; `vector` is at most as long as the block. */
  setVector(j: number, vector: Float32Array): void {
    const { values } = this;
    const from = Math.floor(j / 8) * this.length * 8 + (j % 8);
    for (let i = 0; i < vector.length; i++) values[from + i * 8] = vector[i]!;
  }

  /** Largest Euclidean norm of a vector. */
  largestNorm(): number {
    const { values } = this;
    const squares = new Float64Array(BLOCK);
    for (let panel = 0; panel < PANELS; panel++) {
      const from = panel * this.length * 8;
      for (let i = 0; i < this.length * 8; i++) squares[panel * 8 + (i & 7)]! += values[from + i]! ** 2;
    }
    return Math.sqrt(Math.max(...squares));
  }

  /** Writes the vectors as columns `column` to `column + 15` of a row-major matrix of `width` columns at `target`. */
  store(target: number, width: number, column: number): void {
    const { values } = this;
    const matrix = this.#kernels.f32(target, this.length * width);
    for (let panel = 0; panel < PANELS; panel++) {
      for (let i = 0; i < this.length; i++) {
        const from = (panel * this.length + i) * 8;
        matrix.set(values.subarray(from, from + 8), i * width + column + panel * 8);
      }
    }
  }
}
