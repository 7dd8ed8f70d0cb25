import type { FileSystem } from './fileSystem';
import type { Followed } from './followed';
import type { RemoteLocation } from './location';

/** One run as a server keeps it. */
export interface RemoteRun {
  /** The source of this one run, as `formatLocation` writes it. */
  readonly id: string;
  readonly name: string;
  readonly file: Followed;
}

/**
 * A source that has been opened. `files`: logs behind a file system of their own; `waits` when they may appear later, and
 * `name` when their paths say nothing. `runs`: series of a server. `group` is what the runs are listed under.
 */
export type RemoteSource =
  | {
      readonly kind: 'files';
      readonly fs: FileSystem;
      readonly paths: readonly string[];
      readonly waits: boolean;
      readonly group: string;
      readonly name?: string;
    }
  | { readonly kind: 'runs'; readonly runs: readonly RemoteRun[]; readonly group: string };

/** Opens sources that are not local files: the only way from an engine to other machines and programs. */
export interface RemoteSources {
  /**
   * Connects. `secret` is a key or token for the server, kept in memory only. Throws a `LosslineError` in words that say
   * what to do: `remote.unreachable`, `remote.auth`, `remote.notFound`, `remote.noProgram`, `remote.protocol`.
   */
  open(location: RemoteLocation, secret?: string): Promise<RemoteSource>;
  /** Ends what runs for a log that is no longer followed. */
  release(path: string): void;
  /** Ends all connections and programs. */
  dispose(): void;
}
