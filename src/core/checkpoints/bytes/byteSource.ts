/** Bytes of a checkpoint: a file, or an entry of an archive. */
export interface ByteSource {
  /** Path, and after `:` the entry of an archive. */
  readonly file: string;
  readonly size: number;
  /**
   * What `use` makes of exactly `length` bytes from `offset`; they are valid only until it returns. Calls are served one after the
   * other. Rejects with `checkpoint.invalid` when the source ends before, with `file.unreadable` when the system refuses.
   */
  read<T>(offset: number, length: number, use: (bytes: Uint8Array) => T): Promise<T>;
}
