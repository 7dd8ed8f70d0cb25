import { MAX_SERIES_PER_FILE } from '../../core/limits';
import type { FileLog } from '../../core/series/fileLog';
import {
  type MlflowRun,
  type Page,
  parseExperiments,
  parseHistory,
  parseRun,
  parseRuns,
} from '../../core/sources/remote/mlflowAnswers';
import type { FeedResult, SeriesFeed } from '../../core/sources/remote/polledRun';
import type { TimedPoint } from '../../core/sources/remote/tensorboardAnswers';
import type { JsonServer } from './jsonServer';

const PREFIX = '/api/2.0/mlflow';
/** Milliseconds between two questions for one run. */
const PAUSE = 5000;
/** Largest page that the server allows. Source: MLflow REST API, Get Metric History. */
const PAGE = 25_000;
/** Runs and experiments that are followed when none is named. */
const MAX_RUNS = 200;
const MAX_EXPERIMENTS = 100;
const MAX_PAGES = 10_000;

/** An MLflow tracking server. Source: MLflow REST API 2.0. */
export class MlflowServer {
  constructor(readonly server: JsonServer) {}

  async run(id: string): Promise<MlflowRun> {
    return parseRun(await this.server.get(`${PREFIX}/runs/get`, { run_id: id }));
  }

  /** Newest runs of an experiment, or of all. */
  async runs(experiment: string | null): Promise<readonly MlflowRun[]> {
    const experiments = experiment === null ? await this.#experiments() : [experiment];
    if (experiments.length === 0) return [];
    const question = { experiment_ids: experiments, max_results: MAX_RUNS, order_by: ['attributes.start_time DESC'] };
    return parseRuns(await this.server.post(`${PREFIX}/runs/search`, question)).items;
  }

  async history(run: string, metric: string, page: string | null): Promise<Page<TimedPoint>> {
    const query = { run_id: run, metric_key: metric, max_results: String(PAGE), ...(page ? { page_token: page } : {}) };
    return parseHistory(await this.server.get(`${PREFIX}/metrics/get-history`, query));
  }

  async #experiments(): Promise<readonly string[]> {
    return parseExperiments(await this.server.post(`${PREFIX}/experiments/search`, { max_results: MAX_EXPERIMENTS }))
      .items;
  }
}

/** How far a metric was read: its last page, the points taken from it, and the last of these. */
interface Cursor {
  page: string | null;
  taken: number;
  last: TimedPoint | undefined;
  /** The newest point as the run's description had it. */
  latest: string;
}

/** One run of an MLflow server: every logged point, each once. Only metrics that have grown are asked for. */
export class MlflowFeed implements SeriesFeed {
  readonly pause = PAUSE;
  readonly #cursors = new Map<string, Cursor>();
  #status = '';

  constructor(
    readonly server: MlflowServer,
    readonly run: string,
  ) {}

  reset(): void {
    this.#cursors.clear();
    this.#status = '';
  }

  async poll(log: FileLog): Promise<FeedResult | 'changed'> {
    const run = await this.server.run(this.run);
    for (const [key, value] of run.params) log.config(key, value);
    let points = 0;
    let newestMs = 0;
    for (const [metric, latest] of [...run.latest].slice(0, MAX_SERIES_PER_FILE)) {
      const fresh = await this.#fetch(metric, latest);
      if (fresh === 'changed') return 'changed';
      const series = log.series(metric);
      for (const { step, value, timeMs } of fresh) {
        log.point(series, step, value);
        newestMs = Math.max(newestMs, timeMs);
      }
      if (metric === this.#clockMetric(run)) this.#putTimes(log, fresh);
      points += fresh.length;
    }
    this.#tellStatus(log, run.status);
    return { points, newestMs };
  }

  /** Points that are new. All pages are fetched before one is taken: a fault in between loses and doubles nothing. */
  async #fetch(metric: string, latest: string): Promise<TimedPoint[] | 'changed'> {
    const cursor = this.#cursors.get(metric) ?? { page: null, taken: 0, last: undefined, latest: '' };
    if (cursor.latest === latest) return [];
    const fresh: TimedPoint[] = [];
    let { page, taken } = cursor;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const { items, next } = await this.server.history(this.run, metric, page);
      if (taken > 0 && !isSame(items[taken - 1], cursor.last)) return 'changed';
      fresh.push(...items.slice(taken));
      taken = items.length;
      if (next === null) break;
      page = next;
      taken = 0;
    }
    this.#cursors.set(metric, { page, taken, last: fresh.at(-1) ?? cursor.last, latest });
    return fresh;
  }

  #clockMetric(run: MlflowRun): string | undefined {
    const metrics = [...run.latest.keys()];
    return metrics.find((metric) => /loss/i.test(metric)) ?? metrics[0];
  }

  #putTimes(log: FileLog, points: readonly TimedPoint[]): void {
    if (points.length === 0) return;
    const wallTime = log.series('wall_time');
    for (const { step, timeMs } of points) log.point(wallTime, step, timeMs / 1000);
  }

  #tellStatus(log: FileLog, status: string): void {
    if (status === this.#status) return;
    this.#status = status;
    if (status === 'FINISHED') log.status({ kind: 'finished' });
    if (status === 'FAILED' || status === 'KILLED') log.status({ kind: 'failed', reason: `MLflow says ${status}.` });
  }
}

function isSame(a: TimedPoint | undefined, b: TimedPoint | undefined): boolean {
  return (
    a !== undefined && b !== undefined && a.step === b.step && a.timeMs === b.timeMs && Object.is(a.value, b.value)
  );
}
