import type { FittedForecast } from '../forecast/fittedForecast';
import type { Forecast } from '../forecast/forecast';
import type { SeriesName } from '../model';

/** The forecast of a run and how fresh it is. */
export interface RunForecast {
  readonly status: 'idle' | 'fitting' | 'ready' | 'refused' | 'failed';
  readonly series: SeriesName | null;
  readonly forecast: Forecast | null;
  /** The fitted law itself, for questions beyond the forecast (`core/answers`); `null` where none could be fitted. */
  readonly fitted: FittedForecast | null;
  /** Revision of the run that was fitted; -1 before the first fit. */
  readonly revision: number;
  /** Structure of the run that was fitted: a restart or another plan asks for a new fit. */
  readonly structure: number;
  /** Revision of the memory that was learnt from. */
  readonly learnt: number;
  /** Points of the series when it was fitted. */
  readonly points: number;
  /** Why there is no forecast; empty when there is one. */
  readonly message: string;
}

export const UNFITTED: RunForecast = {
  status: 'idle',
  series: null,
  forecast: null,
  fitted: null,
  revision: -1,
  structure: -1,
  learnt: -1,
  points: 0,
  message: '',
};
