import { estimateAt } from '../forecast/estimate';
import type { FittedForecast } from '../forecast/fittedForecast';
import type { Estimate } from '../forecast/forecast';
import { type Answer, answered, declined } from './answer';

/**
 * The smoothed loss at `step` with its intervals, nats. Valid from the first step that was fitted to the last planned
 * one: before, the law does not hold (`outsideFit`), after it nobody knows the learning rate (`beyondPlan`).
 */
export function lossAt(fitted: FittedForecast, step: number): Answer<Estimate> {
  if (!Number.isFinite(step)) return declined('badArgument', 'A step is a finite number.');
  if (step < fitted.oldest) {
    return declined('outsideFit', `The law describes the run from step ${Math.ceil(fitted.oldest)} on.`);
  }
  if (step > fitted.finalStep) return declined('beyondPlan', `The plan ends at step ${fitted.finalStep}.`);
  return answered(estimateAt(fitted, step));
}
