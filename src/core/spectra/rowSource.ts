/** A matrix that can be read by rows, wherever it is kept. */
export interface RowSource {
  readonly rows: number;
  readonly columns: number;
  /** Format in which every value can be kept without loss. */
  readonly width: 'f32' | 'f16' | 'bf16';
  /** Writes rows [firstRow, firstRow + rowCount) to the start of `into`, row-major. */
  read(firstRow: number, rowCount: number, into: Float32Array): Promise<void>;
  /** The same as doubles; absent where nothing is lost in float32. */
  readDoubles?(firstRow: number, rowCount: number, into: Float64Array): Promise<void>;
}

/** Rows of an array in memory. `values` has rows · columns entries, row-major. */
export function rowsOfArray(values: Float32Array, rows: number, columns: number): RowSource {
  return {
    rows,
    columns,
    width: 'f32',
    read: (firstRow, rowCount, into) => {
      into.set(values.subarray(firstRow * columns, (firstRow + rowCount) * columns));
      return Promise.resolve();
    },
  };
}
