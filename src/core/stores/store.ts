import type { FileLog } from '../series/fileLog';
import type { SqliteDatabase } from './sqlite/database';

/** One run of a store, as a reader fills it. */
export interface StoredRun {
  readonly name: string;
  /** Holds what was read; another object after the database was replaced. */
  readonly log: FileLog;
  /** Milliseconds since 1970 of the newest point. */
  changedAt: number;
}

/** Where a reader puts what it finds: the runs of a store by their id. */
export interface RunSink {
  /** The run `id`, made when it is new; `undefined` past the limit on runs. */
  run(id: string, name: string, group: string): StoredRun | undefined;
}

/** What a store of one kind brings, as its tables tell. */
export interface StoreReader {
  /**
   * Hands on what is new since the last call. Rows are handed on only after `isCurrent` has said that they belong to one
   * state of the database; false when there is more to read.
   */
  read(database: SqliteDatabase, runs: RunSink): Promise<boolean>;
}

/** A program that keeps its runs in a SQLite database. */
export interface StoreKind {
  readonly id: string;
  readonly title: string;
  /** Whether the tables are those of this program. */
  fits(database: SqliteDatabase): boolean;
  open(): StoreReader;
}
