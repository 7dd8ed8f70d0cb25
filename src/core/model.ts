// The vocabulary of the product: plain data, shared by every layer.

/** Identifies a run within one engine: the path of its folder or of its only file. */
export type RunId = string;

/**
 * Canonical series name, for example `train_loss`, `val_loss`, `learning_rate`, `grad_norm`, `tokens`.
 * Further groups carry a suffix: `learning_rate/group1`.
 */
export type SeriesName = string;

/** What the steps of a run count. `step` is the optimizer step; the others are stand-ins when the log has no step. */
export type StepUnit = 'step' | 'epoch' | 'tokens' | 'samples' | 'row';

/** A value of a hyperparameter as it was logged. */
export type ConfigValue = string | number | boolean | null;

/** Where a hyperparameter was read. */
export interface ConfigPlace {
  readonly file: string;
  /** Line in the file, counted from 1; `null` where only the offset or nothing is known. */
  readonly line: number | null;
  /** Byte offset of that line; `null` for documents and binary files. */
  readonly offset: number | null;
}

/** Something in a file that could not be read, or was read with a doubt. Never fatal. */
export interface Issue {
  readonly code: IssueCode;
  readonly message: string;
  readonly file: string;
  /** Byte offset in the file, `null` when the issue is about the whole file. */
  readonly offset: number | null;
}

export type IssueCode =
  | 'line.tooLong'
  | 'line.malformed'
  | 'json.malformed'
  | 'csv.columns'
  | 'csv.tableOfRuns'
  | 'record.checksum'
  | 'record.length'
  | 'record.malformed'
  | 'series.tooMany'
  | 'step.missing'
  | 'value.nonFinite'
  | 'archive.damaged'
  | 'archive.open'
  | 'archive.tooLarge'
  | 'file.binary'
  | 'file.empty'
  | 'file.gone'
  | 'file.replaced'
  | 'file.truncated'
  | 'file.unreadable'
  | 'file.tooLarge'
  | 'format.unknown'
  | 'format.guess'
  | 'issues.more';

/** The life of a run as far as its log tells. */
export type RunState = 'live' | 'stalled' | 'finished' | 'diverged';

/** One logged value. `step` counts what `StepUnit` says. */
export interface Sample {
  readonly step: number;
  readonly value: number;
}

/** Schedule families that a plan can name. */
export type ScheduleFamily =
  | 'constant'
  | 'linear'
  | 'cosine'
  | 'wsd-linear'
  | 'wsd-sqrt'
  | 'wsd-cosine'
  | 'wsd-exponential'
  | 'inverse-sqrt'
  | 'polynomial'
  | 'exponential'
  | 'step'
  | 'one-cycle'
  | 'table';

/** Where a part of a plan was read. */
export type PlanSource = 'user' | 'log' | 'config' | 'code' | 'inferred';

/** One fact of a plan and where it comes from. `confidence` lies in [0, 1]; facts that were read carry 1. */
export interface Sourced<T> {
  readonly value: T;
  readonly source: PlanSource;
  readonly confidence: number;
  /** In words: `"max_steps in trainer_state.json"`. */
  readonly where: string;
}

/** What a parser can tell of the plan while it reads. Absent means unknown. */
export interface PlanFacts {
  readonly totalSteps?: number;
  readonly warmupSteps?: number;
  readonly family?: ScheduleFamily;
  readonly peakLr?: number;
  readonly finalLr?: number;
  /** First step of the annealing phase. */
  readonly decayStart?: number;
  /** Number of steps the annealing phase takes. */
  readonly decaySteps?: number;
}

/** What a log says about the life of its run. */
export type StatusEvent =
  | { readonly kind: 'started' }
  | { readonly kind: 'resumed'; readonly step: number }
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly reason: string };
