import { MAX_SERIES_PER_FILE } from '../../limits';
import type { RecordSink, SeriesHandle } from '../format';
import { JsonScanner, TokenKind } from '../json/scan';
import { axisOf } from '../keys';
import { parseNumber } from '../text/number';
import { itemOf } from './wandbItem';
import { readSigned, readVarint, visitFields } from './wire';

const MAX_METRICS = MAX_SERIES_PER_FILE * 4;
/** The counter of log calls: the x-axis of last resort. */
const CALLS = '_step';
/** Step labels that may begin anew with each epoch. */
const MAY_RESTART = /^(?:batch|it|itr|steps)$/i;
/** Name of a step metric of the user's own. */
const OWN_STEP = /step|iter|update/i;
const NOT_FINITE = /^[+-]?(?:nan|inf(?:inity)?)$/i;
const TYPE_KEY = new TextEncoder().encode('"_type"');

/** A metric that was met. */
interface Metric {
  readonly label: string;
  handle: SeriesHandle;
  /** The metric it is drawn over; `undefined` until its first value. */
  axis: string | undefined;
}

const decoder = new TextDecoder();

/**
 * Turns history records into points. W&B's own `_step` counts calls of `log`, so a step metric is preferred: the one
 * that `define_metric` names, else one beside the values under a usual name (`train/global_step`, `iter`). Rows that
 * lack the step metric belong to its last value, as W&B itself draws them. A step metric in epochs or tokens is not
 * followed: all series of a file share one unit.
 * Source: wandb/wandb, wandb/proto/wandb_internal.proto (HistoryRecord, MetricRecord), wandb/sdk/wandb_metric.py.
 */
export class HistoryRows {
  readonly #scanner = new JsonScanner();
  readonly #metrics = new Map<string, Metric>();
  /** Step metrics by name, and by the beginning of a name. */
  readonly #defined = new Map<string, string>();
  readonly #globs = new Map<string, string>();
  /** The last value of each step metric. */
  readonly #axes = new Map<string, number>();
  readonly #row = new Map<string, number>();
  /** The step metric that was met beside values. */
  #usual: string | undefined;
  #calls = -1;
  #clock = Number.NaN;
  #missing = false;

  /** Takes note of a `MetricRecord`; false when it is malformed. */
  define(bytes: Uint8Array, from: number, to: number): boolean {
    let name = '';
    let glob = '';
    let axis = '';
    const whole = visitFields(bytes, from, to, (field, type, start, end) => {
      if (type !== 2 || field > 4) return;
      const text = decoder.decode(bytes.subarray(start, end));
      if (field === 1) name = text;
      else if (field === 2) glob = text;
      else if (field === 4) axis = text;
    });
    if (!whole) return false;
    if (axis === '' || axis === CALLS || !countsSteps(axis)) return true;
    if (this.#defined.size + this.#globs.size >= MAX_METRICS) return true;
    if (name !== '') this.#defined.set(name, axis);
    else if (glob.endsWith('*')) this.#globs.set(glob.slice(0, -1), axis);
    return true;
  }

  /** Reads a `HistoryRecord`; false when it is malformed: the row is then left out. */
  row(bytes: Uint8Array, from: number, to: number, sink: RecordSink): boolean {
    this.#row.clear();
    let good = true;
    let calls = this.#calls + 1;
    const whole = visitFields(bytes, from, to, (field, type, start, end) => {
      if (type !== 2) return;
      if (field === 1) good &&= this.#item(bytes, start, end);
      else if (field === 2 && start < end && readVarint(bytes, start, end) === 8) {
        calls = readSigned(bytes, start + 1, end);
      }
    });
    if (!whole || !good) return false;
    this.#calls = this.#row.get(CALLS) ?? calls;
    this.#emit(sink);
    return true;
  }

  #item(bytes: Uint8Array, from: number, to: number): boolean {
    const item = itemOf(bytes, from, to, '.');
    if (item === undefined) return false;
    const value = numberOf(bytes, item.from, item.to);
    if (value !== undefined) this.#row.set(item.key, value);
    else if (bytes[item.from] === 0x7b) this.#nested(item.key, bytes, item.from, item.to);
    return true;
  }

