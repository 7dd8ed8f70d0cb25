import type { Matrix, StoredChunk, StoredTensor } from '../checkpoint';
import { pieceOf } from './pieces';

/**
 * A stored tensor as an array of vectors: its last dimension along a row, all others together down the rows; a vector is one row, a
 * single number one entry. Or the reason why it has no such form.
 */
export function vectorsOf({ name, shape, dtype, chunks }: StoredTensor): Matrix | string {
  if (dtype.decode === null) return `${dtype.name} entries are no measurements`;
  if (shape.includes(0)) return 'empty';
  const columns = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const pieces = chunks.map((chunk) => flattened(chunk, shape));
  if (!pieces.every((piece) => piece !== null)) return 'its vectors have no single stride';
  return { name, shape: [rows, columns], dtype, pieces, scale: null };
}

/** A chunk with two dimensions; null when its leading dimensions do not follow each other evenly. */
function flattened(chunk: StoredChunk, whole: readonly number[]) {
  const { start, shape, strides } = chunk;
  const last = shape.length - 1;
  let stride = last > 0 ? strides[last - 1]! : 0;
  let [firstRow, rows, below] = [0, 1, 1];
  for (let i = last - 1; i >= 0; i--) {
    const isWhole = shape[i] === whole[i];
    if (shape[i]! > 1 && strides[i] !== stride) return null;
    if (i > 0 && !isWhole) return null;
    firstRow += start[i]! * below;
    rows *= shape[i]!;
    below *= whole[i]!;
    stride *= shape[i]!;
  }
  const inner = last > 0 ? strides[last - 1]! : 0;
  return pieceOf({
    ...chunk,
    start: [firstRow, start[last] ?? 0],
    shape: [rows, shape[last] ?? 1],
    strides: [inner, strides[last] ?? 1],
  });
}
