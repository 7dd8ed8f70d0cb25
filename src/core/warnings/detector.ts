import type { Citation } from '../citation';
import type { HyperId } from '../hints/hyperparameters';
import type { SeriesName } from '../model';
import type { RunFacts } from './facts';
import type { Severity, WarningId } from './warning';

/** One value of a series and how it compares with what was expected of it. One object, used again for each point. */
export interface Reading {
  series: SeriesName;
  step: number;
  value: number;
  /** Finite values of this series before this one. */
  count: number;
  /** What the recent past of the series leads one to expect, in its unit; equals `value` where no baseline is kept. */
  level: number;
  /** Robust standard deviation about that, in the unit of the series; 0 while unknown. */
  sigma: number;
  /** (value - level) / sigma; 0 while unknown, for non-finite values, and just after a restart. */
  z: number;
}

/** What is raised. */
export interface Finding {
  readonly severity: Severity;
  readonly step: number;
  readonly until?: number | null;
  readonly text: string;
  readonly numbers: Readonly<Record<string, number | null>>;
  readonly steps?: readonly number[];
}

/** What a detector may use besides its own state. */
export interface Surroundings {
  readonly facts: RunFacts;
  /** Newest value of a series logged before `step`; `NaN` when there is none. Independent of how the log was cut. */
  before(series: SeriesName, step: number): number;
  /** The expected level of a series before `step`, smoothed over its noise; `NaN` when there is none. */
  levelBefore(series: SeriesName, step: number): number;
  /** Raises a warning; the number is its handle for `change`. */
  raise(finding: Finding): number;
  /** Replaces a warning that was raised by this detector. */
  change(handle: number, finding: Finding): void;
}

/**
 * A detector: one file in `detectors`, one row in the documentation, one test. It gets the points of each series it
 * listens to in order, one at a time, and does the same small work for each. Its state is plain data of finite numbers,
 * so that it can be written down as JSON after any point and taken up again.
 */
export interface Detector<S extends object = object> {
  readonly id: WarningId;
  /** For people: `"Loss spike"`. */
  readonly title: string;
  /** What it means. */
  readonly meaning: string;
  /** What people do about it. */
  readonly advice: string;
  readonly source: Citation;
  /** Hyperparameters it may come from, the likeliest first: the editor attaches it to the line that sets one of them. */
  readonly concerns: readonly HyperId[];
  /** Names of the series whose points it gets. */
  readonly listens: RegExp;
  /** One state for all its series together; otherwise each series has its own. */
  readonly joint?: boolean;
  /** Needs `level`, `sigma` and `z`: of the values, or of their logarithms. */
  readonly baseline?: 'linear' | 'log';
  start(): S;
  point(state: S, reading: Reading, around: Surroundings): void;
  /** Training was taken up again at `step`, which lies behind the newest one. */
  restarted?(state: S, step: number): void;
}

/** Keeps the type of a detector's state between its functions. */
export function detector<S extends object>(definition: Detector<S>): Detector {
  return definition as unknown as Detector;
}
