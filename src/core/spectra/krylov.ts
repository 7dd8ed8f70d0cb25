import type { Kernels } from './kernels';
import { Orthonormaliser } from './linear/orthonormalise';
import { normalSource } from './linear/random';
import { identity, multiplySmall, symmetricEigen } from './linear/symmetricEigen';
import { BLOCK, PANELS, VectorBlock } from './linear/vectorBlock';
import { paddedRows, type StoredMatrix } from './storedMatrix';

/** What a block Krylov space of G (WᵀW or WWᵀ, whichever is smaller) knows of its eigenvalues. */
export interface KrylovSpectrum {
  /** Ritz values, descending. The large ones are eigenvalues but for `residuals`; they are never too large. */
  readonly values: Float64Array;
  /** For each Ritz value, a distance within which an eigenvalue of G lies. */
  readonly residuals: Float64Array;
  /** `weights[j][l]`: part of random unit vector j in the direction of value l. The sums may miss a part at the value 0. */
  readonly weights: readonly Float64Array[];
  /** The space was exhausted: it holds every direction that the random block can reach. */
  readonly exhausted: boolean;
}

/** Most walks for the vectors of the largest values alone. */
const VECTOR_STEPS = 6;

/**
 * Sine of the angle, by the bound of Davis and Kahan (residuals over the gap to the next value, 10.1137/0707001), below which
 * the space of the largest values is known well enough.
 */
const SETTLED_ANGLE = 0.005;

/** Values below this part of the largest are zeros to the precision of float32 products. */
const ZERO = 1e-7;

/**
 * Block Lanczos with full orthogonalisation, 16 random orthonormal vectors, `steps` walks over the matrix (Golub and
 * Underwood 1977; its use for both the top values and for traces: Musco and Musco arXiv 1504.05477, Golub and Meurant 10.1515/9781400833887).
 * The walks see the matrix by rows, so the space is one of row vectors; where the matrix is wide, the block begins with Wᵀ times random
 * vectors of the short side, and weights are those with respect to these (the rule then has a node at 0, Gauss and Radau).
 * The same seed gives the same numbers.
 */
export async function krylovSpectrum(
  kernels: Kernels,
  matrix: StoredMatrix,
  steps: number,
  seed: number,
): Promise<KrylovSpectrum> {
  return kernels.scope(() => new Krylov(kernels, matrix, steps).run(seed));
}

/**
 * Right singular vectors of the `count` largest singular values, row-major (count × columns), from a small Krylov space. Vectors
 * of well separated values are accurate; of close ones, the space that they span. Fewer when the matrix has fewer. With `warm`, vectors of a matrix that differs little (those
 * of the checkpoint before), fewer walks are needed; `walks` says how many were, and `settled` whether they
 * were enough: of noise, whose values stand close together, they never are.
 */
export async function topRightVectors(
  kernels: Kernels,
  matrix: StoredMatrix,
  count: number,
  seed: number,
  warm: readonly Float32Array[] = [],
): Promise<{ readonly vectors: Float32Array[]; readonly walks: number; readonly settled: boolean }> {
  return kernels.scope(async () => {
    const krylov = new Krylov(kernels, matrix, VECTOR_STEPS);
    const wanted = Math.min(count, matrix.rows, matrix.columns);
    await krylov.run(seed, { warm, wanted });
    return { vectors: krylov.vectors(wanted), walks: krylov.size / BLOCK, settled: krylov.settled };
  });
}

/** What vectors of the largest values are looked for with. */
interface VectorSearch {
  readonly warm: readonly Float32Array[];
  readonly wanted: number;
}

class Krylov {
  readonly #kernels: Kernels;
  readonly #matrix: StoredMatrix;
  readonly #width: number;
  readonly #length: number;
  readonly #basis: number;
  readonly #now: VectorBlock;
  readonly #next: VectorBlock;
  readonly #coefficients: number;
  readonly #work: number;
  readonly #orthonormal: Orthonormaliser;
  readonly #projected: Float64Array;
  #size = 0;
  /** The wanted vectors were settled after the last walk. */
  settled = false;

