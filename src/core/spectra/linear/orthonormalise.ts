import type { Kernels } from '../kernels';
import { identity, multiplySmall, symmetricEigen } from './symmetricEigen';
import { BLOCK, PANELS, VectorBlock } from './vectorBlock';

/** Part of the scale below which a vector of float32 products is noise. */
const NOISE = 1e-6;
/** Smallest eigenvalue of a Gram matrix of unit vectors in float32 that says something. */
const DEPENDENT = 1e-12;

/**
 * Orthonormal bases of blocks of vectors by the eigenvectors of their Gram matrix, done twice (SVQB: Stathopoulos and Wu,
 * 10.1137/S1064827500370883). Directions that depend on others to float32 precision become zero vectors.
 */
export class Orthonormaliser {
  readonly #kernels: Kernels;
  readonly #spare: VectorBlock;
  readonly #gram: number;
  readonly #turn: number;
  readonly #work: number;

  constructor(kernels: Kernels, length: number) {
    this.#kernels = kernels;
    this.#spare = new VectorBlock(kernels, length);
    this.#gram = kernels.allocate(BLOCK * BLOCK * 8);
    this.#turn = kernels.allocate(BLOCK * BLOCK * 4);
    this.#work = kernels.allocate(kernels.call.productWork(8));
  }

  identity(): Float64Array<ArrayBuffer> {
    return identity(BLOCK);
  }

  /** Replaces the block Z by Q with QᵀQ = 1 (or 0 for lost directions) and returns B with Z = Q·B, row-major. */
  apply(block: VectorBlock, scale: number): Float64Array<ArrayBuffer> {
    const first = this.#once(block, (scale * NOISE) ** 2);
    const second = this.#once(block, 0);
    return multiplySmall(second, first, BLOCK);
  }

  #once(block: VectorBlock, floor: number): Float64Array {
    const gram = this.#gramOf(block);
    const norms = Float64Array.from({ length: BLOCK }, (_, i) => {
      const square = gram[i * BLOCK + i]!;
      return square > floor ? Math.sqrt(square) : 0;
    });
    for (let i = 0; i < BLOCK; i++) {
      for (let j = 0; j < BLOCK; j++) {
        const both = norms[i]! * norms[j]!;
        gram[i * BLOCK + j] = both > 0 ? gram[i * BLOCK + j]! / both : 0;
      }
    }
    const vectors = identity(BLOCK);
    const values = symmetricEigen(gram, BLOCK, vectors);
    const turn = new Float32Array(BLOCK * BLOCK);
    const back = new Float64Array(BLOCK * BLOCK);
    for (let j = 0; j < BLOCK; j++) {
      if (!(values[j]! > DEPENDENT)) continue;
      const root = Math.sqrt(values[j]!);
      for (let i = 0; i < BLOCK; i++) {
        const entry = vectors[i * BLOCK + j]!;
        if (norms[i]! > 0) turn[i * BLOCK + j] = entry / root / norms[i]!;
        back[j * BLOCK + i] = entry * root * norms[i]!;
      }
    }
    this.#multiply(block, turn);
    return back;
  }

  #gramOf(block: VectorBlock): Float64Array {
    const { length } = block;
    this.#kernels.f64(this.#gram, BLOCK * BLOCK).fill(0);
    for (let p = 0; p < PANELS; p++) {
      for (let q = 0; q < PANELS; q++) {
        const target = this.#gram + (p * 8 * BLOCK + q * 8) * 8;
        const [left, right] = [block.at + p * length * 32, block.at + q * length * 32];
        const { product64 } = this.#kernels.call;
        product64(target, BLOCK, left, 8, true, right, 8, false, 8, 8, length, false, this.#work);
      }
    }
    return this.#kernels.f64(this.#gram, BLOCK * BLOCK).slice();
  }

  /** block = block · turn. */
  #multiply(block: VectorBlock, turn: Float32Array): void {
    const { length } = block;
    this.#spare.copyFrom(block);
    block.clear();
    const corner = this.#kernels.f32(this.#turn, BLOCK * BLOCK);
    // Blocks of 8 × 8 one after the other: rows of a panel of the right factor.
    for (let i = 0; i < BLOCK; i++) {
      for (let j = 0; j < BLOCK; j++) corner[(Math.floor(j / 8) * BLOCK + i) * 8 + (j % 8)] = turn[i * BLOCK + j]!;
    }
    for (let p = 0; p < PANELS; p++) {
      const from = this.#spare.at + p * length * 32;
      this.#kernels.call.forward(block.at, length, from, 8, this.#turn + p * 8 * 32, BLOCK, length, 8, PANELS);
    }
  }
}
