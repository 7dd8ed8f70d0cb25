import { planFromConfig } from '../plan/fromConfig';
import type { FileLog, FileMark } from '../series/fileLog';
import { type RunFacts, statedFacts } from '../warnings/facts';
import { Monitor } from '../warnings/monitor';
import type { Warning } from '../warnings/warning';
import { PointFeed, type PointSubject } from './pointFeed';
import { type PlanSubject, sourcedByUser } from './runPlan';

interface Certain {
  readonly aheads: readonly (FileMark | undefined)[];
  readonly state: string;
  readonly places: ReturnType<PointFeed['places']>;
}

/** Times that all points are taken again because a fact came late; after that the facts stay as they are. */
const MAX_REPLAYS = 8;

/**
 * The warnings of one run, kept up with its logs: each call of `update` takes the points that are new. Facts that come
 * late, and lines that are taken back, make it begin again; that is rare, and bounded for facts.
 */
export class RunWarnings {
  #monitor = new Monitor();
  #feed = new PointFeed(this.#monitor);
  #settings = '';
  #facts = '';
  #replays = 0;
  /** The state before an unfinished line was taken, to come back to when the rest of the line arrives. */
  #certain: Certain | undefined;
  #shown: { monitor: Monitor; revision: number; warnings: readonly Warning[] } | undefined;

  /** The warnings so far, in order of their steps; the same list while nothing changes. */
  get warnings(): readonly Warning[] {
    const monitor = this.#monitor;
    if (this.#shown?.monitor !== monitor || this.#shown.revision !== monitor.revision) {
      this.#shown = { monitor, revision: monitor.revision, warnings: monitor.warnings };
    }
    return this.#shown.warnings;
  }

  /** Takes what is new in the logs of `run`, up to and including step `until`. */
  update(run: PlanSubject & PointSubject, until?: number): void {
    const { logs } = run;
    const facts = this.#newFacts(run);
    if (facts !== undefined && (!this.#feed.started || this.#replays++ < MAX_REPLAYS)) this.#begin(facts);
    this.#takeBack(logs);
    if (!this.#feed.fits(run)) this.#begin(this.#monitor.facts);
    this.#feed.update(run, { until, certain: true });
    const aheads = logs.map(({ ahead }) => ahead);
    if (aheads.every((ahead) => ahead === undefined)) return;
    this.#certain ??= { aheads, state: JSON.stringify(this.#monitor), places: this.#feed.places() };
    this.#feed.update(run, { until, certain: false });
  }

  /** Forgets what was read ahead when the logs have. */
  #takeBack(logs: readonly FileLog[]): void {
    if (this.#certain === undefined) return;
    const { aheads, state, places } = this.#certain;
    if (aheads.length === logs.length && aheads.every((ahead, i) => ahead === logs[i]!.ahead)) return;
    this.#certain = undefined;
    this.#monitor = Monitor.restore(state, this.#monitor.facts);
    this.#feed.sink = this.#monitor;
    this.#feed.goBack(places);
  }

  #begin(facts: RunFacts): void {
    this.#monitor = new Monitor(facts);
    this.#feed = new PointFeed(this.#monitor);
    this.#certain = undefined;
  }

  /** The stated facts when they have changed. Looks closer only when the logs state more than before. */
  #newFacts(run: PlanSubject): RunFacts | undefined {
    const stated = run.logs.map((log) => `${log.configEntries.size} ${Object.keys(log.facts).length}`);
    const settings = `${JSON.stringify(run.userFacts)} ${run.stepUnit} ${stated.join()}`;
    if (settings === this.#settings) return undefined;
    this.#settings = settings;
    const facts = factsOf(run);
    const key = JSON.stringify(facts);
    if (key === this.#facts) return undefined;
    this.#facts = key;
    return facts;
  }
}

/** What the user, the log and the configuration state of a run. */
export function factsOf(run: PlanSubject): RunFacts {
  const config = run.settings.started.values;
  const user = sourcedByUser(run.userFacts ?? {});
  const sources = { user, log: run.facts(), config: planFromConfig(config, { unit: run.stepUnit }) };
  return statedFacts(config, sources, run.stepUnit);
}
