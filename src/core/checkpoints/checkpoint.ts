import type { ByteSource } from './bytes/byteSource';
import type { Dtype } from './dtypes';

/** The formats of checkpoints that are read; one file of this folder each. */
export type CheckpointFormatId = 'distcp' | 'gguf' | 'npy' | 'npz' | 'safetensors' | 'torchLegacy' | 'torchZip';

/**
 * What a matrix is for. `qkv`, `kv` and `gateUp` are fused matrices whose parts cannot be told apart; `other` is a
 * matrix whose name says nothing. Experts, LoRA factors and adapters have the kind of the matrix they stand for.
 */
export type LayerKind =
  | 'q'
  | 'k'
  | 'v'
  | 'o'
  | 'qkv'
  | 'kv'
  | 'gate'
  | 'up'
  | 'down'
  | 'gateUp'
  | 'embedding'
  | 'position'
  | 'head'
  | 'router'
  | 'conv'
  | 'other';

/** A box of a stored tensor that lies in one place. */
export interface StoredChunk {
  /** Index of its first entry in the tensor. */
  readonly start: readonly number[];
  readonly shape: readonly number[];
  /** Entries from one index to the next, by dimension; never negative. */
  readonly strides: readonly number[];
  readonly source: ByteSource;
  /** Byte of its first entry in the source. */
  readonly offset: number;
}

/** A tensor as it is stored, before its name is understood. Its chunks cover it once and lie inside their sources. */
export interface StoredTensor {
  readonly name: string;
  /** Further names of the same entries (tied weights). */
  readonly aliases: readonly string[];
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly chunks: readonly StoredChunk[];
}

/** What is not read, and why. */
export interface SkippedTensor {
  readonly name: string;
  readonly file: string;
  readonly reason: string;
}

/** A parameter group of an optimizer; null what it does not say. */
export interface ParamGroup {
  readonly lr: number | null;
  /** Learning rate at the start, or the peak, as schedulers keep it. */
  readonly initialLr: number | null;
  readonly weightDecay: number | null;
  readonly betas: readonly [number, number] | null;
  readonly eps: number | null;
  readonly momentum: number | null;
}

/** Heads of the attention in one layer. */
export interface Heads {
  readonly query: number;
  /** Heads of keys and of values; fewer than those of queries when these share them. */
  readonly key: number;
  /** What models add to the gains of norms as they are stored; absent: nothing. */
  readonly gainOffset?: number;
}

/** What a reader of one format finds. */
export interface StoredCheckpoint {
  readonly tensors: readonly StoredTensor[];
  readonly skipped: readonly SkippedTensor[];
  readonly paramGroups: readonly ParamGroup[];
  /** Where the checkpoint says so: fused projections can then be split. */
  readonly heads?: Heads;
  /** Optimizer steps, where the checkpoint itself says so. */
  readonly step?: number;
}

/** A box of a matrix that lies in one place of one source. Strides are in entries. */
export interface MatrixPiece {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
  readonly source: ByteSource;
  /** Byte of its first entry in the source. */
  readonly offset: number;
}

/** Factors that quantised entries are multiplied by, one for each block of the matrix. */
export interface MatrixScale {
  readonly factors: Matrix;
  /** Rows and columns of one block; infinite when one factor is for all. */
  readonly blockRows: number;
  readonly blockColumns: number;
}

/** Entries of a matrix and where they are stored. */
export interface Matrix {
  readonly name: string;
  readonly shape: readonly [rows: number, columns: number];
  readonly dtype: Dtype;
  /** Together they cover the matrix once. */
  readonly pieces: readonly MatrixPiece[];
  readonly scale: MatrixScale | null;
}

/**
 * One weight matrix, out × in as PyTorch applies it, whatever way it is stored. A stored tensor can hold several: the
 * parts of a fused projection, the experts of a stack; their names then end in `[q]`, `[3]`, `[3][gate]`. Kernels of
 * convolutions are out × (in · positions).
 */
export interface CheckpointTensor extends Matrix {
  /** Further names of the same entries (tied weights). */
  readonly aliases: readonly string[];
  /** The file that holds its first entry. */
  readonly file: string;
  readonly kind: LayerKind;
  /** Index of its layer; null outside the layers. */
  readonly layer: number | null;
  readonly expert: number | null;
  /** Set on the two factors of a low-rank update B A of the matrix `module`. */
  readonly lora: { readonly factor: 'A' | 'B'; readonly module: string } | null;
  /** Bytes that reading all of it costs. */
  readonly bytes: number;
}

/** Rows of a matrix. */
export interface RowBlock {
  /** Row-major; entries that are not finite are left as they are. */
  readonly values: Float32Array;
  /** Entries that are NaN or infinite, or too large for a float32. */
  readonly nonFinite: number;
}

/** A checkpoint that is open: its matrices are known, none of their entries is read. */
export interface Checkpoint {
  readonly path: string;
  readonly format: CheckpointFormatId;
  /** In the order in which they are stored. */
  readonly tensors: readonly CheckpointTensor[];
  /** Everything else that the checkpoint names: vectors, optimizer states, integers, what is broken. */
  readonly skipped: readonly SkippedTensor[];
  /** Its vectors by name, each a matrix of one row: gains of norms, biases. They are listed under `skipped` too. */
  readonly vectors: ReadonlyMap<string, Matrix>;
  readonly paramGroups: readonly ParamGroup[];
  /** Optimizer steps, where file, folder or checkpoint say so. */
  readonly step: number | null;
  /** Where the checkpoint or a description beside it says so. */
  readonly heads: Heads | null;
  /**
   * Rows [firstRow, firstRow + rowCount) of a tensor of this checkpoint as float32. They are written to the start of
   * `into` when it is given (values are then a view of it), so that a walk over blocks takes memory once. Reads only
   * these rows where they are stored row by row; a matrix stored by columns (`columnMajor`) costs least in one block.
   * Rejects with `argument.invalid` when there are no such rows or `into` is too small, with `checkpoint.invalid` or
   * `file.unreadable`, file and byte when the file no longer has them.
   */
  readRows(tensor: CheckpointTensor, firstRow: number, rowCount: number, into?: Float32Array): Promise<RowBlock>;
  /** True while its files have the sizes and times of change that they had when it was opened. */
  isUnchanged(): Promise<boolean>;
  /** Closes its files until rows are read again. */
  rest(): Promise<void>;
  /** Closes its files. Reading rejects afterwards. */
  close(): Promise<void>;
}
