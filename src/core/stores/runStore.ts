import { LosslineError, messageOf } from '../errors';
import { MAX_RUNS } from '../limits';
import type { Issue } from '../model';
import { FileLog } from '../series/fileLog';
import type { FileSystem } from '../sources/fileSystem';
import type { Followed, PollResult } from '../sources/followed';
import { mlflowStore } from './mlflowStore';
import { SqliteDatabase } from './sqlite/database';
import type { RunSink, StoredRun, StoreKind, StoreReader } from './store';
import { trackioStore } from './trackioStore';

/** Milliseconds between two looks at one run. */
const PAUSE = 2_000;
/** Looks after which a store that is written all the time is left for the next time. */
const MAX_ATTEMPTS = 5;

/** Every kind of store, sorted by id. */
export const STORES: readonly StoreKind[] = [mlflowStore, trackioStore];

/** A database that holds many runs, read as it grows: each row once, each run a log of its own. */
export class RunStore implements RunSink {
  readonly runs = new Map<string, StoreRun>();
  /** Called for each run that is found after the store was opened. */
  onRun: (run: StoreRun) => void = () => undefined;
  #reader: StoreReader;
  #identity: string;
  #refreshing: Promise<void> | undefined;
  #unread = true;

  private constructor(
    readonly path: string,
    readonly database: SqliteDatabase,
    readonly kind: StoreKind,
  ) {
    this.#reader = kind.open();
    this.#identity = database.identity;
  }

  /**
   * Opens the database at `path` and reads what is in it. Throws `file.unknownFormat` when it is no store of runs, and
   * `file.unreadable` when it is damaged.
   */
  static async open(fs: FileSystem, path: string): Promise<RunStore> {
    const database = new SqliteDatabase(fs, path);
    await database.refresh();
    const kind = STORES.find((each) => each.fits(database));
    if (kind === undefined) {
      throw new LosslineError(
        'file.unknownFormat',
        'A SQLite database without the tables of MLflow or Trackio.',
        path,
        0,
      );
    }
    const store = new RunStore(path, database, kind);
    await store.refresh();
    return store;
  }

  /** Reads what is new. Calls that overlap share one look. Throws `file.unreadable`, `file.notFound`. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  run(id: string, name: string, group: string): StoreRun | undefined {
    const known = this.runs.get(id);
    if (known !== undefined || this.runs.size >= MAX_RUNS) return known;
    const run = new StoreRun(this, `${this.path}#${id}`, name, group);
    this.runs.set(id, run);
    this.onRun(run);
    return run;
  }

  /** Another database under the same name: everything is read from it. */
  #restart(): void {
    this.#identity = this.database.identity;
    this.#reader = this.kind.open();
    for (const run of this.runs.values()) run.restart();
  }

  async #refresh(): Promise<void> {
    if (await this.database.refresh()) this.#unread = true;
    if (this.database.identity !== this.#identity) this.#restart();
    for (let attempt = 0; this.#unread && attempt < MAX_ATTEMPTS; ) {
      if (await this.#reader.read(this.database, this)) this.#unread = false;
      else if (!(await this.database.isCurrent())) {
        attempt++;
        await this.database.refresh();
      }
    }
  }
}

/** One run of a store. */
export class StoreRun implements Followed, StoredRun {
  readonly logs: FileLog[];
  readonly guessed = false;
  readonly leastPause = PAUSE;
  changedAt = 0;
  fault: Issue | undefined;
  #seen = '';
  #points = 0;

  constructor(
    readonly store: RunStore,
    readonly path: string,
    readonly name: string,
    /** What the run belongs to: an experiment, a project. */
    readonly group: string,
  ) {
    this.logs = [new FileLog(path)];
  }

  get log(): FileLog {
    return this.logs[0]!;
  }

  /** Forgets what was read. */
  restart(): void {
    this.logs[0] = new FileLog(this.path);
    this.#seen = '';
    this.#points = 0;
  }

  get format(): StoreKind {
    return this.store.kind;
  }

  async poll(): Promise<PollResult> {
    const { fault } = this;
    this.fault = await this.store.refresh().then(
      () => undefined,
      (error: unknown) => faultOf(error, this.store.path),
    );
    const bytes = this.log.points - this.#points;
    this.#points += bytes;
    const seen = `${this.log.allSeries.length} ${this.log.configEntries.size} ${this.log.statuses.length}`;
    const restructured = seen !== this.#seen || this.fault?.message !== fault?.message;
    this.#seen = seen;
    return { bytes, restructured };
  }

  /** A store has no unfinished lines. */
  readAhead(): boolean {
    return false;
  }

  /** The store is looked at again and again. */
  watch(): { dispose(): void } {
    return { dispose: () => undefined };
  }
}

function faultOf(error: unknown, file: string): Issue {
  const offset = error instanceof LosslineError ? error.offset : null;
  return { code: 'file.unreadable', message: messageOf(error), file, offset };
}
