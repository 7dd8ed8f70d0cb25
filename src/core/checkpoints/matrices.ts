import type { CheckpointTensor, MatrixPiece, SkippedTensor, StoredCheckpoint, StoredTensor } from './checkpoint';
import { bytesOf } from './dtypes';
import { understandName } from './layerNames';

/** The matrices that stored tensors hold, and the tensors that hold none. */
export interface Matrices {
  readonly tensors: readonly CheckpointTensor[];
  readonly skipped: readonly SkippedTensor[];
}

/** Finds the matrices in stored tensors by name and shape. Reads nothing. */
export function matricesOf({ tensors: stored }: StoredCheckpoint): Matrices {
  const tensors: CheckpointTensor[] = [];
  const skipped: SkippedTensor[] = [];
  for (const tensor of stored) {
    const reason = reasonToSkip(tensor);
    if (reason !== null) skipped.push({ name: tensor.name, file: tensor.chunks[0]?.source.file ?? '', reason });
    else tensors.push(matrixOf(tensor));
  }
  return { tensors, skipped };
}

function reasonToSkip({ shape, dtype }: StoredTensor): string | null {
  if (dtype.decode === null) return `${dtype.name} entries are no weights`;
  if (shape.some((size) => size === 0)) return 'empty';
  if (shape.length < 2) return shape.length === 0 ? 'a single number' : 'a vector, not a matrix';
  if (shape.length > 2) return `${shape.length} dimensions`;
  return null;
}

function matrixOf(tensor: StoredTensor): CheckpointTensor {
  const { name, aliases, dtype } = tensor;
  const [rows, columns] = tensor.shape as [number, number];
  const { kind, layer, expert, lora } = understandName(name);
  const pieces = tensor.chunks.map(
    ({ start, shape, strides, source, offset }): MatrixPiece => ({
      row: start[0]!,
      column: start[1]!,
      rows: shape[0]!,
      columns: shape[1]!,
      rowStride: strides[0]!,
      columnStride: strides[1]!,
      source,
      offset,
    }),
  );
  const bytes = bytesOf(dtype, rows * columns);
  const file = pieces[0]!.source.file;
  return { name, aliases, file, shape: [rows, columns], dtype, kind, layer, expert, lora, bytes, pieces, scale: null };
}