  constructor(kernels: Kernels, matrix: StoredMatrix, steps: number) {
    this.#kernels = kernels;
    this.#matrix = matrix;
    this.#width = steps * BLOCK;
    this.#length = paddedRows(matrix.columns);
    this.#basis = kernels.zeros(this.#length * this.#width, 4);
    this.#now = new VectorBlock(kernels, this.#length);
    this.#next = new VectorBlock(kernels, this.#length);
    this.#coefficients = kernels.allocate(this.#width * BLOCK * 4);
    this.#work = kernels.allocate(kernels.call.sweepWork(PANELS));
    this.#orthonormal = new Orthonormaliser(kernels, this.#length);
    this.#projected = new Float64Array(this.#width * this.#width);
  }

  /** Vectors of the basis. */
  get size(): number {
    return this.#size;
  }

  /** Vectors of the largest Ritz values, after `run`. */
  vectors(count: number): Float32Array[] {
    const size = this.#size;
    const frame = identity(size);
    symmetricEigen(this.#projection(size), size, frame);
    const basis = this.#kernels.f32(this.#basis, this.#length * this.#width);
    return Array.from({ length: count }, (_, k) =>
      Float32Array.from({ length: this.#matrix.columns }, (_, i) => {
        let sum = 0;
        for (let l = 0; l < size; l++) sum += basis[i * this.#width + l]! * frame[l * size + k]!;
        return sum;
      }),
    );
  }

  async run(seed: number, search?: VectorSearch): Promise<KrylovSpectrum> {
    const wide = search === undefined && this.#matrix.rows < this.#matrix.columns;
    const start = search === undefined ? await this.#start(seed, wide) : this.#startNear(seed, search.warm);
    let scale = 0;
    this.#size = 0;
    let rest = new Float64Array(BLOCK * BLOCK);
    while (this.#size < this.#width) {
      this.#next.store(this.#basis, this.#width, this.#size);
      await this.#multiply();
      scale = Math.max(scale, this.#next.largestNorm());
      this.#size += BLOCK;
      rest = this.#advance(this.#size, scale);
      if (rest.every((value) => value === 0)) break;
      this.settled = search !== undefined && this.#isFound(search.wanted, start, rest);
      if (this.settled) break;
      if (this.#size < this.#width) this.#couple(this.#size, rest);
    }
    return this.#solve(this.#size, start, rest, wide);
  }

  /** First block from vectors that are near the wanted ones, and random ones. */
  #startNear(seed: number, warm: readonly Float32Array[]): Float64Array {
    const { columns } = this.#matrix;
    this.#next.fillRandom(columns, normalSource(seed));
    warm.slice(0, BLOCK).forEach((vector, j) => {
      if (vector.length === columns) this.#next.setVector(j, vector);
    });
    this.#orthonormal.apply(this.#next, 0);
    return this.#orthonormal.identity();
  }

  /** Whether the space of the `wanted` largest values is settled. */
  #isFound(wanted: number, start: Float64Array, rest: Float64Array): boolean {
    const { values, residuals } = this.#solve(this.#size, start, rest, false);
    const gap = (values[wanted - 1] ?? 0) - (values[wanted] ?? 0);
    const residual = Math.hypot(...residuals.subarray(0, wanted));
    return values.length > wanted && residual <= SETTLED_ANGLE * gap;
  }

  /** First block of the basis; returns what turns it into the random block, or into Wᵀ times that block. */
  async #start(seed: number, wide: boolean): Promise<Float64Array> {
    const { rows, columns } = this.#matrix;
    if (!wide) {
      this.#next.fillRandom(columns, normalSource(seed));
      this.#orthonormal.apply(this.#next, 0);
      return this.#orthonormal.identity();
    }
    await this.#kernels.scope(async () => {
      const probe = new VectorBlock(this.#kernels, paddedRows(rows));
      probe.fillRandom(rows, normalSource(seed));
      new Orthonormaliser(this.#kernels, probe.length).apply(probe, 0);
      this.#next.clear();
      await this.#matrix.walk((at, firstRow, height) => {
        const { backward } = this.#kernels.call;
        const source = probe.at + firstRow * 32;
        backward(this.#next.at, this.#length, at, columns, source, probe.length, height, columns, PANELS);
      });
    });
    return this.#orthonormal.apply(this.#next, this.#next.largestNorm());
  }

