import { messageOf } from '../../errors';
import type { Issue } from '../../model';
import { FileLog } from '../../series/fileLog';
import type { Followed, PollResult } from '../followed';

/** What one question to a server brought. */
export interface FeedResult {
  readonly points: number;
  /** Milliseconds since 1970 of the newest point; 0 when the server does not say. */
  readonly newestMs: number;
}

/** The points of one run of a server, in the order of the server. */
export interface SeriesFeed {
  /** Milliseconds between two questions, as the size of the run allows. */
  readonly pause: number;
  /**
   * Puts what is new into `log`, each point once. `'changed'` when the server has rewritten what was read: the caller then
   * asks again with a fresh log. Throws a `LosslineError` when the server cannot be asked; what was put stays valid.
   */
  poll(log: FileLog): Promise<FeedResult | 'changed'>;
  /** Forgets what was read. */
  reset(): void;
}

/** One run of a tracking server, followed by asking again and again. */
export class PolledRun implements Followed {
  readonly logs: FileLog[] = [];
  readonly guessed = false;
  changedAt = 0;
  fault: Issue | undefined;
  #polling: Promise<PollResult> | undefined;

  constructor(
    readonly path: string,
    readonly format: { readonly id: string; readonly title: string },
    readonly feed: SeriesFeed,
    /** Clock time in milliseconds. */
    readonly now: () => number,
  ) {}

  get leastPause(): number {
    return this.feed.pause;
  }

  poll(): Promise<PollResult> {
    this.#polling ??= this.#poll().finally(() => {
      this.#polling = undefined;
    });
    return this.#polling;
  }

  /** A server has no unfinished lines. */
  readAhead(): boolean {
    return false;
  }

  /** A server tells nothing by itself. */
  watch(): { dispose(): void } {
    return { dispose: () => undefined };
  }

  async #poll(): Promise<PollResult> {
    const { fault } = this;
    const isFirst = this.logs.length === 0;
    if (isFirst) this.logs.push(new FileLog(this.path));
    const before = this.#extent();
    try {
      let result = await this.feed.poll(this.logs[0]!);
      const changed = result === 'changed';
      if (result === 'changed') {
        this.feed.reset();
        this.logs[0] = new FileLog(this.path);
        result = await this.feed.poll(this.logs[0]);
      }
      this.fault = undefined;
      if (result === 'changed') return { bytes: 0, restructured: true };
      if (result.points > 0) this.changedAt = Math.max(this.changedAt, result.newestMs || this.now());
      const restructured = isFirst || changed || fault !== undefined || this.#extent() !== before;
      return { bytes: result.points, restructured };
    } catch (error) {
      this.fault = { code: 'file.unreadable', message: messageOf(error), file: this.path, offset: null };
      return { bytes: 0, restructured: fault?.message !== this.fault.message };
    }
  }

  /** Changes with everything but points: new series, hyperparameters, the end of the run. */
  #extent(): string {
    const { allSeries, configEntries, statuses } = this.logs[0]!;
    return `${allSeries.length} ${configEntries.size} ${statuses.length}`;
  }
}
