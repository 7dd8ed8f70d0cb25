import { curveOf, estimateAt } from '../forecast/estimate';
import { type Difference, differenceOf, evaluateFitted, type FittedForecast } from '../forecast/fittedForecast';
import type { Estimate, ForecastCurve } from '../forecast/forecast';
import { type Ahead, withAhead } from './ahead';
import { type Answer, answered } from './answer';
import { chanceOfZ } from './chance';

/** A difference of two losses, nats; below 0 is better. */
export interface Gain {
  readonly value: number;
  readonly interval80: readonly [number, number];
  readonly interval95: readonly [number, number];
  /** Chance that the difference is below 0. */
  readonly chanceBetter: number;
}

/** The forecast under another schedule. */
export interface WhatIf {
  readonly finalStep: number;
  readonly finalLoss: Estimate;
  /** From the newest logged step to the end. */
  readonly curve: ForecastCurve;
  /** Final loss under this schedule less that of the plan; what both share cancels. */
  readonly difference: Gain;
  /** What makes the answer doubtful; `null` when nothing does. */
  readonly caution: string | null;
}

/** A rate above the peak by more than this share has not been tried by the run. */
const NEW_PEAK = 1.02;

/**
 * The forecast if the learning rate went on as `ahead` from the present step, and the difference to the plan. Nothing is
 * fitted again: about 1 ms. Valid for rates that the run has tried; higher ones are answered with a caution, since the law
 * does not know when training becomes unstable. Refused as `withAhead`.
 */
export function whatIf(fitted: FittedForecast, ahead: Ahead): Answer<WhatIf> {
  const other = withAhead(fitted, ahead);
  if (other.value === null) return other;
  return answered(whatIfOf(fitted, other.value));
}

/** As `whatIf`, for a fit that has its other schedule already. */
function whatIfOf(planned: FittedForecast, other: FittedForecast): WhatIf {
  const { steps, rates } = other.path;
  let highest = 0;
  for (let i = steps.length - 1; i >= 0 && steps[i]! > other.lastSeen; i--) highest = Math.max(highest, rates[i]!);
  return {
    finalStep: other.finalStep,
    finalLoss: estimateAt(other),
    curve: curveOf(other, other.lastSeen),
    difference: gainOf(planned, endDifference(other, planned)),
    caution: highest > NEW_PEAK ? 'The rate rises above what the run has tried: it may become unstable.' : null,
  };
}

/** Final loss of `a` less that of `b`: two schedules of one fit. */
export function endDifference(a: FittedForecast, b: FittedForecast): Difference {
  const end = (fitted: FittedForecast) => evaluateFitted(fitted, Float64Array.of(fitted.finalStep));
  return differenceOf(b, [end(a), 0], [end(b), 0]);
}

/** A difference with the intervals of its fit. */
export function gainOf({ halfWidths }: FittedForecast, { value, sd }: Difference): Gain {
  const around = (width: number): [number, number] => [value - width * sd, value + width * sd];
  return {
    value,
    interval80: around(halfWidths.of80),
    interval95: around(halfWidths.of95),
    chanceBetter: sd > 0 ? chanceOfZ(-value / sd, halfWidths) : value < 0 ? 1 : value > 0 ? 0 : 0.5,
  };
}
