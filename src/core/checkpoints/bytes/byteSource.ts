/** Bytes of a checkpoint: a file, or an entry of an archive. */
export interface ByteSource {
  /** The file that holds it. */
  readonly path: string;
  /** For messages: the path, and after `:` the entry of an archive. */
  readonly file: string;
  readonly size: number;
  /**
   * What `use` makes of exactly `length` bytes from `offset`; they are valid only until it returns. Calls are served
   * one after the other. Rejects with `checkpoint.invalid` when the source ends before, with `file.unreadable` when the
   * system refuses.
   */
  read<T>(offset: number, length: number, use: (bytes: Uint8Array) => T): Promise<T>;
}

/** Bytes of its own, for what outlives the loan. Node's own byte arrays answer `slice` with a view. */
export function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
