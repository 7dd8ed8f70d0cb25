import type { LogParser } from '../../core/formats/format';
import { jsonl } from '../../core/formats/jsonl';
import { PROBE_HEAD } from '../../core/limits';
import type { FileLog } from '../../core/series/fileLog';
import type { WandbLocation } from '../../core/sources/location';
import type { FeedResult, SeriesFeed } from '../../core/sources/remote/polledRun';
import {
  HISTORY_QUERY,
  parseWandbHistory,
  parseWandbRun,
  parseWandbRuns,
  RUN_QUERY,
  RUNS_QUERY,
  type WandbRun,
} from '../../core/sources/remote/wandbAnswers';
import type { JsonServer } from './jsonServer';

/** Milliseconds between two questions for one run. */
const PAUSE = 10_000;
/** Rows of one page: the server thins out more. Source: wandb/wandb, wandb/apis/public/history.py, page_size. */
const PAGE = 1000;
/** Widest span of steps that is asked for at once, for runs that log rarely. */
const MAX_SPAN = 1_000_000;
/** Runs that are followed when none is named. */
const MAX_RUNS = 50;

/** A W&B server. Source: wandb/wandb, wandb/apis/public. */
export class WandbServer {
  constructor(
    readonly server: JsonServer,
    readonly place: Pick<WandbLocation, 'entity' | 'project'>,
  ) {}

  async run(id: string): Promise<WandbRun> {
    return parseWandbRun(await this.#ask(RUN_QUERY, { name: id }));
  }

  /** Newest runs of the project. */
  async runs(): Promise<WandbRun[]> {
    return parseWandbRuns(await this.#ask(RUNS_QUERY, { perPage: MAX_RUNS }));
  }

  /** Rows of the history with minStep ≤ step < maxStep. */
  async history(run: string, minStep: number, maxStep: number): Promise<{ step: number; line: string }[]> {
    return parseWandbHistory(await this.#ask(HISTORY_QUERY, { run, minStep, maxStep, pageSize: PAGE }));
  }

  #ask(query: string, variables: object): Promise<unknown> {
    return this.server.post('/graphql', { query, variables: { ...this.place, ...variables } });
  }
}

/** One run of a W&B server: all rows of its history, each once, read as the JSON lines they are. */
export class WandbFeed implements SeriesFeed {
  readonly pause = PAUSE;
  #parser: LogParser | undefined;
  #next = 0;
  #span = PAGE;
  #state = '';

  constructor(
    readonly server: WandbServer,
    readonly run: string,
  ) {}

  reset(): void {
    this.#parser = undefined;
    this.#next = 0;
    this.#span = PAGE;
    this.#state = '';
  }

  async poll(log: FileLog): Promise<FeedResult | 'changed'> {
    const run = await this.server.run(this.run);
    // A run that was overwritten under its id begins anew.
    if (run.lastStep < this.#next - 1) return 'changed';
    for (const [key, value] of run.config) log.config(key, value);
    const before = log.points;
    while (this.#next <= run.lastStep) await this.#page(log, run.lastStep);
    this.#tellState(log, run.state);
    return { points: log.points - before, newestMs: newestTime(log) };
  }

  async #page(log: FileLog, lastStep: number): Promise<void> {
    const end = Math.min(this.#next + this.#span, lastStep + 1);
    const rows = await this.server.history(this.run, this.#next, end);
    if (rows.length >= PAGE && this.#span > PAGE) {
      this.#span = PAGE;
      return;
    }
    const fresh = rows.filter(({ step }) => step >= this.#next && step < end);
    if (fresh.length > 0) this.#push(fresh.map(({ line }) => `${line}\n`).join(''), log);
    this.#next = end;
    if (rows.length < PAGE / 4) this.#span = Math.min(MAX_SPAN, this.#span * 2);
  }

  #push(text: string, log: FileLog): void {
    const bytes = new TextEncoder().encode(text);
    this.#parser ??= jsonl.open({
      name: `${this.run}.jsonl`,
      size: bytes.length,
      head: bytes.subarray(0, PROBE_HEAD),
      tail: new Uint8Array(0),
    });
    this.#parser.push(bytes, log);
  }

  #tellState(log: FileLog, state: string): void {
    if (state === this.#state) return;
    this.#state = state;
    if (state === 'finished') log.status({ kind: 'finished' });
    if (/^(failed|crashed|killed)$/.test(state)) log.status({ kind: 'failed', reason: `W&B says ${state}.` });
  }
}

function newestTime(log: FileLog): number {
  const seconds = log.find('wall_time')?.last()?.value;
  return seconds !== undefined && Number.isFinite(seconds) ? seconds * 1000 : 0;
}
