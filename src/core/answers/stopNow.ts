import { estimateAt } from '../forecast/estimate';
import { differenceOf, evaluateFitted, type FittedForecast } from '../forecast/fittedForecast';
import type { Estimate } from '../forecast/forecast';
import { linearShape } from '../plan/shapes';
import { fallAhead, knowsRate, withAhead } from './ahead';
import { type Answer, answered, declined } from './answer';
import { endDifference, type Gain, gainOf } from './whatIf';

/** What is given up by stopping now. */
export interface StopNow {
  /** Smoothed loss now. */
  readonly lossNow: Estimate;
  /** What the rest of the plan would still bring: loss now less final loss, as a difference below 0 when it falls. */
  readonly rest: Gain;
  readonly stepsSaved: number;
  /** The loss after a straight decay to zero over a tenth of the steps so far, and how long that takes. */
  readonly cooled: { readonly steps: number; readonly finalLoss: Estimate; readonly toPlan: Gain } | null;
}

/** Length of the decay that ends a run early, as a share of the steps so far. */
const SHORT_DECAY = 0.1;

/**
 * The value of stopping now: what the rest of the plan would bring, and where a short decay from here would end instead.
 * Refused when the plan is over.
 */
export function stopNow(fitted: FittedForecast): Answer<StopNow> {
  const { lastSeen, finalStep } = fitted;
  if (!(finalStep > lastSeen)) return declined('planOver', 'The plan is over.');
  const band = evaluateFitted(fitted, Float64Array.of(lastSeen, finalStep));
  const length = Math.min(finalStep - lastSeen, Math.max(1, Math.round(SHORT_DECAY * lastSeen)));
  const shape = { start: lastSeen, finalStep: Math.round(lastSeen + length), lowest: 0, shape: linearShape };
  const short = knowsRate(fitted) ? withAhead(fitted, fallAhead(fitted, shape)).value : null;
  return answered({
    lossNow: estimateAt(fitted, lastSeen),
    rest: gainOf(fitted, differenceOf(fitted, [band, 1], [band, 0])),
    stepsSaved: finalStep - lastSeen,
    cooled: short && {
      steps: length,
      finalLoss: estimateAt(short),
      toPlan: gainOf(fitted, endDifference(short, fitted)),
    },
  });
}
