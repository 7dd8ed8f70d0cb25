import type { ReducedSeries } from '../fit/binAccumulator';
import type { LawId } from '../laws/law';
import type { PriorTerm } from '../laws/prior';
import type { GeneralPrior } from '../prior/learnPrior';
import type { FittedRun } from '../prior/memory';
import type { Calibration } from './calibration';
import type { ForecastInput } from './forecast';

/**
 * Another loss of the same run, with the shape of the one that is forecast but more points: the training loss beside the
 * validation loss. As `ForecastInput` and `ForecastOptions.reduced`.
 */
export interface Companion {
  readonly steps: Float64Array;
  readonly losses: Float64Array;
  readonly reduced?: ReducedSeries;
}

/** What a caller knows beyond the run. */
export interface ForecastOptions {
  /** Replaces the priors of the laws named. */
  readonly priors?: Partial<Record<LawId, readonly PriorTerm[]>>;
  /** The user's earlier runs: they sharpen the prior of the generalised annealing law. */
  readonly history?: readonly FittedRun[];
  /** Name of model, data and kind of loss of this run, as in `history`. */
  readonly model?: string;
  /** What public runs say; the shipped prior unless given. */
  readonly general?: GeneralPrior;
  /** Half-widths of the intervals; the shipped ones unless given. */
  readonly calibration?: Calibration;
  /**
   * All points of the series, reduced while they arrived (`BinAccumulator`): the input then needs the newest ones only, and a
   * fit costs the same however long the run is.
   */
  readonly reduced?: ReducedSeries;
  /** Lends its shape to a series of few points. */
  readonly companion?: Companion;
}

/** The whole series of a forecast, thinned to its groups where the input holds the newest points only. */
export function wholeSeries(input: ForecastInput, { reduced }: ForecastOptions): ForecastInput {
  return reduced === undefined ? input : { ...input, steps: reduced.steps, losses: reduced.losses };
}

/** Which points of a series are kept: by their number and step. */
export type Keeps = (point: { readonly i: number; readonly step: number }) => boolean;

/** A forecast from some of the points only, those of the companion chosen alike. */
export function partOf(
  input: ForecastInput,
  options: ForecastOptions,
  keeps: Keeps,
): { readonly input: ForecastInput; readonly options: ForecastOptions } {
  const { reduced: _, companion, ...rest } = options;
  const part = { ...input, ...pointsWhere(wholeSeries(input, options), keeps) };
  const beside = companion === undefined ? {} : { companion: pointsWhere(companion.reduced ?? companion, keeps) };
  return { input: part, options: { ...rest, ...beside } };
}

function pointsWhere({ steps, losses }: Pick<ForecastInput, 'steps' | 'losses'>, keeps: Keeps): Companion {
  const rows = Array.from(steps.keys()).filter((i) => keeps({ i, step: steps[i]! }));
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (i) => values[i]!);
  return { steps: pick(steps), losses: pick(losses) };
}
