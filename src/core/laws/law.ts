import type { Citation } from '../citation';
import type { LrPath } from './lrPath';
import type { PriorTerm } from './prior';

/** Names of the laws, as they appear in files, messages and commands. */
export type LawId =
  | 'convexBound'
  | 'forwardMomentum'
  | 'functionalScaling'
  | 'generalisedAnnealing'
  | 'lrAnnealing'
  | 'multiPower'
  | 'powerLaw'
  | 'rectified'
  | 'sigmoid';

/** One parameter of a law. Bounds are open; an infinite bound means none. */
export interface ParamSpec {
  readonly name: string;
  readonly unit: string;
  /** What the parameter means, in words. */
  readonly meaning: string;
  readonly low: number;
  readonly high: number;
  /** True when the loss is linear in it: it is then solved for, not searched, when a fit starts. */
  readonly linear: boolean;
}

/** A parameter that is never negative and has no upper bound: a loss or a size, in which the loss is `linear` or not. */
export function positive(name: string, unit: string, meaning: string, linear: boolean): ParamSpec {
  return { name, unit, meaning, low: 0, high: Number.POSITIVE_INFINITY, linear };
}

/** A constant that is chosen outside the fit: fixed at `standard`, or searched on `grid`. */
export interface SettingSpec {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
  readonly standard: number;
  readonly grid: readonly number[];
}

/** What a law has computed once for a list of steps; only the law that made it reads the columns. */
export interface LawInput {
  readonly rows: number;
  readonly columns: readonly Float64Array[];
}

/**
 * A formula for the loss along a run. A law is pure and keeps no state: everything that depends on the learning rate
 * alone is put into a `LawInput` by `prepare`, so that a fit evaluates only what depends on the parameters.
 */
export interface Law {
  readonly id: LawId;
  readonly title: string;
  readonly formula: string;
  readonly cite: Citation;
  /** False when the law looks at steps only, so that it can stand in when the learning rate is unknown. */
  readonly needsLr: boolean;
  /** True for a quantity that rises, like a reward: it may have any sign, and its noise is added, not multiplied. */
  readonly rises?: boolean;
  readonly params: readonly ParamSpec[];
  readonly settings: readonly SettingSpec[];
  /** How far runs wander about the law, relative to the loss, 0.002 unless given: see `DATA_MODEL`. */
  readonly lawError?: number;
  /** Share of the newest step before which points are left out, that of `DATA_MODEL` unless given. */
  readonly window?: number;
  /** What earlier runs say of the parameters, used unless a caller brings its own. */
  readonly priors: readonly PriorTerm[];
  /** Features of `path` at `steps` (any order, inside the path or beyond it). O(nodes + rows · log nodes). */
  prepare(path: LrPath, steps: Float64Array, settings: readonly number[]): LawInput;
  /** Writes the loss of every row into `out` (length rows), nats. */
  predict(theta: Float64Array, input: LawInput, out: Float64Array): void;
  /** Writes the derivatives of `predict` into `out`: rows × params, row-major. */
  jacobian(theta: Float64Array, input: LawInput, out: Float64Array): void;
  /** Points to start a fit from; entries of linear parameters are typical sizes, the fit replaces them. */
  starts(): Float64Array[];
  /**
   * Loss still to fall between two rows, split by cause: `progress` by more steps, `annealing` by a lower learning rate,
   * nats, positive when the loss falls.
   */
  remaining(theta: Float64Array, input: LawInput, rows: readonly [number, number]): Remaining;
}

/** Loss that falls between two moments of a run, nats. */
export interface Remaining {
  readonly progress: number;
  readonly annealing: number;
}
