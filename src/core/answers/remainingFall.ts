import { varianceAlong } from '../fit/normalEquations';
import { transformFor } from '../fit/transform';
import type { FittedForecast } from '../forecast/fittedForecast';
import type { Remaining } from '../laws/law';
import { lawById } from '../laws/registry';
import { type Answer, answered, declined } from './answer';

/** A part of the fall, nats, positive when the loss falls. */
export interface FallPart {
  readonly value: number;
  readonly interval80: readonly [number, number];
}

/** What is still to fall until the end of the plan, by cause. */
export interface RemainingFall {
  readonly fromMoreSteps: FallPart;
  readonly fromLowerRate: FallPart;
}

/** Step of the difference quotients in the unbounded coordinates of a parameter. */
const NUDGE = 1e-4;

/**
 * Splits the fall from the newest fitted step to the end of the plan into what more steps bring and what a lower learning
 * rate releases, each with the 80 % interval of the posterior and of the law's own error. Refused when the plan is over.
 */
export function remainingFall(fitted: FittedForecast): Answer<RemainingFall> {
  const { path, newest, finalStep, settings, theta, covariance, lawError, halfWidths } = fitted;
  if (!(finalStep > newest)) return declined('planOver', 'The plan is over: nothing is left to fall.');
  const law = lawById(fitted.lawId)!;
  const input = law.prepare(path, Float64Array.of(newest, finalStep), settings);
  const at = (point: Float64Array): Remaining => law.remaining(point, input, [0, 1]);
  const transforms = law.params.map(transformFor);
  const nudged = (a: number, by: number): Remaining =>
    at(theta.with(a, transforms[a]!.toBounded(transforms[a]!.toFree(theta[a]!) + by)));
  const part = (key: keyof Remaining): FallPart => {
    const value = at(theta)[key];
    const gradient = theta.map((_, a) => (nudged(a, NUDGE)[key] - nudged(a, -NUDGE)[key]) / (2 * NUDGE));
    const reach = halfWidths.of80 * Math.hypot(Math.sqrt(varianceAlong(gradient, covariance)), lawError[key] * value);
    return { value, interval80: [value - reach, value + reach] };
  };
  return answered({ fromMoreSteps: part('progress'), fromLowerRate: part('annealing') });
}
