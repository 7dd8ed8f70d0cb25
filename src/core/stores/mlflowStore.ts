import { readParameter } from '../formats/mlflowRun';

import type { NamedRow, SqliteDatabase } from './sqlite/database';
import type { RunSink, StoredRun, StoreKind, StoreReader } from './store';

/** Rows read at once. */
const BATCH = 5_000;
/** Runs and experiments that are looked at. */
const MAX_ROWS = 100_000;
/** What MLflow writes for an infinite value. Source: mlflow/store/tracking/sqlalchemy_store.py. */
const MAX_FLOAT = 1.7976931348623157e308;

/**
 * The SQLite database of an MLflow tracking store. Points come from `metrics`, in the order in which they were written;
 * deleted runs are left out.
 * Source: mlflow/mlflow, mlflow/store/tracking/dbmodels/models.py.
 */
export const mlflowStore: StoreKind = {
  id: 'mlflowStore',
  title: 'MLflow database',
  fits: (database) =>
    database.has('metrics', ['key', 'value', 'timestamp', 'run_uuid', 'step']) &&
    database.has('runs', ['run_uuid', 'status', 'experiment_id']),
  open: () => new MlflowReader(),
};

class MlflowReader implements StoreReader {
  readonly #clocks = new Map<StoredRun, string>();
  readonly #statuses = new Map<string, string>();
  readonly #runs = new Map<string, StoredRun>();
  #metric = Number.NEGATIVE_INFINITY;
  #param = Number.NEGATIVE_INFINITY;

  async read(database: SqliteDatabase, runs: RunSink): Promise<boolean> {
    const experiments = await database.rows('experiments', Number.NEGATIVE_INFINITY, MAX_ROWS);
    const found = await database.rows('runs', Number.NEGATIVE_INFINITY, MAX_ROWS);
    const params = await database.rows('params', this.#param, BATCH);
    const metrics = await database.rows('metrics', this.#metric, BATCH);
    if (!(await database.isCurrent())) return false;
    const groups = new Map(experiments.map((row) => [String(row.get('experiment_id')), text(row, 'name')]));
    for (const row of found.reverse()) this.#run(row, groups, runs);
    for (const row of params) {
      this.#param = row.rowid;
      const log = this.#runs.get(text(row, 'run_uuid'))?.log;
      if (log !== undefined) readParameter(text(row, 'key'), text(row, 'value'), log);
    }
    for (const row of metrics) {
      this.#metric = row.rowid;
      const run = this.#runs.get(text(row, 'run_uuid'));
      if (run !== undefined) this.#point(row, run);
    }
    return params.length === 0 && metrics.length === 0;
  }

  #run(row: NamedRow, groups: ReadonlyMap<string, string>, runs: RunSink): void {
    if (row.get('lifecycle_stage') === 'deleted') return;
    const id = text(row, 'run_uuid');
    const name = text(row, 'name') || id;
    const run = runs.run(id, name, groups.get(String(row.get('experiment_id'))) ?? '');
    if (run === undefined) return;
    this.#runs.set(id, run);
    const status = text(row, 'status');
    if (this.#statuses.get(id) === status) return;
    this.#statuses.set(id, status);
    if (status === 'FINISHED') run.log.status({ kind: 'finished' });
    if (status === 'FAILED' || status === 'KILLED')
      run.log.status({ kind: 'failed', reason: `MLflow says ${status}.` });
  }

  #point(row: NamedRow, run: StoredRun): void {
    const key = text(row, 'key');
    const step = number(row, 'step');
    const logged = row.get('is_nan') === 1 ? Number.NaN : number(row, 'value');
    const value = Math.abs(logged) >= MAX_FLOAT ? logged * 2 : logged;
    run.log.point(run.log.series(key), step, value);
    const timeMs = number(row, 'timestamp');
    if (!(timeMs > 0)) return;
    run.changedAt = Math.max(run.changedAt, timeMs);
    if (/loss/i.test(key) && !this.#clocks.has(run)) this.#clocks.set(run, key);
    if (this.#clocks.get(run) === key) run.log.point(run.log.series('wall_time'), step, timeMs / 1000);
  }
}

function text(row: NamedRow, column: string): string {
  const value = row.get(column);
  return typeof value === 'string' ? value : value === null || typeof value === 'object' ? '' : String(value);
}

function number(row: NamedRow, column: string): number {
  const value = row.get(column);
  return typeof value === 'number' ? value : Number.NaN;
}
