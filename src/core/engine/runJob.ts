import { fitForecast } from '../forecast/predict';
import { fittedRunOf } from '../prior/fittedRun';
import type { JobName, Jobs } from './jobs';

const JOBS: { readonly [N in JobName]: (input: Jobs[N]['input']) => Jobs[N]['result'] } = {
  forecast: ({ input, options }) => fitForecast(input, options),
  learn: ({ curve, facts }) => fittedRunOf(curve, facts) ?? null,
};

/** Does one job on the calling thread. */
export function runJob<N extends JobName>(name: N, input: Jobs[N]['input']): Jobs[N]['result'] {
  return JOBS[name](input);
}
