import type { FittedForecast } from '../forecast/fittedForecast';
import { extendPath, rateAt } from '../laws/lrPath';
import { lawById } from '../laws/registry';
import { lowerBound } from '../series/column';
import { type Answer, answered, declined } from './answer';

/**
 * A learning rate from the present step on: knots with ascending steps after the newest logged one, rates in the unit of
 * the log, linear between knots and from the present rate to the first. The last knot is the last step of the run.
 */
export interface Ahead {
  readonly steps: ArrayLike<number>;
  readonly lrs: ArrayLike<number>;
}

/** Knots of a schedule to come: far more than any drawing or search needs. */
const MAX_KNOTS = 100_000;

/** Whether the fitted law looks at the learning rate, so that another schedule can be asked about. */
export function knowsRate({ lawId }: FittedForecast): boolean {
  return lawById(lawId)!.needsLr;
}

/** Present learning rate, in the unit of the log. */
export function presentRate({ path, lastSeen }: FittedForecast): number {
  return rateAt(path, lastSeen) * path.peakLr;
}

/** The schedule of the fit after its newest step. Empty when the plan ends there. */
export function plannedAhead({ path, lastSeen, finalStep }: FittedForecast): Ahead {
  const first = lowerBound(path.steps, lastSeen + 1e-9);
  const steps = [...path.steps.subarray(first)].filter((step) => step < finalStep);
  if (finalStep > lastSeen) steps.push(finalStep);
  return { steps, lrs: steps.map((step) => rateAt(path, step) * path.peakLr) };
}

/**
 * The same fit under another schedule from now on: nothing is fitted again, the posterior and the path up to the newest
 * step are kept. Valid as far as the law is: rates up to the peak that the run has seen. Refused without a learning rate
 * (`noLearningRate`) and for knots that are not ascending whole numbers after the newest step, or rates that are
 * negative or not finite (`badSchedule`). O(knots).
 */
export function withAhead(fitted: FittedForecast, { steps, lrs }: Ahead): Answer<FittedForecast> {
  if (!knowsRate(fitted)) {
    return declined(
      'noLearningRate',
      'The learning rate of the run is unknown, so another schedule cannot be weighed.',
    );
  }
  const { path, lastSeen } = fitted;
  const count = steps.length;
  if (count === 0 || count !== lrs.length || count > MAX_KNOTS) {
    return declined('badSchedule', `A schedule needs between 1 and ${MAX_KNOTS} knots of step and rate.`);
  }
  const knots: number[] = [];
  const rates: number[] = [];
  let previous = Math.floor(lastSeen);
  for (let i = 0; i < count; i++) {
    const [step, lr] = [steps[i]!, lrs[i]!];
    if (!(step > lastSeen) || !(step >= previous) || !Number.isFinite(step) || !(lr >= 0) || !Number.isFinite(lr)) {
      return declined('badSchedule', `Knot ${i + 1} is no later step with a rate of 0 or more.`);
    }
    const whole = Math.max(previous, Math.round(step));
    if (whole === previous) continue;
    previous = whole;
    knots.push(whole);
    rates.push(lr / path.peakLr);
  }
  if (knots.length === 0) return declined('badSchedule', 'The schedule ends where the run stands.');
  return answered({ ...fitted, path: extendPath(path, lastSeen, { steps: knots, rates }), finalStep: previous });
}

/** Knots of the straight or bent falls that answers search over. */
const FALL_KNOTS = 32;

/** How the rate falls: share of the fall that is left after the share `u` of it. */
export type Fall = (u: number) => number;

/** A rate that is held and falls. Rates in the unit of the log. */
export interface HeldThenFalls {
  /** Step at which the fall begins. */
  readonly start: number;
  readonly finalStep: number;
  /** Rate from the next step on; the present one unless given. */
  readonly rate?: number;
  /** Rate at the last step. */
  readonly lowest: number;
  readonly shape: Fall;
}

/** A rate held until `start`, then a fall along `shape` to `lowest` at `finalStep`. Empty when the run is past that. */
export function fallAhead(fitted: FittedForecast, { start, finalStep, rate, lowest, shape }: HeldThenFalls): Ahead {
  const present = rate ?? presentRate(fitted);
  const begin = Math.min(finalStep, Math.max(start, fitted.lastSeen));
  const steps: number[] = [];
  const lrs: number[] = [];
  const add = (step: number, lr: number): void => {
    if (step <= (steps.at(-1) ?? fitted.lastSeen) || step > finalStep) return;
    steps.push(step);
    lrs.push(lr);
  };
  if (rate !== undefined) add(Math.floor(fitted.lastSeen) + 1, present);
  add(Math.round(begin), present);
  for (let k = 1; k <= FALL_KNOTS; k++) {
    // Even in the square of the share: bent falls are steepest at their beginning.
    const u = (k / FALL_KNOTS) ** 2;
    add(Math.round(begin + u * (finalStep - begin)), lowest + (present - lowest) * shape(u));
  }
  return { steps, lrs };
}
