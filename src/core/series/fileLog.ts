import type { RecordSink, SeriesHandle } from '../formats/format';
import { canonicalSeries } from '../formats/keys';
import { MAX_CONFIG_ENTRIES, MAX_CONFIG_TEXT, MAX_ISSUES_PER_FILE, MAX_LABEL, MAX_SERIES_PER_FILE } from '../limits';
import type {
  ConfigPlace,
  ConfigValue,
  Issue,
  IssueCode,
  PlanFacts,
  SeriesName,
  Sourced,
  StatusEvent,
  StepUnit,
} from '../model';
import { Series, type SeriesMark } from './series';

/** A plan fact as a file stated it. */
export type StatedFacts = { -readonly [K in keyof PlanFacts]?: Sourced<NonNullable<PlanFacts[K]>> };

/** A moment of a file's log, to come back to when an unfinished line was read ahead. */
export interface FileMark {
  readonly series: readonly SeriesMark[];
  readonly issues: number;
  readonly issuesDropped: number;
  readonly statuses: number;
}

/** Everything that was read from one file: the sink that parsers write to. */
export class FileLog implements RecordSink {
  readonly allSeries: Series[] = [];
  readonly configEntries = new Map<string, ConfigValue>();
  readonly configPlaces = new Map<string, ConfigPlace>();
  readonly facts: StatedFacts = {};
  readonly statuses: StatusEvent[] = [];
  readonly issues: Issue[] = [];
  issuesDropped = 0;
  /** See `Series`; set before the first series. */
  dropsEchoes = false;
  unit: StepUnit = 'step';
  /** End of what is certain while an unfinished last line has been read ahead. */
  ahead: FileMark | undefined;
  /** Where in the file a byte comes from that a parser counted, when the file is packed or not written in UTF-8. */
  placeOf: (offset: number) => number = (offset) => offset;
  #handles = new Map<string, SeriesHandle>();
  #names = new Set<string>();
  #offset: (() => number) | undefined;

  constructor(readonly file: string) {}

  series(label: string, name?: SeriesName): SeriesHandle {
    const known = this.#handles.get(label);
    if (known !== undefined) return known;
    if (this.allSeries.length >= MAX_SERIES_PER_FILE) {
      if (this.#handles.size < MAX_SERIES_PER_FILE * 2) this.#handles.set(label, -1);
      this.issue('series.tooMany', `More than ${MAX_SERIES_PER_FILE} series: the rest is left out.`, null);
      return -1;
    }
    const canonical = canonicalSeries(label);
    const series = new Series(
      this.#freeName(name ?? canonical.name),
      label.slice(0, MAX_LABEL),
      canonical.unit,
      this.allSeries[0]?.steps,
      this.dropsEchoes,
    );
    this.#names.add(series.name);
    this.allSeries.push(series);
    this.#handles.set(label, this.allSeries.length - 1);
    return this.allSeries.length - 1;
  }

  point(handle: SeriesHandle, step: number, value: number): void {
    if (handle >= 0) this.allSeries[handle]!.push(step, value);
  }

  append(handle: SeriesHandle, steps: Float64Array, values: Float64Array): void {
    if (handle >= 0) this.allSeries[handle]!.append(steps, values);
  }

  /** Everything that was read so far has been told: called after each piece of the file. */
  settle(): void {
    this.#lossOf('perplexity', 'train_loss');
    this.#lossOf('val_perplexity', 'val_loss');
  }

  /** Where a log has a perplexity and no loss, the loss is its logarithm; its label says so. */
  #lossOf(perplexity: SeriesName, loss: SeriesName): void {
    const source = this.find(perplexity);
    if (source === undefined || source.length === 0) return;
    const label = `ln ${source.label}`;
    if (!this.#handles.has(label) && this.#names.has(loss)) return;
    const handle = this.series(label, loss);
    if (handle < 0) return;
    const known = this.allSeries[handle]!.length;
    if (known >= source.length) return;
    const steps = source.steps.copy(known);
    const values = source.values.copy(known);
    for (const [row, step] of steps.entries()) this.point(handle, step, Math.log(values[row]!));
  }

  stepUnit(unit: StepUnit): void {
    this.unit = unit;
  }

  config(key: string, value: ConfigValue, line?: number): void {
    const label = key.slice(0, MAX_LABEL);
    if (this.configEntries.size >= MAX_CONFIG_ENTRIES && !this.configEntries.has(label)) return;
    this.configEntries.set(label, typeof value === 'string' ? value.slice(0, MAX_CONFIG_TEXT) : value);
    const offset = line === undefined ? this.#offset?.() : undefined;
    const place = offset === undefined ? null : this.placeOf(offset);
    this.configPlaces.set(label, { file: this.file, line: line ?? null, offset: place });
  }

  readAt(offset: () => number): void {
    this.#offset = offset;
  }

  plan(facts: PlanFacts, where: string): void {
    for (const [key, value] of Object.entries(facts)) {
      if (value !== undefined) {
        Object.assign(this.facts, { [key]: { value, source: 'log', confidence: 1, where } satisfies Sourced<unknown> });
      }
    }
  }

  status(event: StatusEvent): void {
    this.statuses.push(event);
  }

  issue(code: IssueCode, message: string, offset: number | null): void {
    if (offset === null && this.issues.some((issue) => issue.code === code && issue.message === message)) return;
    if (this.issues.length < MAX_ISSUES_PER_FILE) {
      this.issues.push({ code, message, file: this.file, offset: offset === null ? null : this.placeOf(offset) });
    } else this.issuesDropped++;
  }

  /** The series called `name`, or `undefined`. */
  find(name: SeriesName): Series | undefined {
    return this.allSeries.find((series) => series.name === name);
  }

  /** Number of points of all series, non-finite ones included. */
  get points(): number {
    return this.allSeries.reduce((sum, series) => sum + series.length, 0);
  }

  /** The present end of the log, to come back to with `restore`: what follows is read ahead. */
  mark(): FileMark {
    this.ahead = {
      series: this.allSeries.map((series) => series.mark()),
      issues: this.issues.length,
      issuesDropped: this.issuesDropped,
      statuses: this.statuses.length,
    };
    return this.ahead;
  }

  /** Forgets points, issues and statuses after `mark`; config and plan stay, the full line will state them again. */
  restore(mark: FileMark): void {
    this.ahead = undefined;
    for (const [handle, series] of this.allSeries.entries()) {
      series.restore(mark.series[handle] ?? EMPTY_MARK);
    }
    this.issues.length = mark.issues;
    this.issuesDropped = mark.issuesDropped;
    this.statuses.length = mark.statuses;
  }

  /** Two labels can mean one canonical name (`loss` and `train/loss`): the second keeps its own label as suffix. */
  #freeName(name: SeriesName): SeriesName {
    if (!this.#names.has(name)) return name;
    for (let i = 2; ; i++) if (!this.#names.has(`${name}/${i}`)) return `${name}/${i}`;
  }
}

const EMPTY_MARK: SeriesMark = {
  length: 0,
  segments: 1,
  nonFinite: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
};
