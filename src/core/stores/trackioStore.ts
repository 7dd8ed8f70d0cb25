import type { LogParser } from '../formats/format';
import { readConfig } from '../formats/json/config';
import { jsonl } from '../formats/jsonl';
import { PROBE_HEAD } from '../limits';

import type { NamedRow, SqliteDatabase } from './sqlite/database';
import type { RunSink, StoredRun, StoreKind, StoreReader } from './store';

/** Rows read at once. */
const BATCH = 5_000;
const encoder = new TextEncoder();

/**
 * The SQLite database of a Trackio project. Each row holds the values of one call of `log` as a JSON object, so that a run
 * is read as JSON lines are.
 * Source: gradio-app/trackio, trackio/sqlite_storage.py, docs/source/storage_schema.md.
 */
export const trackioStore: StoreKind = {
  id: 'trackioStore',
  title: 'Trackio project',
  fits: (database) => database.has('metrics', ['run_name', 'step', 'metrics']),
  open: () => new TrackioReader(),
};

class TrackioReader implements StoreReader {
  readonly #parsers = new Map<StoredRun, LogParser>();
  #metric = Number.NEGATIVE_INFINITY;
  #config = Number.NEGATIVE_INFINITY;

  async read(database: SqliteDatabase, runs: RunSink): Promise<boolean> {
    const configs = await database.rows('configs', this.#config, BATCH);
    const metrics = await database.rows('metrics', this.#metric, BATCH);
    if (!(await database.isCurrent())) return false;
    const lines = new Map<StoredRun, string[]>();
    for (const row of metrics) {
      this.#metric = row.rowid;
      const run = runOf(row, runs);
      if (run === undefined) continue;
      const texts = lines.get(run) ?? [];
      texts.push(lineOf(row));
      lines.set(run, texts);
      run.changedAt = Math.max(run.changedAt, secondsOf(row) * 1000);
    }
    for (const [run, texts] of lines) this.#read(run, encoder.encode(texts.join('')));
    for (const row of configs) {
      this.#config = row.rowid;
      const bytes = encoder.encode(String(row.get('config')));
      const log = runOf(row, runs)?.log;
      if (log !== undefined) readConfig(bytes, 0, bytes.length, (key, value) => log.config(key, value));
    }
    return configs.length === 0 && metrics.length === 0;
  }

  #read(run: StoredRun, bytes: Uint8Array): void {
    const head = bytes.subarray(0, PROBE_HEAD);
    const parser =
      this.#parsers.get(run) ?? jsonl.open({ name: run.name, size: bytes.length, head, tail: new Uint8Array(0) });
    this.#parsers.set(run, parser);
    parser.push(bytes, run.log);
  }
}

/** Older stores keep several projects in one table, newer ones give runs an id beside their name. */
function runOf(row: NamedRow, runs: RunSink): StoredRun | undefined {
  const name = String(row.get('run_name') ?? '');
  const project = String(row.get('project_name') ?? '');
  return runs.run(String(row.get('run_id') ?? (project === '' ? name : `${project}/${name}`)), name, project);
}

/** The row as a line of JSON: its step and time, then what was logged. */
function lineOf(row: NamedRow): string {
  const logged = String(row.get('metrics') ?? '')
    .replaceAll('\n', ' ')
    .trim();
  const values = logged.startsWith('{') && logged.endsWith('}') ? logged.slice(1, -1).trim() : '';
  const seconds = secondsOf(row);
  const time = seconds > 0 ? `,"_timestamp":${seconds}` : '';
  return `{"_step":${Number(row.get('step'))}${time}${values === '' ? '' : `,${values}`}}\n`;
}

/** Seconds since 1970; 0 when the row does not say. */
function secondsOf(row: NamedRow): number {
  const time = Date.parse(String(row.get('timestamp') ?? ''));
  return Number.isFinite(time) ? time / 1000 : 0;
}
