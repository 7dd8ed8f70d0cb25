import type { ReducedSeries } from '../fit/binAccumulator';
import type { LawId } from '../laws/law';
import type { PriorTerm } from '../laws/prior';
import type { GeneralPrior } from '../prior/learnPrior';
import type { FittedRun } from '../prior/memory';
import type { Calibration } from './calibration';
import type { ForecastInput } from './forecast';

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
}

/** The whole series of a forecast, thinned to its groups where the input holds the newest points only. */
export function wholeSeries(input: ForecastInput, { reduced }: ForecastOptions): ForecastInput {
  return reduced === undefined ? input : { ...input, steps: reduced.steps, losses: reduced.losses };
}