  /** Values of a dictionary; pictures, tables and histograms, which name their type, are none. */
  #nested(key: string, bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at >= 0 && at + TYPE_KEY.length <= to; at = bytes.indexOf(0x22, at + 1)) {
      if (TYPE_KEY.every((byte, i) => bytes[at + i] === byte)) return;
    }
    this.#scanner.scan(bytes, from, to, (path, kind, start, end) => {
      if (kind === TokenKind.Literal || path.endsWith(']') || this.#row.size >= MAX_METRICS) return;
      const value = parseNumber(bytes, start, end);
      if (value !== undefined) this.#row.set(`${key}.${path}`, value);
    });
  }

  #emit(sink: RecordSink): void {
    this.#findAxis();
    for (const [label, value] of this.#row) {
      if (this.#axes.has(label) || label.startsWith('_')) continue;
      const metric = this.#metricOf(label, sink);
      if (metric === undefined) continue;
      const x = metric.axis === CALLS ? this.#calls : this.#axes.get(metric.axis!);
      if (x !== undefined && Number.isFinite(x)) sink.point(metric.handle, x, value);
      else this.#tellMissing(label, sink);
    }
    this.#tellTime(sink);
  }

  /** Takes the step metrics out of the row. */
  #findAxis(): void {
    let rank = Number.POSITIVE_INFINITY;
    let best: string | undefined;
    for (const [label, value] of this.#row) {
      if (this.#isAxis(label)) this.#axes.set(label, value);
      const axis = label === CALLS || MAY_RESTART.test(label) ? undefined : axisOf(label);
      if (axis?.unit !== 'step' || axis.rank >= rank) continue;
      rank = axis.rank;
      best = label;
    }
    this.#usual ??= this.#globs.get('') ?? best;
    if (best !== undefined && best === this.#usual) this.#axes.set(best, this.#row.get(best)!);
  }

  #isAxis(label: string): boolean {
    if (this.#axes.has(label)) return true;
    for (const axis of this.#defined.values()) if (axis === label) return true;
    for (const axis of this.#globs.values()) if (axis === label) return true;
    return false;
  }

  #metricOf(label: string, sink: RecordSink): Metric | undefined {
    const known = this.#metrics.get(label);
    if (known !== undefined) return known;
    if (this.#metrics.size >= MAX_METRICS) return undefined;
    const metric = { label, handle: sink.series(label), axis: this.#axisFor(label) };
    this.#metrics.set(label, metric);
    return metric;
  }

  #axisFor(label: string): string {
    const defined = this.#defined.get(label);
    if (defined !== undefined) return defined;
    let longest = -1;
    let axis: string | undefined;
    for (const [prefix, each] of this.#globs) {
      if (prefix.length <= longest || !label.startsWith(prefix)) continue;
      longest = prefix.length;
      axis = each;
    }
    return axis ?? this.#usual ?? CALLS;
  }

  /** One wall time per step. */
  #tellTime(sink: RecordSink): void {
    const time = this.#row.get('_timestamp');
    const x = this.#usual === undefined ? this.#calls : this.#axes.get(this.#usual);
    if (time === undefined || x === undefined || !Number.isFinite(x) || x === this.#clock) return;
    this.#clock = x;
    sink.point(sink.series('_timestamp'), x, time);
  }

  #tellMissing(label: string, sink: RecordSink): void {
    if (this.#missing) return;
    this.#missing = true;
    const message = `Values of ${label} before the first value of its step metric were left out.`;
    sink.issue('step.missing', message, null);
  }
}

function countsSteps(label: string): boolean {
  const axis = axisOf(label);
  return axis === undefined ? OWN_STEP.test(label) : axis.unit === 'step';
}

/** The number of a JSON text; not-a-number and infinity are written as bare words or as strings. */
function numberOf(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (bytes[from] !== 0x22) return parseNumber(bytes, from, to);
  const word = to - from < 16 ? decoder.decode(bytes.subarray(from + 1, to - 1)) : '';
  return NOT_FINITE.test(word) ? parseNumber(bytes, from + 1, to - 1) : undefined;
}
