import type { FileLog } from '../../core/series/fileLog';
import type { FeedResult, SeriesFeed } from '../../core/sources/remote/polledRun';
import {
  NewestFirstSeen,
  parseScalars,
  parseTags,
  type TimedPoint,
} from '../../core/sources/remote/tensorboardAnswers';
import type { JsonServer } from './jsonServer';

/** Least milliseconds between two questions for one run, and what each tag adds. */
const LEAST_PAUSE = 5000;
const PAUSE_PER_TAG = 100;
/** The list of runs serves all runs of a server for so many milliseconds. */
const TAGS_FRESH = 4000;
const PREFIX = '/data/plugin/scalars';

/** The runs of a TensorBoard server. Source: tensorflow/tensorboard, tensorboard/plugins/scalar/http_api.md. */
export class TensorBoardServer {
  #tags: { at: number; answer: Promise<Map<string, string[]>> } | undefined;

  constructor(readonly server: JsonServer) {}

  /** Tags of each run. Questions that follow each other closely share one answer. */
  tags(): Promise<Map<string, string[]>> {
    if (this.#tags === undefined || Date.now() - this.#tags.at > TAGS_FRESH) {
      this.#tags = { at: Date.now(), answer: this.server.get(`${PREFIX}/tags`).then(parseTags) };
    }
    return this.#tags.answer;
  }

  async scalars(run: string, tag: string): Promise<TimedPoint[]> {
    return parseScalars(await this.server.get(`${PREFIX}/scalars`, { run, tag }));
  }
}

/** One run of a TensorBoard server: the points its server keeps, each once. */
export class TensorBoardFeed implements SeriesFeed {
  readonly #seen = new Map<string, NewestFirstSeen>();
  #clockTag: string | undefined;
  #tagCount = 0;

  constructor(
    readonly server: TensorBoardServer,
    readonly run: string,
  ) {}

  get pause(): number {
    return LEAST_PAUSE + this.#tagCount * PAUSE_PER_TAG;
  }

  reset(): void {
    this.#seen.clear();
    this.#clockTag = undefined;
  }

  async poll(log: FileLog): Promise<FeedResult> {
    const tags = (await this.server.tags()).get(this.run) ?? [];
    this.#tagCount = tags.length;
    this.#clockTag ??= tags.find((tag) => /loss/i.test(tag)) ?? tags[0];
    let points = 0;
    let newestMs = 0;
    for (const tag of tags) {
      const all = await this.server.scalars(this.run, tag);
      const seen = this.#seen.get(tag) ?? new NewestFirstSeen();
      this.#seen.set(tag, seen);
      const fresh = seen.take(all);
      this.#put(log, tag, fresh);
      points += fresh.length;
      newestMs = Math.max(newestMs, fresh.at(-1)?.timeMs ?? 0);
    }
    return { points, newestMs };
  }

  #put(log: FileLog, tag: string, points: readonly TimedPoint[]): void {
    if (points.length === 0) return;
    const series = log.series(tag);
    for (const { step, value } of points) log.point(series, step, value);
    if (tag !== this.#clockTag) return;
    const wallTime = log.series('wall_time');
    for (const { step, timeMs } of points) log.point(wallTime, step, timeMs / 1000);
  }
}
