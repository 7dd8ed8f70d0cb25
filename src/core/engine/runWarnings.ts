import { planFromConfig } from '../plan/fromConfig';
import type { FileLog } from '../series/fileLog';
import type { Series } from '../series/series';
import { type RunFacts, statedFacts } from '../warnings/facts';
import { Monitor } from '../warnings/monitor';
import type { Warning } from '../warnings/warning';
import { type PlanSubject, sourcedByUser } from './runPlan';

/** Times that all points are taken again because a fact came late; after that the facts stay as they are. */
const MAX_REPLAYS = 8;

/** A log, and how many of its series were looked at. */
interface Reader {
  readonly log: FileLog;
  /** Logs that continue a series of another one come after it: multiples of `NEXT_LOG`. */
  readonly base: number;
  known: number;
}

/** The part of a series that the monitor has taken. */
interface Cursor {
  readonly series: Series;
  readonly base: number;
  /** Rows taken, and the segment that the next row lies in. */
  row: number;
  segment: number;
}

/** More segments than any log has. */
const NEXT_LOG = 1e9;

/**
 * The warnings of one run, kept up with its logs: each call of `update` takes the points that are new, in order of their
 * segment and step. Facts that come late, and lines that are taken back, make it begin again; that is rare and bounded.
 */
export class RunWarnings {
  #monitor = new Monitor();
  #readers: Reader[] = [];
  #cursors: Cursor[] = [];
  #factsKey = '';
  #settings = '';
  #replays = 0;
  #shown: { revision: number; monitor: Monitor; warnings: readonly Warning[] } | undefined;

  /** The warnings so far, in order of their steps. */
  get warnings(): readonly Warning[] {
    const monitor = this.#monitor;
    if (this.#shown?.revision !== monitor.revision || this.#shown.monitor !== monitor) {
      this.#shown = { revision: monitor.revision, monitor, warnings: monitor.warnings };
    }
    return this.#shown.warnings;
  }

  /** Takes what is new in the logs of `run`, up to and including step `until`. */
  update(run: PlanSubject, until = Number.POSITIVE_INFINITY): void {
    const { logs } = run;
    if (this.#mustBeginAgain(run, logs)) {
      this.#readers = [];
      this.#cursors = [];
    }
    for (const log of logs.slice(this.#readers.length)) {
      this.#readers.push({ log, base: this.#baseOf(log), known: 0 });
    }
    for (const reader of this.#readers) this.#findSeries(reader);
    this.#read(until);
  }

  #mustBeginAgain(run: PlanSubject, logs: readonly FileLog[]): boolean {
    const changed = this.#factsChanged(run);
    if (changed !== undefined) {
      const late = this.#cursors.some(({ row }) => row > 0);
      if (!late || this.#replays < MAX_REPLAYS) {
        if (late) this.#replays++;
        this.#monitor = new Monitor(changed);
        return true;
      }
    }
    const moved = this.#readers.some(({ log }, i) => log !== logs[i]);
    const shorter = this.#cursors.some(({ series, row }) => row > series.length);
    if (moved || shorter) this.#monitor = new Monitor(this.#monitor.facts);
    return moved || shorter;
  }

  /** The stated facts when they are not those of the monitor. Looks closer only when the logs state more than before. */
  #factsChanged(run: PlanSubject): RunFacts | undefined {
    const settings = settingsKey(run);
    if (settings === this.#settings) return undefined;
    this.#settings = settings;
    const config = run.config();
    const sources = {
      user: sourcedByUser(run.userFacts ?? {}),
      log: run.facts(),
      config: planFromConfig(config, { unit: run.stepUnit }),
    };
    const facts = statedFacts(config, sources, run.stepUnit);
    const key = JSON.stringify(facts);
    if (key === this.#factsKey) return undefined;
    this.#factsKey = key;
    return facts;
  }

  /** A log that shares no series with an earlier one is read beside it, any other after those it continues. */
  #baseOf(log: FileLog): number {
    const names = new Set(log.allSeries.map(({ name }) => name).filter((name) => this.#monitor.watches(name)));
    const continued = this.#readers.filter((earlier) => earlier.log.allSeries.some(({ name }) => names.has(name)));
    return continued.length === 0 ? 0 : Math.max(...continued.map(({ base }) => base)) + NEXT_LOG;
  }

  #findSeries(reader: Reader): void {
    const { log, base } = reader;
    for (; reader.known < log.allSeries.length; reader.known++) {
      const series = log.allSeries[reader.known]!;
      if (this.#monitor.watches(series.name)) this.#cursors.push({ series, base, row: 0, segment: 0 });
    }
  }

  /** Takes the new rows: again and again of all series whose next row is the earliest. */
  #read(until: number): void {
    const open = this.#cursors.filter(({ series, row }) => row < series.length);
    while (open.length > 0) {
      let segment = Number.POSITIVE_INFINITY;
      let step = Number.POSITIVE_INFINITY;
      for (const cursor of open) {
        const own = segmentOf(cursor);
        const at = cursor.series.steps.at(cursor.row);
        if (own < segment || (own === segment && at < step)) {
          segment = own;
          step = at;
        }
      }
      if (open.length === 1) segment = Number.POSITIVE_INFINITY;
      for (let i = open.length - 1; i >= 0; i--) {
        const cursor = open[i]!;
        this.#take(cursor, { segment, step }, until);
        if (cursor.row >= cursor.series.length) open.splice(i, 1);
      }
    }
  }

  #take(cursor: Cursor, now: { segment: number; step: number }, until: number): void {
    const { series } = cursor;
    const all = now.segment === Number.POSITIVE_INFINITY;
    for (; cursor.row < series.length; cursor.row++) {
      const step = series.steps.at(cursor.row);
      if (!all && (segmentOf(cursor) !== now.segment || step !== now.step)) return;
      if (step <= until) this.#monitor.point(series.name, step, series.values.at(cursor.row));
    }
  }
}

/** The segment of the cursor's next row. */
function segmentOf(cursor: Cursor): number {
  const { segmentStarts } = cursor.series;
  while (cursor.segment + 1 < segmentStarts.length && segmentStarts[cursor.segment + 1]! <= cursor.row) cursor.segment++;
  return cursor.base + cursor.segment;
}

function settingsKey(run: PlanSubject): string {
  const stated = run.logs.map((log) => `${log.configEntries.size} ${Object.keys(log.facts).length}`);
  return `${JSON.stringify(run.userFacts)} ${run.stepUnit} ${stated.join()}`;
}
