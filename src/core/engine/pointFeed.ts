import type { SeriesName } from '../model';
import type { FileLog } from '../series/fileLog';
import type { Series } from '../series/series';

/** What takes the points of a run, one at a time. */
export interface PointSink {
  /** True when points of this series are wanted. */
  watches(name: SeriesName): boolean;
  point(name: SeriesName, step: number, value: number): void;
}

/** Whose points are handed on. */
export interface PointSubject {
  readonly logs: readonly FileLog[];
  seriesNames(): readonly SeriesName[];
  /** The series called `name` in each log that gives it, oldest first. */
  parts(name: SeriesName): readonly Series[];
}

/** The part of a series that was handed on. */
interface Cursor {
  readonly log: FileLog | undefined;
  /** Number of the series in its log. */
  readonly handle: number;
  readonly series: Series;
  /** Place of the log among those it continues, as a multiple of `NEXT_LOG`. */
  readonly base: number;
  /** Rows handed on, and the segment that the next row lies in. */
  row: number;
  segment: number;
}

/** More segments than any log has. */
const NEXT_LOG = 1e9;

/**
 * Hands the points of a run's logs on as they come, each once: by segment, then by step, over all series. A log that
 * continues the series of another comes after it; logs without a common series are merged.
 */
export class PointFeed {
  readonly #parts = new Map<SeriesName, Cursor[]>();
  readonly #cursors: Cursor[] = [];

  constructor(public sink: PointSink) {}

  /** True when a point was handed on already. */
  get started(): boolean {
    return this.#cursors.some(({ row }) => row > 0);
  }

  /** False when something that was handed on is no longer there: a line taken back, a log replaced, another source. */
  fits(run: PointSubject): boolean {
    if (this.#cursors.some(({ series, row }) => row > series.length)) return false;
    for (const [name, cursors] of this.#parts) {
      const parts = run.parts(name);
      if (cursors.some(({ series }, i) => series !== parts[i])) return false;
    }
    return true;
  }

  /** How far each series has been handed on, to come back to with `goBack`. */
  places(): readonly { row: number; segment: number }[] {
    return this.#cursors.map(({ row, segment }) => ({ row, segment }));
  }

  goBack(places: readonly { row: number; segment: number }[]): void {
    for (const [i, cursor] of this.#cursors.entries()) Object.assign(cursor, places[i] ?? { row: 0, segment: 0 });
  }

  /**
   * Hands on what is new in the logs of `run`, up to and including step `until`: with `certain` only what was not read ahead.
   * O(new points · series).
   */
  update(run: PointSubject, { until = Number.POSITIVE_INFINITY, certain }: FeedOptions): void {
    for (const name of run.seriesNames()) if (this.sink.watches(name)) this.#findParts(run, name);
    const open: OpenCursor[] = [];
    for (const cursor of this.#cursors) {
      const end = certain ? certainEnd(cursor) : cursor.series.length;
      if (cursor.row < end) open.push({ cursor, end, first: 0, steps: NO_VALUES, values: NO_VALUES });
    }
    while (open.length > 0) {
      const next = earliest(open);
      for (let i = open.length - 1; i >= 0; i--) {
        this.#take(open[i]!, next, until);
        if (open[i]!.cursor.row >= open[i]!.end) open.splice(i, 1);
      }
    }
  }

  #findParts(run: PointSubject, name: SeriesName): void {
    const known = this.#parts.get(name) ?? [];
    this.#parts.set(name, known);
    for (const series of run.parts(name).slice(known.length)) {
      const log = run.logs.find(({ allSeries }) => allSeries.includes(series));
      const handle = log?.allSeries.indexOf(series) ?? 0;
      const base = log === undefined ? 0 : NEXT_LOG * continuedBy(run, log);
      const cursor = { log, handle, series, base, row: 0, segment: 0 };
      known.push(cursor);
      this.#cursors.push(cursor);
    }
  }

  #take(open: OpenCursor, { segment, step }: Place, until: number): void {
    const { cursor, end } = open;
    const { name } = cursor.series;
    for (; cursor.row < end; cursor.row++) {
      const at = stepAt(open);
      if (segment !== null && (at !== step || segmentOf(cursor) !== segment)) return;
      if (at <= until) this.sink.point(name, at, open.values[cursor.row - open.first]!);
    }
  }
}

/** What to hand on. */
export interface FeedOptions {
  readonly until?: number | undefined;
  readonly certain: boolean;
}

/** A series with points left: rows below `end`. Those from `first` on are at hand. */
interface OpenCursor {
  readonly cursor: Cursor;
  readonly end: number;
  first: number;
  steps: Float64Array;
  values: Float64Array;
}

const NO_VALUES = new Float64Array(0);
/** Rows that are taken up at once. */
const WINDOW = 4096;

/** Step of the cursor's row. */
function stepAt(open: OpenCursor): number {
  const { row, series } = open.cursor;
  if (row >= open.first + open.steps.length) {
    const to = Math.min(open.end, row + WINDOW);
    open.first = row;
    open.steps = series.steps.copy(row, to);
    open.values = series.values.copy(row, to);
  }
  return open.steps[row - open.first]!;
}

/** How many logs the series of `log` continue. */
function continuedBy(run: PointSubject, log: FileLog): number {
  return log.allSeries.reduce((most, series) => Math.max(most, run.parts(series.name).indexOf(series)), 0);
}

function certainEnd({ log, handle, series }: Cursor): number {
  return log?.ahead === undefined ? series.length : (log.ahead.series[handle]?.length ?? 0);
}

/** A row of all series; `segment` is `null` when only one series has points left, which are all next. */
interface Place {
  readonly segment: number | null;
  readonly step: number;
}

function earliest(open: readonly OpenCursor[]): Place {
  if (open.length === 1) return { segment: null, step: 0 };
  let segment = Number.POSITIVE_INFINITY;
  let step = Number.POSITIVE_INFINITY;
  for (const each of open) {
    const own = segmentOf(each.cursor);
    const at = stepAt(each);
    if (own > segment || (own === segment && at >= step)) continue;
    segment = own;
    step = at;
  }
  return { segment, step };
}

/** The segment of the cursor's next row, counted over the logs. */
function segmentOf(cursor: Cursor): number {
  const { segmentStarts } = cursor.series;
  while (cursor.segment + 1 < segmentStarts.length && segmentStarts[cursor.segment + 1]! <= cursor.row)
    cursor.segment++;
  return cursor.base + cursor.segment;
}
