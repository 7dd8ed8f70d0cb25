import type { MatrixPiece, StoredChunk } from '../checkpoint';
import { bytesOf, type Dtype } from '../dtypes';

/** The same entries as columns and rows. */
export function transposed(pieces: readonly MatrixPiece[]): MatrixPiece[] {
  return pieces.map((piece) => ({
    ...piece,
    row: piece.column,
    column: piece.row,
    rows: piece.columns,
    columns: piece.rows,
    rowStride: piece.columnStride,
    columnStride: piece.rowStride,
  }));
}

/** Ranges [from, to) of rows. */
export type RowRanges = readonly (readonly [from: number, to: number])[];

/** The rows of `ranges`, one range below the other. */
export function selectRows(pieces: readonly MatrixPiece[], ranges: RowRanges, dtype: Dtype): MatrixPiece[] {
  const selected: MatrixPiece[] = [];
  let target = 0;
  for (const [from, to] of ranges) {
    for (const piece of pieces) {
      const first = Math.max(from, piece.row);
      const rows = Math.min(to, piece.row + piece.rows) - first;
      if (rows <= 0) continue;
      const offset = piece.offset + bytesOf(dtype, (first - piece.row) * piece.rowStride);
      selected.push({ ...piece, row: target + first - from, rows, offset });
    }
    target += to - from;
  }
  return selected;
}

/**
 * A chunk of a tensor as a box of the matrix of its first dimension × all others. The order of the columns is that of
 * storage when other dimensions than the last run fastest (kernels kept channels last): no spectrum depends on it. Null
 * when the columns have no single stride.
 */
export function pieceOf(chunk: StoredChunk): MatrixPiece | null {
  const { start, shape, strides, source, offset } = chunk;
  const inner = shape
    .map((size, i) => ({ size, stride: strides[i]! }))
    .slice(1)
    .filter(({ size }) => size > 1)
    .sort((a, b) => b.stride - a.stride);
  for (let i = 1; i < inner.length; i++) {
    if (inner[i - 1]!.stride !== inner[i]!.stride * inner[i]!.size) return null;
  }
  return {
    row: start[0]!,
    column: shape.length === 2 ? start[1]! : 0,
    rows: shape[0]!,
    columns: inner.reduce((product, { size }) => product * size, 1),
    rowStride: strides[0]!,
    columnStride: inner.at(-1)?.stride ?? 1,
    source,
    offset,
  };
}

/** The part of a chunk at `index` of its first dimension, without that dimension; null when it has none. */
export function sliceAt(chunk: StoredChunk, index: number, dtype: Dtype): StoredChunk | null {
  const { start, shape, strides, source } = chunk;
  const at = index - start[0]!;
  if (at < 0 || at >= shape[0]!) return null;
  const offset = chunk.offset + bytesOf(dtype, at * strides[0]!);
  return { start: start.slice(1), shape: shape.slice(1), strides: strides.slice(1), source, offset };
}

/** The chunk without dimension `at`, of which it has one index. */
export function withoutDimension(chunk: StoredChunk, at: number): StoredChunk {
  const rest = (values: readonly number[]): number[] => values.filter((_, i) => i !== at);
  return { ...chunk, start: rest(chunk.start), shape: rest(chunk.shape), strides: rest(chunk.strides) };
}
