import type { PlanFacts, ScheduleFamily, Sourced } from '../model';

/**
 * A complete schedule: enough to know the learning rate of every step 0..totalSteps. Steps are optimizer steps, rates in
 * the unit of the log. With u = clip((s - decayStart) / decaySteps, 0, 1) the rate falls from `peakLr` to `finalLr` in
 * the shape of the family; before `warmupSteps` it rises linearly from 0.
 */
export interface Schedule {
  readonly family: ScheduleFamily;
  readonly totalSteps: number;
  readonly warmupSteps: number;
  readonly peakLr: number;
  readonly finalLr: number;
  readonly decayStart: number;
  readonly decaySteps: number;
  /** Exponent of `polynomial`. */
  readonly power?: number;
  /** Knots of `table`, piecewise linear. */
  readonly table?: { readonly steps: readonly number[]; readonly lrs: readonly number[] };
}

/** What is known of a run's plan, each part with its source; `null` is unknown. */
export type Plan = { readonly [K in keyof Required<PlanFacts>]: Sourced<Required<PlanFacts>[K]> | null };

/** A plan of which nothing is known. */
export const UNKNOWN_PLAN: Plan = {
  totalSteps: null,
  warmupSteps: null,
  family: null,
  peakLr: null,
  finalLr: null,
  decayStart: null,
  decaySteps: null,
};
