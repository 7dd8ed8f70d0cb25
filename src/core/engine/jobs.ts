import type { CancelSignal } from '../cancel';
import type { Forecast, ForecastInput } from '../forecast/forecast';

/** The work that is done outside the event loop, by name: input and result are plain data. */
export interface Jobs {
  forecast: { input: ForecastInput; result: Forecast };
}

export type JobName = keyof Jobs;

/** Runs jobs, on threads or in place. Rejects with `CancelledError` when `signal` aborts before the result. */
export interface JobPool {
  run<N extends JobName>(name: N, input: Jobs[N]['input'], signal?: CancelSignal): Promise<Jobs[N]['result']>;
  dispose(): void;
}
