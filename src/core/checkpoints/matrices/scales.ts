import type { Matrix, MatrixScale, StoredTensor } from '../checkpoint';
import { pieceOf } from './pieces';

/**
 * What writers of 8-bit checkpoints append to the name of a weight for its factors. They are multiplied by, `_inv` or
 * not.
 */
const COMPANIONS = ['_scale_inv', '_scale'];

/**
 * The factors of each 8-bit tensor by its name. Source: deepseek-ai/DeepSeek-V3, inference/kernel.py, weight_dequant;
 * vLLM, compressed-tensors.
 */
export class Scales {
  readonly #byName: ReadonlyMap<string, StoredTensor>;

  constructor(stored: readonly StoredTensor[]) {
    this.#byName = new Map(stored.map((tensor) => [tensor.name, tensor]));
  }

  /** The weight that `tensor` holds the factors of; undefined when it holds none. */
  weightOf({ name }: StoredTensor): string | undefined {
    const ending = COMPANIONS.find((companion) => name.endsWith(companion));
    const weight = ending === undefined ? undefined : this.#byName.get(name.slice(0, -ending.length));
    return weight !== undefined && isSmall(weight) ? weight.name : undefined;
  }

  /** The factors of `tensor`; null when it needs none, a reason when they do not fit. */
  of(tensor: StoredTensor): MatrixScale | null | string {
    const factors = COMPANIONS.map((ending) => this.#byName.get(tensor.name + ending)).find((found) => found);
    if (factors === undefined || !isSmall(tensor)) return null;
    const matrix = matrixOf(factors);
    if (matrix === null || tensor.shape.length !== 2) return 'factors of a layout that is not known';
    const [rows, columns] = tensor.shape as [number, number];
    const [down, across] = matrix.shape;
    const blockRows = down === 1 ? Number.POSITIVE_INFINITY : blockSize(rows, down);
    const blockColumns = across === 1 ? Number.POSITIVE_INFINITY : blockSize(columns, across);
    if (blockRows === null || blockColumns === null) {
      return `${down} × ${across} factors do not fit ${rows} × ${columns} entries`;
    }
    return { factors: matrix, blockRows, blockColumns };
  }
}

function isSmall({ dtype }: StoredTensor): boolean {
  return dtype.name.startsWith('F8_');
}

/** One number, a column of one for each row, or a grid of blocks. */
function matrixOf({ name, shape, dtype, chunks }: StoredTensor): Matrix | null {
  const [chunk] = chunks;
  if (dtype.decode === null || chunk === undefined || chunks.length > 1 || shape.length > 2) return null;
  const grid: readonly [number, number] = [shape[0] ?? 1, shape[1] ?? 1];
  const strides = [chunk.strides[0] ?? 1, chunk.strides[1] ?? 1];
  const piece = pieceOf({ ...chunk, start: [0, 0], shape: grid, strides });
  return piece && { name, shape: grid, dtype, pieces: [piece], scale: null };
}

/** Blocks are as large as a power of two, the last one may be smaller; null when no such size makes `count` blocks. */
function blockSize(size: number, count: number): number | null {
  if (count === size) return 1;
  for (let block = 2; block < 2 * size; block *= 2) if (Math.ceil(size / block) === count) return block;
  return size % count === 0 ? size / count : null;
}
