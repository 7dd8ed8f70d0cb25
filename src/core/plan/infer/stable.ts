import type { ScheduleFamily } from '../../model';
import type { PlanPart, Schedule } from '../plan';
import { formatLr, formatShare, formatStep, inferredFact } from './facts';
import type { Narrowing } from './hypotheses';
import type { Alternative, Inference } from './inference';
import { logError, type Phases } from './phases';

/** Customary share of a run that decays. Source: 2405.18392 section 4: 20 % match a cosine of the same length. */
export const CUSTOMARY_DECAY_SHARE = 0.2;

/** A constant rate this late into a known run is a constant schedule rather than a stable phase. */
const LATE_SHARE = 0.85;

/** Reads a rate that has stayed at its peak since the warm-up. `warmup`: what is known of the beginning. */
export function inferStable(phases: Phases, narrowing: Narrowing, warmup: PlanPart): Inference {
  const lastStep = phases.after.steps[phases.after.steps.length - 1]!;
  const choices = stableChoices(phases, narrowing, lastStep);
  const best = choices[0]!;
  const where = `the rate has stayed at ${formatLr(phases.peak)} up to step ${formatStep(lastStep)}`;
  const schedules = choices.map(({ family }) => stableSchedule(family, phases, { narrowing, warmup, lastStep }));
  const schedule = schedules[0]!;
  const facts: PlanPart = {
    ...warmup,
    family: inferredFact(best.family, best.probability, where),
  };
  return {
    facts,
    schedule,
    alternatives: choices.slice(1).map(({ family, probability }, i): Alternative => {
      const other = schedules[i + 1]!;
      return {
        family,
        probability,
        totalSteps: narrowing.totalSteps,
        finalLr: other?.finalLr ?? null,
        schedule: other,
        sentence: `${describe(family, other)}: ${formatShare(probability)}.`,
      };
    }),
    phase: 'stable',
    sentence:
      `The rate has been constant since the warm-up, so the rates cannot tell whether and when it will fall. ` +
      `Assumed: ${describe(best.family, schedule)} (${formatShare(best.probability)}).`,
    lastStep,
  };
}

interface Choice {
  readonly family: ScheduleFamily;
  readonly probability: number;
}

function stableChoices(phases: Phases, narrowing: Narrowing, lastStep: number): Choice[] {
  const { hints, totalSteps } = narrowing;
  const weights = new Map<ScheduleFamily, number>();
  const isLate = totalSteps !== null && lastStep > LATE_SHARE * totalSteps;
  weights.set('constant', isLate ? 3 : 0.55);
  weights.set('wsd-linear', 0.7);
  weights.set('wsd-sqrt', 0.15);
  weights.set('step', 0.1);
  weights.set('cosine', isHiddenCosine(phases, narrowing, lastStep) ? (totalSteps === null ? 0.5 : 2) : 0.02);
  if (
    hints.decayStart !== undefined ||
    hints.decaySteps !== undefined ||
    (hints.finalLr ?? phases.peak) < 0.99 * phases.peak
  ) {
    weights.set('constant', 0.05);
  }
  if (hints.family !== undefined) weights.set(hints.family, (weights.get(hints.family) ?? 0.2) * 10 + 5);
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0);
  return [...weights]
    .map(([family, weight]) => ({ family, probability: weight / sum }))
    .filter((choice) => choice.probability >= 0.05)
    .sort((a, b) => b.probability - a.probability)
    .slice(0, 5);
}

/** Could a cosine of the planned (or any usual) length still look flat at the precision of this log? */
function isHiddenCosine(phases: Phases, narrowing: Narrowing, lastStep: number): boolean {
  const flat = lastStep - phases.top.high;
  const visible = Math.max((2 * logError(phases, phases.peak)) / phases.peak, 1e-6);
  const longest = flat * (Math.PI / 2 / Math.sqrt(visible));
  const planned = narrowing.totalSteps ?? 50 * Math.max(phases.top.high, 10);
  return longest < planned;
}

interface StableContext {
  readonly narrowing: Narrowing;
  readonly warmup: PlanPart;
  readonly lastStep: number;
}

function stableSchedule(family: ScheduleFamily, phases: Phases, context: StableContext): Schedule | null {
  const { narrowing, warmup, lastStep } = context;
  const { hints, totalSteps } = narrowing;
  if (totalSteps === null) return null;
  const warmupSteps = warmup.warmupSteps?.value ?? hints.warmupSteps ?? 0;
  const finalHint = hints.finalLr === undefined ? 0 : hints.finalLr * (phases.peak / (hints.peakLr ?? phases.peak));
  const base = { totalSteps, warmupSteps, peakLr: phases.peak };
  if (family === 'constant' || family === 'step' || family === 'table') {
    return { ...base, family: 'constant', finalLr: phases.peak, decayStart: totalSteps, decaySteps: 0 };
  }
  if (!family.startsWith('wsd-')) {
    return {
      ...base,
      family,
      finalLr: finalHint,
      decayStart: warmupSteps,
      decaySteps: Math.max(totalSteps - warmupSteps, 0),
    };
  }
  const decaySteps = hints.decaySteps ?? Math.round(CUSTOMARY_DECAY_SHARE * totalSteps);
  const decayStart = Math.max(hints.decayStart ?? totalSteps - decaySteps, Math.min(lastStep, totalSteps));
  return { ...base, family, finalLr: finalHint, decayStart, decaySteps: Math.max(totalSteps - decayStart, 0) };
}

function describe(family: ScheduleFamily, schedule: Schedule | null): string {
  if (family === 'constant') return 'a constant rate to the end';
  if (family === 'step') return 'a rate that drops in steps, the first drop still to come';
  if (family === 'cosine') return 'a cosine whose fall the log is too coarse to show yet';
  const name =
    family === 'wsd-sqrt' ? 'a 1 - sqrt decay' : family === 'wsd-linear' ? 'a linear decay' : `a ${family} decay`;
  if (schedule === null) return `${name} still to come`;
  return `${name} from step ${formatStep(schedule.decayStart)} to ${formatLr(schedule.finalLr)} at step ${formatStep(schedule.totalSteps)}`;
}
