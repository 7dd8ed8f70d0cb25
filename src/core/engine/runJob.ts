import { assertNever } from '../errors';
import { predictFinalLoss } from '../forecast/predict';
import type { JobName, Jobs } from './jobs';

/** Does one job on the calling thread. */
export function runJob<N extends JobName>(name: N, input: Jobs[N]['input']): Jobs[N]['result'] {
  switch (name) {
    case 'forecast':
      return predictFinalLoss(input);
    default:
      return assertNever(name as never);
  }
}
