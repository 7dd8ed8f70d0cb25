import type { Checkpoint } from '../checkpoints/checkpoint';
import { withCheckpoint } from '../checkpoints/withCheckpoint';
import type { FileSystem } from '../sources/fileSystem';
import { rowsOfTensor, tensorNamed } from './checkpointRows';
import { type Kernels, withThreadKernels } from './kernels';
import { topRightVectors } from './krylov';
import { principalCosines, rotation } from './laws/principalAngles';
import { paddedRows, StoredMatrix } from './storedMatrix';

/** One matrix that two checkpoints have, of the same shape. */
export interface ComparisonTask {
  readonly path: string;
  readonly otherPath: string;
  readonly name: string;
  readonly budget: number;
  readonly seed: number;
}

/** How far the leading directions of a matrix have turned between two checkpoints. */
export interface TensorChange {
  readonly name: string;
  /** Cosines of the principal angles between the leading left and right singular spaces, descending. */
  readonly leftCosines: readonly number[];
  readonly rightCosines: readonly number[];
  /** 1 − mean squared cosine. */
  readonly leftRotation: number;
  readonly rightRotation: number;
}

/** Leading directions that are compared. */
const DIRECTIONS = 8;

/** Compares the leading singular spaces of one matrix. Rejects as reading the checkpoints does. */
export async function compareTensors(fs: FileSystem, task: ComparisonTask): Promise<TensorChange> {
  const spacesAt = (path: string, warm: readonly Float32Array[]): Promise<Spaces> =>
    withCheckpoint(fs, path, (checkpoint) =>
      withThreadKernels((kernels) => leadingSpaces(kernels, checkpoint, task, warm)),
    );
  const before = await spacesAt(task.path, []);
  // Directions turn little between checkpoints: those of the first are where the search in the other begins. Where they could not be told
  // from others, both searches are the same, so that what has not changed has not turned.
  const after = await spacesAt(task.otherPath, before.settled ? before.right : []);
  const leftCosines = principalCosines(before.left, after.left);
  const rightCosines = principalCosines(before.right, after.right);
  return {
    name: task.name,
    leftCosines,
    rightCosines,
    leftRotation: rotation(leftCosines),
    rightRotation: rotation(rightCosines),
  };
}

interface Spaces {
  readonly left: readonly Float32Array[];
  readonly right: readonly Float32Array[];
  readonly settled: boolean;
}

function leadingSpaces(
  kernels: Kernels,
  checkpoint: Checkpoint,
  { name, budget, seed }: ComparisonTask,
  warm: readonly Float32Array[],
): Promise<Spaces> {
  return kernels.scope(async () => {
    const matrix = await StoredMatrix.load(kernels, rowsOfTensor(checkpoint, tensorNamed(checkpoint, name)), budget);
    const { vectors: right, settled } = await topRightVectors(kernels, matrix, DIRECTIONS, seed, warm);
    return { left: await imagesOf(kernels, matrix, right), right, settled };
  });
}

/** W·v of every vector, normalised: the left singular vectors that belong to right ones. */
async function imagesOf(
  kernels: Kernels,
  matrix: StoredMatrix,
  vectors: readonly Float32Array[],
): Promise<Float32Array[]> {
  return kernels.scope(async () => {
    const panel = kernels.zeros(matrix.columns * 8, 4);
    const values = kernels.f32(panel, matrix.columns * 8);
    vectors.forEach((vector, k) => {
      for (let i = 0; i < vector.length; i++) values[i * 8 + k] = vector[i]!;
    });
    const padded = paddedRows(matrix.rows);
    const images = kernels.zeros(padded * 8, 4);
    await matrix.walk((at, firstRow, height) => {
      const { forward } = kernels.call;
      forward(images + firstRow * 32, padded, at, matrix.columns, panel, matrix.columns, height, matrix.columns, 1);
    });
    const result = kernels.f32(images, padded * 8);
    return vectors.map((_, k) => {
      const image = Float32Array.from({ length: matrix.rows }, (_, i) => result[i * 8 + k]!);
      const norm = Math.sqrt(image.reduce((sum, value) => sum + value * value, 0));
      return norm > 0 ? image.map((value) => value / norm) : image;
    });
  });
}
