import type { Inflater } from './content/unpacker';

/** What is known of a file without reading it. */
export interface FileStat {
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
  /** Tells files apart that have had the same path: device and inode. Empty where the system has none. */
  readonly identity: string;
  readonly isDirectory: boolean;
}

/** One entry of a folder. Symbolic links to folders are reported as neither, so that a walk cannot run in circles. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
}

/** A file that is read piece by piece. */
export interface OpenFile {
  /**
   * Up to `length` bytes from `offset`, as `FileSystem.read`. The bytes are valid until the read after the next begins:
   * one piece can be parsed while the next is fetched, and no memory is taken per piece.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The files an engine may look at. Paths are absolute and use `/` or the system's own separator throughout. */
export interface FileSystem {
  /** Least milliseconds between two looks at one file; absent: none. */
  readonly leastPause?: number;
  /** `undefined` when there is nothing at `path`. Rejects with `file.unreadable` when it cannot be told. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Up to `length` bytes from `offset`; fewer at the end of the file, none past it. */
  read(path: string, offset: number, length: number): Promise<Uint8Array>;
  /** Opens a file for reading it from one place to another; absent where `read` costs no more. */
  open?(path: string): Promise<OpenFile>;
  /** Makes an unpacker of DEFLATE streams; absent: logs packed with gzip cannot be read. */
  readonly inflater?: () => Inflater;
  list(folder: string): Promise<readonly FolderEntry[]>;
  /** Calls `onChange` soon after the file changes, where the system tells. Polling goes on beside it. */
  watch(path: string, onChange: () => void): { dispose(): void };
  join(folder: string, name: string): string;
  dirname(path: string): string;
  basename(path: string): string;
}
