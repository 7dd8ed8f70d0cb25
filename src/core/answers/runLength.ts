import { estimateAt } from '../forecast/estimate';
import type { FittedForecast } from '../forecast/fittedForecast';
import type { Estimate } from '../forecast/forecast';
import { plannedAhead, withAhead } from './ahead';
import { type Answer, answered, declined } from './answer';
import { endDifference, type Gain, gainOf } from './whatIf';

/** The end of a run of another length. */
export interface RunLength {
  readonly finalStep: number;
  readonly finalLoss: Estimate;
  /** Final loss less that of the plan. */
  readonly difference: Gain;
}

/**
 * What a shorter or longer run would end at: the rest of the planned schedule drawn together or stretched so that it ends
 * at `finalStep`. Valid for a few times the length seen; the interval grows with the distance. Refused as `withAhead`, and
 * when the plan is over.
 */
export function runLength(fitted: FittedForecast, finalStep: number): Answer<RunLength> {
  const { lastSeen } = fitted;
  if (!(finalStep > lastSeen) || !Number.isFinite(finalStep)) {
    return declined('badArgument', 'The run is already past that step.');
  }
  const { steps, lrs } = plannedAhead(fitted);
  if (steps.length === 0) return declined('planOver', 'The plan is over.');
  const factor = (finalStep - lastSeen) / (fitted.finalStep - lastSeen);
  const stretched = Array.from(steps, (step) => lastSeen + (step - lastSeen) * factor);
  const other = withAhead(fitted, { steps: stretched, lrs });
  if (other.value === null) return other;
  return answered({
    finalStep: other.value.finalStep,
    finalLoss: estimateAt(other.value),
    difference: gainOf(fitted, endDifference(other.value, fitted)),
  });
}