  /** next = WᵀW·next. */
  async #multiply(): Promise<void> {
    const { columns } = this.#matrix;
    this.#now.copyFrom(this.#next);
    this.#next.clear();
    await this.#matrix.walk((at, _firstRow, height) => {
      const { sweep } = this.#kernels.call;
      sweep(this.#next.at, at, columns, this.#now.at, this.#length, height, columns, PANELS, this.#work);
    });
  }

  /**
   * Makes G times the last block the next block of the basis and returns what it was in terms of it. Done twice: a
   * direction that nearly vanishes is mostly rounding once it has length one.
   */
  #advance(size: number, scale: number): Float64Array<ArrayBuffer> {
    this.#orthogonalise(size, true);
    this.#orthogonalise(size, true);
    const rest = this.#orthonormal.apply(this.#next, scale);
    this.#orthogonalise(size, false);
    return multiplySmall(this.#orthonormal.apply(this.#next, 0), rest, BLOCK);
  }

  /** Takes the part within the first `size` vectors of the basis out of the block, and keeps it as projection of G. */
  #orthogonalise(size: number, keep: boolean): void {
    const { forward, backward } = this.#kernels.call;
    const coefficients = this.#kernels.f32(this.#coefficients, size * BLOCK).fill(0);
    const block = this.#next.at;
    backward(this.#coefficients, size, this.#basis, this.#width, block, this.#length, this.#length, size, PANELS);
    if (keep) this.#keep(coefficients, size);
    for (let i = 0; i < coefficients.length; i++) coefficients[i] = -coefficients[i]!;
    forward(block, this.#length, this.#basis, this.#width, this.#coefficients, size, this.#length, size, PANELS);
  }

  /** Only the block on the diagonal: the others are known from the steps before, and more exactly. */
  #keep(coefficients: Float32Array, size: number): void {
    const first = size - BLOCK;
    for (let i = first; i < size; i++) {
      for (let j = 0; j < BLOCK; j++) {
        const value = coefficients[(Math.floor(j / 8) * size + i) * 8 + (j % 8)]!;
        this.#projected[i * this.#width + first + j]! += value / 2;
        this.#projected[(first + j) * this.#width + i]! += value / 2;
      }
    }
  }

  /** The blocks beside the diagonal. */
  #couple(size: number, rest: Float64Array): void {
    for (let i = 0; i < BLOCK; i++) {
      for (let j = 0; j < BLOCK; j++) {
        this.#projected[(size + i) * this.#width + size - BLOCK + j] = rest[i * BLOCK + j]!;
        this.#projected[(size - BLOCK + j) * this.#width + size + i] = rest[i * BLOCK + j]!;
      }
    }
  }

  /** G in the basis. */
  #projection(size: number): Float64Array {
    const small = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      small.set(this.#projected.subarray(i * this.#width, i * this.#width + size), i * size);
    }
    return small;
  }

  #solve(size: number, start: Float64Array, rest: Float64Array, wide: boolean): KrylovSpectrum {
    // Rows of the frame: the probes in the basis, then what is left of G times the last block.
    const frame = new Float64Array(2 * BLOCK * size);
    for (let i = 0; i < BLOCK; i++) {
      for (let j = 0; j < BLOCK; j++) {
        frame[j * size + i] = start[i * BLOCK + j]!;
        frame[(BLOCK + i) * size + size - BLOCK + j] = rest[i * BLOCK + j]!;
      }
    }
    const values = symmetricEigen(this.#projection(size), size, frame);
    const zero = Math.max(0, values[0]! * ZERO);
    const count = values.findIndex((value) => value <= zero);
    const kept = count < 0 ? size : count;
    const row = (i: number): Float64Array => frame.subarray(i * size, i * size + kept);
    const residuals = new Float64Array(kept);
    for (let i = 0; i < BLOCK; i++) {
      const part = row(BLOCK + i);
      for (let l = 0; l < kept; l++) residuals[l]! += part[l]! * part[l]!;
    }
    return {
      values: values.slice(0, kept),
      residuals: residuals.map(Math.sqrt),
      weights: Array.from({ length: BLOCK }, (_, j) =>
        Float64Array.from(row(j), (value, l) => (value * value) / (wide ? values[l]! : 1)),
      ),
      exhausted: size < this.#width,
    };
  }
}
