import type { Matrix } from '../../checkpoints/checkpoint';
import { readRows } from '../../checkpoints/rowReader';
import type { Kernels } from '../kernels';

/** A scatter matrix in the kernels' memory, float64, and the vectors it was taken over. */
export interface Scatter {
  readonly at: number;
  readonly size: number;
  readonly count: number;
}

/** One part of a scatter matrix: what one rank, or one stretch of a run, has seen. */
export interface ScatterPart {
  readonly scatter: Matrix;
  readonly mean: Matrix;
  readonly count: number;
}

/** Entries that are read at a time: 16 MB. */
const BLOCK_ENTRIES = 4 * 1024 * 1024;

/**
 * Scatter about the common mean of all that the parts have seen, exact but for rounding: S = S_a + S_b + (N_a N_b/N)·ddᵀ with d the
 * distance of the means (Chan, Golub, LeVeque 1979). Parts have one size. The memory belongs to the open scope of `kernels`.
 */
export async function mergedScatter(kernels: Kernels, parts: readonly ScatterPart[]): Promise<Scatter> {
  const size = parts[0]!.scatter.shape[0];
  const at = kernels.zeros(size * size, 8);
  const mean = new Float64Array(size);
  let count = 0;
  for (const part of parts) {
    await addMatrix(kernels, at, part.scatter);
    const { values } = await readRows(part.mean, 0, 1);
    const together = count + part.count;
    const apart = Float64Array.from(values, (value, i) => value - mean[i]!);
    if (count > 0) addOuter(kernels.f64(at, size * size), apart, (count * part.count) / together);
    for (let i = 0; i < size; i++) mean[i]! += (apart[i]! * part.count) / together;
    count = together;
  }
  return { at, size, count };
}

/** Adds the entries of a square matrix to the one at `at`. */
export async function addMatrix(kernels: Kernels, at: number, matrix: Matrix): Promise<void> {
  const [size] = matrix.shape;
  const step = Math.max(1, Math.floor(BLOCK_ENTRIES / size));
  for (let row = 0; row < size; row += step) {
    const { values } = await readRows(matrix, row, Math.min(step, size - row));
    const sums = kernels.f64(at + row * size * 8, values.length);
    for (let i = 0; i < values.length; i++) sums[i]! += values[i]!;
  }
}

function addOuter(sums: Float64Array, vector: Float64Array, factor: number): void {
  const { length } = vector;
  for (let i = 0; i < length; i++) {
    const left = vector[i]! * factor;
    for (let j = 0; j < length; j++) sums[i * length + j]! += left * vector[j]!;
  }
}

/** Asymmetry, relative to the diagonal, that float32 and half-width sums leave. */
const ASYMMETRY = 0.01;

/** Why a matrix can be no covariance; null when it can. */
export function faultOf(sums: Float64Array, size: number): string | null {
  for (let i = 0; i < size; i++) {
    const diagonal = sums[i * size + i]!;
    if (!(diagonal >= 0 && diagonal < Number.POSITIVE_INFINITY))
      return `entry [${i}, ${i}] is ${diagonal}: no variance`;
    for (let j = 0; j < i; j++) {
      const scale = Math.sqrt(diagonal * sums[j * size + j]!);
      const [below, above] = [sums[i * size + j]!, sums[j * size + i]!];
      if (!(Math.abs(below - above) <= ASYMMETRY * scale)) return `entries [${i}, ${j}] and [${j}, ${i}] differ`;
      if (!(Math.abs(below) <= (1 + ASYMMETRY) * scale)) return `entry [${i}, ${j}] is larger than its variances allow`;
    }
  }
  return null;
}
