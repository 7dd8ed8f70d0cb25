import type { Citation } from '../citation';
import type { ConfigValue, IssueCode, PlanFacts, SeriesName, StatusEvent, StepUnit } from '../model';

/** Identifies a format: the name of its file in this folder. */
export type FormatId = string;

/** Number of a series within one file, given by the sink. */
export type SeriesHandle = number;

/** What a parser found in a file. Implemented by `FileLog`; parsers call it once per fact and keep no points. */
export interface RecordSink {
  /**
   * Handle of the series that the log calls `label`; the same label gives the same handle. The canonical name is looked
   * up from the label unless the format knows better and gives `name`. Returns -1 past the limit on series: points of
   * such a handle are dropped.
   */
  series(label: string, name?: SeriesName): SeriesHandle;
  /** One value at a step. Non-finite values are points too. */
  point(series: SeriesHandle, step: number, value: number): void;
  /** Many finite values of one series in order; they must be copied. A sink without it is given them one by one. */
  append?(series: SeriesHandle, steps: Float64Array, values: Float64Array): void;
  /** What the steps of this file count; `step` unless said. */
  stepUnit(unit: StepUnit): void;
  /** One hyperparameter as logged, and the line (from 1) where it stands if the parser knows. The last value of a key wins. */
  config(key: string, value: ConfigValue, line?: number): void;
  /** Parsers of lines tell once how to ask for the offset of the line that they are reading. */
  readAt?(offset: () => number): void;
  /** Facts of the plan; `where` says in words where they were read. */
  plan(facts: PlanFacts, where: string): void;
  status(event: StatusEvent): void;
  /** A fault at a byte offset of the file (`null`: the whole file). The rest of the file is still read. */
  issue(code: IssueCode, message: string, offset: number | null): void;
}

/**
 * Reads one file in order. Never throws on input: bad input becomes issues with byte offset.
 * Chunks may end anywhere: inside a line, a record or a character.
 */
export interface LogParser {
  push(chunk: Uint8Array, sink: RecordSink): void;
  /**
   * Reads what is held back although its end has not been seen: the last line of a file without line feed.
   * More bytes may follow later; the caller then restores the sink to its state before the flush and the parser reads
   * the whole line again, so a flush must not change what the parser will make of the same bytes.
   */
  flush(sink: RecordSink): void;
}

/** The ends of a file, for detection. */
export interface LogSample {
  /** File name without folder. */
  readonly name: string;
  /** Path of the file as far as it is known: a few writers name a series by its folders. */
  readonly path?: string;
  /** Size of the whole file in bytes. */
  readonly size: number;
  /** First bytes, at most PROBE_HEAD. */
  readonly head: Uint8Array;
  /** Last bytes, at most PROBE_TAIL; empty when `head` holds the whole file. */
  readonly tail: Uint8Array;
}

/**
 * `yes` only on a signature of the format's own; generic formats say at most `maybe`. `settings`: what stands before the
 * first record fits, but no record was seen.
 */
export type Verdict = 'yes' | 'maybe' | 'settings' | 'no';

/** A log format: one file in this folder, one row in the documentation, one folder of samples, one test. */
export interface LogFormat {
  readonly id: FormatId;
  /** For people: `"Hugging Face Trainer state"`. */
  readonly title: string;
  /** The program that writes it. */
  readonly source: Citation;
  /** `stream`: grows by appending. `document`: rewritten whole, read again on each change. */
  readonly kind: 'stream' | 'document';
  /** Any program may write it, from any number of processes: a record that follows itself is an echo. */
  readonly hasEchoes?: true;
  /** The format this one is a dialect of. */
  readonly refines?: FormatId;
  probe(sample: LogSample): Verdict;
  /**
   * Whether the names in a sample that the format may read say what is the step and what the loss: then nothing is guessed,
   * although any program may have written it.
   */
  tellsRoles?(sample: LogSample): boolean;
  open(sample: LogSample): LogParser;
}
