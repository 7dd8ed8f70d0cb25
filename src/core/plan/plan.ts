import type { PlanFacts, ScheduleFamily, Sourced } from '../model';

/** Knots of a tabulated schedule: `steps` ascends strictly, both lists have the same length. */
export interface ScheduleTable {
  readonly steps: readonly number[];
  readonly lrs: readonly number[];
}

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
  /** Rate at `decayStart + decaySteps` and after. */
  readonly finalLr: number;
  readonly decayStart: number;
  readonly decaySteps: number;
  /** Exponent of `polynomial`. */
  readonly power?: number;
  /** `table`: knots, piecewise linear. `step`: each rate holds from its knot on; without a table one drop after `decayStart`. */
  readonly table?: ScheduleTable;
}

/** What is known of a run's plan, each part with its source; `null` is unknown. */
export type Plan = { readonly [K in keyof Required<PlanFacts>]: Sourced<Required<PlanFacts>[K]> | null };

/** Name of one fact of a plan. */
export type PlanKey = keyof Plan;

/**
 * What one source tells of a plan: facts with their origin, absent when unknown, and the details of a shape that a plan
 * shows nowhere but a schedule needs.
 */
export type PlanPart = { readonly [K in PlanKey]?: Sourced<Required<PlanFacts>[K]> } & {
  readonly power?: number;
  readonly table?: ScheduleTable;
};

/** The facts of a plan, in the order in which they are shown. */
export const PLAN_KEYS = [
  'totalSteps',
  'warmupSteps',
  'family',
  'peakLr',
  'finalLr',
  'decayStart',
  'decaySteps',
] as const satisfies readonly PlanKey[];

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
