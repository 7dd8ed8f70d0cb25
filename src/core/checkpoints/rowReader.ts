import { LosslineError } from '../errors';
import { MAX_BLOCK_ENTRIES } from '../limits';
import type { Matrix, MatrixPiece, MatrixScale, RowBlock } from './checkpoint';
import { bytesOf, type Decode, type Dtype } from './dtypes';

/** One read. A multiple of every block of entries. */
const WINDOW = 4 * 1024 * 1024;

/** Bytes between two runs that are read over: reading them costs less than another read. */
const MAX_GAP = 64 * 1024;

/** Rows of `matrix` as float32, its scales applied; see `Checkpoint.readRows`. */
export async function readRows(
  matrix: Matrix,
  firstRow: number,
  rowCount: number,
  into?: Float32Array,
): Promise<RowBlock> {
  const entries = checkRows(matrix, firstRow, rowCount, into?.length);
  const values = into?.subarray(0, entries) ?? new Float32Array(entries);
  const decode = matrix.dtype.decode!;
  for (const piece of matrix.pieces) await copyPiece(decode, matrix, piece, firstRow, rowCount, values);
  if (matrix.scale !== null) await applyScale(matrix.scale, firstRow, matrix.shape[1], values);
  return { values, nonFinite: countNonFinite(values) };
}

/** Rows of a matrix that is stored as doubles, without loss. Rejects as `readRows` does, and for other matrices. */
export async function readDoubles(
  matrix: Matrix,
  firstRow: number,
  rowCount: number,
  into: Float64Array,
): Promise<void> {
  const entries = checkRows(matrix, firstRow, rowCount, into.length);
  const decode = matrix.dtype.decodeDoubles;
  if (decode === undefined) throw new LosslineError('argument.invalid', `${matrix.name} is not stored as doubles.`);
  for (const piece of matrix.pieces) {
    await copyPiece(decode, matrix, piece, firstRow, rowCount, into.subarray(0, entries));
  }
}

/** Number of entries of the rows. Throws `argument.invalid` when there are no such rows or no `room` for them. */
function checkRows(
  { name, shape: [rows, columns] }: Matrix,
  firstRow: number,
  rowCount: number,
  room?: number,
): number {
  const entries = rowCount * columns;
  if (!(Number.isSafeInteger(firstRow) && Number.isSafeInteger(rowCount) && firstRow >= 0 && rowCount >= 0)) {
    throw new LosslineError('argument.invalid', `Rows ${firstRow} and ${rowCount} more are no rows.`);
  }
  if (firstRow + rowCount > rows || entries > MAX_BLOCK_ENTRIES || entries > (room ?? entries)) {
    const wanted = `Rows ${firstRow} to ${firstRow + rowCount} of ${name} (${rows} × ${columns})`;
    throw new LosslineError('argument.invalid', `${wanted} do not exist or do not fit.`);
  }
  return entries;
}

/** Entries of `values` that are NaN or infinite. */
function countNonFinite(values: Float32Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value - value !== 0) count++;
  }
  return count;
}

/** Entries along one direction: where they are stored, and where they go. */
interface Axis {
  readonly count: number;
  /** Entries of the file from one to the next. */
  readonly stride: number;
  /** Entries of the block from one to the next. */
  readonly step: number;
}

async function copyPiece<Out extends Float32Array | Float64Array>(
  decode: Decode<Out>,
  { shape, dtype }: Matrix,
  piece: MatrixPiece,
  firstRow: number,
  rowCount: number,
  out: Out,
): Promise<void> {
  const from = Math.max(firstRow, piece.row);
  const count = Math.min(firstRow + rowCount, piece.row + piece.rows) - from;
  if (count <= 0) return;
  const start = piece.offset + bytesOf(dtype, (from - piece.row) * piece.rowStride);
  const to = (from - firstRow) * shape[1] + piece.column;
  const rows = { count, stride: piece.rowStride, step: shape[1] };
  const columns = { count: piece.columns, stride: piece.columnStride, step: 1 };
  const whole = columns.stride === 1 && rows.stride === columns.count && shape[1] === columns.count;
  if (whole) await copyRuns(decode, dtype, piece, start, ONE, { ...columns, count: count * columns.count }, out, to);
  else if (columns.stride <= rows.stride) await copyRuns(decode, dtype, piece, start, rows, columns, out, to);
  else await copyRuns(decode, dtype, piece, start, columns, rows, out, to);
}

const ONE: Axis = { count: 1, stride: 0, step: 0 };

/** Copies runs of `inner` entries, `outer` apart, with as few reads as windows of bounded size allow. */
async function copyRuns<Out extends Float32Array | Float64Array>(
  decode: Decode<Out>,
  dtype: Dtype,
  { source }: MatrixPiece,
  start: number,
  outer: Axis,
  inner: Axis,
  out: Out,
  to: number,
): Promise<void> {
  const run = runBytes(dtype, inner.stride, inner.count);
  const pitch = bytesOf(dtype, outer.stride);
  const fitting = pitch - run > MAX_GAP ? 1 : Math.floor((WINDOW - run) / Math.max(pitch, 1)) + 1;
  const together = Math.max(1, Math.min(fitting, outer.count));
  const blocks = Math.max(1, Math.floor(WINDOW / dtype.blockBytes / Math.max(inner.stride, 1)));
  const most = blocks * dtype.blockEntries;
  for (let o = 0; o < outer.count; o += together) {
    const runs = Math.min(together, outer.count - o);
    for (let i = 0; i < inner.count; i += most) {
      const count = Math.min(most, inner.count - i);
      const at = start + o * pitch + bytesOf(dtype, i * inner.stride);
      await source.read(at, (runs - 1) * pitch + runBytes(dtype, inner.stride, count), (bytes) => {
        for (let r = 0; r < runs; r++) {
          const target = to + (o + r) * outer.step + i * inner.step;
          decode(bytes, r * pitch, count, inner.stride, out, target, inner.step);
        }
      });
    }
  }
}

/** Bytes from the first to the last of `count` entries; entries in blocks lie side by side. */
function runBytes(dtype: Dtype, stride: number, count: number): number {
  return dtype.blockEntries === 1 ? ((count - 1) * stride + 1) * dtype.blockBytes : bytesOf(dtype, count);
}

async function applyScale(scale: MatrixScale, firstRow: number, columns: number, values: Float32Array): Promise<void> {
  const factors = await factorsOf(scale.factors);
  const across = scale.factors.shape[1];
  for (let at = 0, row = firstRow; at < values.length; at += columns, row++) {
    const line = Math.floor(row / scale.blockRows) * across;
    for (let column = 0; column < columns; column++) {
      values[at + column]! *= factors[line + Math.floor(column / scale.blockColumns)]!;
    }
  }
}

const kept = new WeakMap<Matrix, Promise<RowBlock>>();

/** Factors are few and used by every block of rows: they are read once. */
async function factorsOf(factors: Matrix): Promise<Float32Array> {
  const known = kept.get(factors) ?? readRows(factors, 0, factors.shape[0]);
  kept.set(factors, known);
  return (await known).values;
}
