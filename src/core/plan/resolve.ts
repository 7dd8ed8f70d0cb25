import type { ScheduleFamily, Sourced } from '../model';
import { findConflicts } from './checks';
import type { Inference } from './infer/inference';
import { CUSTOMARY_DECAY_SHARE } from './infer/stable';
import {
  PLAN_KEYS,
  type Plan,
  type PlanKey,
  type PlanPart,
  type Schedule,
  type ScheduleTable,
  UNKNOWN_PLAN,
} from './plan';
import { ONE_CYCLE_DIV_FACTOR, ONE_CYCLE_FINAL_DIV_FACTOR, ONE_CYCLE_PCT_START } from './schedule';
import { inverseSqrtTimescale } from './shapes';

/** What each source tells of one plan. */
export interface PlanSources {
  readonly user?: PlanPart | null;
  readonly log?: PlanPart | null;
  readonly config?: PlanPart | null;
  readonly code?: PlanPart | null;
  readonly inferred?: Inference | null;
}

/** One plan from all sources. */
export interface ResolvedPlan {
  /** Every fact with its source; assumed ones are marked `inferred` with low confidence and say so. */
  readonly plan: Plan;
  /** The whole schedule in the unit of the log; `null` while `missing` is not empty. */
  readonly schedule: Schedule | null;
  /** What a forecast needs and nobody told. */
  readonly missing: readonly ('totalSteps' | 'learningRate')[];
  /** Contradictions, one sentence each. */
  readonly conflicts: readonly string[];
}

/** A rate is known surely enough to set the unit of the schedule. */
const SURE_PEAK = 0.75;

/** Facts below this confidence were not read but guessed. */
const GUESS = 0.75;

/**
 * One plan from what the user, the log, the configuration, the code and the logged rates say, in this order of trust, fact
 * by fact. Facts that nobody told are completed by custom, with a confidence of at most 0.5 and a sentence. Rates of the
 * schedule are in the unit of the log: a plan in absolute rates is scaled where the log holds multipliers.
 */
export function resolvePlan(sources: PlanSources): ResolvedPlan {
  const inferred = sources.inferred ?? null;
  const parts = [sources.user, sources.log, sources.config, sources.code, inferred?.facts].filter(
    (part): part is PlanPart => part !== null && part !== undefined,
  );
  const stated = mergeParts(parts);
  const details = mergeDetails(parts, stated.family?.source ?? null);
  const plan = complete(stated, inferred);
  const missing: ('totalSteps' | 'learningRate')[] = [];
  if (plan.totalSteps === null) missing.push('totalSteps');
  if (plan.peakLr === null || plan.family === null) missing.push('learningRate');
  const schedule = missing.length > 0 ? null : scheduleOf(plan, inferred, details);
  return { plan, schedule, missing, conflicts: findConflicts(plan, schedule, inferred) };
}

function mergeParts(parts: readonly PlanPart[]): Plan {
  const merged: { -readonly [K in PlanKey]: Plan[K] } = { ...UNKNOWN_PLAN };
  for (const key of PLAN_KEYS) {
    const facts = parts.map((part) => part[key]).filter((value) => value !== undefined && isUsable(key, value));
    const seen = facts.find((fact) => fact?.source === 'inferred');
    // A guess from the name of a key is no statement: rates that were seen outweigh it.
    const isGuess = (facts[0]?.confidence ?? 1) < GUESS && (seen?.confidence ?? 0) >= SURE_PEAK;
    const fact = isGuess ? seen : facts[0];
    if (fact !== undefined) Object.assign(merged, { [key]: fact });
  }
  return dropMismatched(merged);
}

function isUsable(key: PlanKey, fact: Sourced<unknown>): boolean {
  const { value } = fact;
  if (key === 'family') return typeof value === 'string';
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  return key === 'totalSteps' || key === 'peakLr' ? value > 0 : value >= 0;
}

/** Details of a decay that was inferred belong to the family that was inferred: beside another family they mean nothing. */
function dropMismatched(plan: Plan): Plan {
  if (plan.family === null || plan.family.source === 'inferred') return plan;
  const isAlien = (fact: Sourced<number> | null): boolean => fact?.source === 'inferred' && fact.confidence < 0.5;
  return {
    ...plan,
    finalLr: isAlien(plan.finalLr) ? null : plan.finalLr,
    decayStart: isAlien(plan.decayStart) ? null : plan.decayStart,
    decaySteps: isAlien(plan.decaySteps) ? null : plan.decaySteps,
  };
}

interface Details {
  readonly power?: number;
  readonly table?: ScheduleTable;
}

function mergeDetails(parts: readonly PlanPart[], familySource: string | null): Details {
  const owner = parts.find((part) => part.family !== undefined && part.family.source === familySource) ?? {};
  const power = owner.power ?? parts.find((part) => part.power !== undefined)?.power;
  const table = owner.table ?? parts.find((part) => part.table !== undefined)?.table;
  return { ...(power === undefined ? {} : { power }), ...(table === undefined ? {} : { table }) };
}

function assumed<T>(value: T, confidence: number, why: string): Sourced<T> {
  return { value, source: 'inferred', confidence, where: `assumed: ${why}` };
}

function complete(stated: Plan, inferred: Inference | null): Plan {
  const family = stated.family ?? assumeFamily(stated, inferred);
  const peakLr = stated.peakLr;
  if (family === null || peakLr === null) return { ...stated, family };
  const total = stated.totalSteps?.value ?? null;
  const warmupSteps = stated.warmupSteps ?? assumeWarmup(family.value, total);
  const held = inferred?.phase === 'stable' ? (inferred.lastStep ?? 0) : 0;
  const span = completeSpan({ ...stated, family, warmupSteps }, held);
  const finalLr = completeFinal({ ...stated, ...span, family, warmupSteps });
  return { ...stated, family, warmupSteps, ...span, finalLr };
}

