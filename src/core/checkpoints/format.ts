import type { Citation } from '../citation';
import type { ByteSource } from './bytes/byteSource';
import type { CheckpointFiles } from './bytes/fileBytes';
import type { CheckpointFormatId, StoredCheckpoint } from './checkpoint';

/** Bytes of a file that formats are recognised by. */
export const HEAD = 64;

/** How checkpoints of one kind are read. */
export interface CheckpointFormat {
  readonly id: CheckpointFormatId;
  readonly title: string;
  /** Where the layout is defined. */
  readonly source: Citation;
  /** Names of its files, for people. */
  readonly files: string;
  /** True for a file of this format, by its first 64 bytes (fewer in a shorter file) and its name. */
  recognise(head: Uint8Array, name: string): boolean;
  /**
   * Finds the tensors of a file without reading their entries. Rejects with `checkpoint.invalid`, the file and the byte
   * when it is not what it claims to be; tensors that cannot be read while others can are skipped with the reason.
   */
  read(source: ByteSource, files: CheckpointFiles): Promise<StoredCheckpoint>;
}