function assumeFamily(stated: Plan, inferred: Inference | null): Sourced<ScheduleFamily> | null {
  const hasRates = inferred !== null && inferred.phase !== 'none';
  if (stated.peakLr === null) return null;
  if (stated.decaySteps !== null || stated.decayStart !== null) {
    return assumed('wsd-linear', 0.4, 'a decay is planned, its shape is not said');
  }
  if (stated.finalLr !== null && stated.finalLr.value < 0.99 * stated.peakLr.value) {
    return assumed('cosine', 0.4, 'a final rate is planned, the shape is not said');
  }
  if (hasRates && inferred.phase === 'warmup') return assumed('cosine', 0.3, 'the warm-up has not ended yet');
  if (hasRates && inferred.phase === 'other')
    return assumed('constant', 0.2, 'the logged rates follow no known schedule');
  return assumed('constant', 0.3, 'no schedule is configured or logged');
}

function assumeWarmup(family: ScheduleFamily, total: number | null): Sourced<number> {
  if (family === 'one-cycle' && total !== null) {
    return assumed(Math.round(ONE_CYCLE_PCT_START * total), 0.5, "torch's default share of the rise");
  }
  return assumed(0, 0.3, 'no warm-up is stated');
}

/** `held`: last step at which the rate was seen at its peak after the warm-up. */
function completeSpan(plan: Plan, held: number): Pick<Plan, 'decayStart' | 'decaySteps'> {
  const { family, decayStart, decaySteps } = plan;
  const total = plan.totalSteps?.value ?? null;
  const warmup = plan.warmupSteps?.value ?? 0;
  if (family!.value === 'constant' || family!.value === 'table') return { decayStart, decaySteps };
  if (decayStart !== null && decaySteps !== null) return { decayStart, decaySteps };
  if (total === null) return { decayStart, decaySteps };
  const rest = (start: number): Sourced<number> =>
    assumed(Math.max(total - start, 0), 0.5, 'the decay ends with the run');
  if (decayStart !== null) return { decayStart, decaySteps: rest(decayStart.value) };
  if (family!.value.startsWith('wsd-') || family!.value === 'step') {
    const length =
      decaySteps ?? assumed(Math.round(CUSTOMARY_DECAY_SHARE * total), 0.3, 'the last fifth of the run decays');
    const start = Math.max(total - length.value, Math.min(Math.max(warmup, held), total));
    const decayFrom = assumed(start, decaySteps === null ? 0.3 : 0.5, 'the decay ends with the run');
    return { decayStart: decayFrom, decaySteps: decaySteps ?? { ...length, value: total - start } };
  }
  const start = assumed(Math.min(warmup, total), 0.5, 'the decay begins when the warm-up ends');
  return { decayStart: start, decaySteps: decaySteps ?? rest(start.value) };
}

function completeFinal(plan: Plan): Sourced<number> {
  const peak = plan.peakLr!.value;
  if (plan.family!.value === 'constant') return assumed(peak, 0.5, 'a constant rate ends at its peak');
  if (plan.finalLr !== null) return plan.finalLr;
  switch (plan.family!.value) {
    case 'inverse-sqrt': {
      const span = { decayStart: plan.decayStart?.value ?? 0, decaySteps: plan.decaySteps?.value ?? 0 };
      const timescale = inverseSqrtTimescale(peak, 0, span);
      return assumed(
        peak * Math.sqrt(timescale / (timescale + span.decaySteps)),
        0.5,
        'time scale equal to the warm-up',
      );
    }
    case 'one-cycle':
      return assumed(peak / (ONE_CYCLE_DIV_FACTOR * ONE_CYCLE_FINAL_DIV_FACTOR), 0.5, "torch's default");
    case 'exponential':
    case 'wsd-exponential':
      return assumed(0.1 * peak, 0.2, 'an exponential decay to a tenth of the peak');
    case 'step':
      return assumed(0.1 * peak, 0.2, 'one drop to a tenth of the peak');
    default:
      return assumed(0, 0.5, 'the decay ends at zero');
  }
}

function scheduleOf(plan: Plan, inferred: Inference | null, details: Details): Schedule {
  const totalSteps = plan.totalSteps!.value;
  const family = plan.family!.value;
  const planned = plan.peakLr!;
  const logged = inferred?.facts.peakLr;
  const peakLr = logged !== undefined && logged.confidence >= SURE_PEAK ? logged.value : planned.value;
  const toLog = (fact: Sourced<number>): number =>
    fact.source === 'inferred' && !fact.where.startsWith('assumed')
      ? fact.value
      : (fact.value * peakLr) / planned.value;
  const scale = peakLr / planned.value;
  const table = details.table;
  const isOwn = family === 'step' || family === 'table';
  return {
    family,
    totalSteps,
    warmupSteps: Math.min(plan.warmupSteps?.value ?? 0, totalSteps),
    peakLr,
    finalLr: family === 'constant' ? peakLr : toLog(plan.finalLr!),
    decayStart: plan.decayStart?.value ?? totalSteps,
    decaySteps: plan.decaySteps?.value ?? 0,
    ...(details.power === undefined || family !== 'polynomial' ? {} : { power: details.power }),
    ...(table === undefined || !isOwn
      ? {}
      : {
          table:
            plan.family!.source === 'inferred' ? table : { steps: table.steps, lrs: table.lrs.map((lr) => lr * scale) },
        }),
  };
}
