import type { ScheduleFamily } from '../../model';
import type { PlanPart, Schedule } from '../plan';
import { calibrate, type Decay } from './calibration';
import { type Candidate, horizonProbability } from './candidates';
import { DECAY_SHAPES } from './decayShapes';
import { formatLr, formatShare, formatStep, inferredFact } from './facts';
import type { Alternative, Inference } from './inference';

/** Other families are named when they are at least this probable. */
const MIN_ALTERNATIVE = 0.03;

/** A fitted exponent this close to 1 (in logarithm) is a straight fall. */
const STRAIGHT_POWER = 0.1;

/** Horizons closer than this are one horizon. */
const SAME_HORIZON = 0.05;

/** Reads a falling rate off its ranked candidates (at least one). */
export function inferDecaying(decay: Decay): Inference {
  const { phases, ranking } = decay;
  const { candidates } = ranking;
  const best = candidates[0]!;
  const lastStep = phases.after.steps[phases.after.steps.length - 1]!;
  const where = `fit of ${best.explanation.points} learning rates up to step ${formatStep(lastStep)}`;
  const family = familyOf(best, decay);
  const familyShare = shareOf(candidates, (one) => familyOf(one, decay) === family);
  const schedule = scheduleOf(best, decay);
  const horizonShare = best.horizon === null ? 0 : horizonProbability(candidates, best.horizon, SAME_HORIZON);
  const floorShare = shareOf(candidates, (one) => sameFloor(one.floor, best.floor));
  const start = Math.round(best.explanation.decayStart);
  const sure = (share: number): number => calibrate(share, decay);
  // A free exponent mimics other powers with other ends.
  const sureEnd = (share: number): number => sure(share) * (family === 'polynomial' ? 0.85 : 1);
  const facts: PlanPart = {
    ...decay.warmup,
    family: inferredFact(family, sure(familyShare), where),
    decayStart: inferredFact(start, sure(familyShare), where),
    ...(schedule?.power === undefined ? {} : { power: schedule.power }),
    ...(best.floor === null
      ? {}
      : { finalLr: inferredFact(best.floor * best.explanation.peak, sureEnd(floorShare), where) }),
    ...horizonFacts(best, decay, { share: sureEnd(horizonShare), where, start }),
  };
  const isOver = best.horizon !== null && best.horizon < lastStep - phases.interval;
  return {
    facts,
    schedule,
    alternatives: alternativesOf(decay, best),
    phase: isOver ? 'decayed' : 'decaying',
    sentence: describe(family, best, { share: sure(Math.min(familyShare, horizonShare || 1)), isOver }),
    lastStep,
  };
}

function horizonFacts(
  best: Candidate,
  decay: Decay,
  known: { readonly share: number; readonly where: string; readonly start: number },
): PlanPart {
  if (best.horizon === null) return {};
  const { phases, narrowing } = decay;
  const lastStep = phases.after.steps[phases.after.steps.length - 1]!;
  const end = roundHorizon(best);
  const decaySteps = inferredFact(Math.max(end - known.start, 0), known.share, known.where);
  // After a fall that is over, the rates say nothing of how long the constant rest lasts.
  const isOver = end < lastStep - 2 * phases.interval;
  if (narrowing.totalSteps !== null || isOver) return { decaySteps };
  return { decaySteps, totalSteps: inferredFact(Math.max(end, lastStep), known.share, known.where) };
}

/** The end of a decay as a whole step, rounder where the fit leaves room for one round number. */
function roundHorizon(candidate: Candidate): number {
  const horizon = candidate.horizon!;
  const room = Math.min(Math.max(1.5, 2 * candidate.horizonSd), 0.01 * horizon);
  for (let unit = 10 ** Math.floor(Math.log10(Math.max(horizon, 1))); unit >= 10; unit /= 10) {
    const round = Math.round(horizon / unit) * unit;
    if (Math.abs(round - horizon) <= room) return round;
  }
  return Math.round(horizon);
}

function familyOf(candidate: Candidate, decay: Decay): ScheduleFamily {
  const { hypothesis, power } = candidate.explanation;
  const { family } = hypothesis;
  if (hypothesis.power === 'free' && Math.abs(Math.log(power)) < STRAIGHT_POWER) return 'linear';
  const isCosine = family === 'cosine' || family === 'wsd-cosine';
  return decay.rise.kind === 'cosine' && isCosine ? 'one-cycle' : family;
}

/** The schedule of a candidate; `null` while its last step is not known. */
function scheduleOf(candidate: Candidate, decay: Decay): Schedule | null {
  const { narrowing, warmup, phases } = decay;
  const { explanation } = candidate;
  const { hypothesis, decayStart, peak, speed, power } = explanation;
  const lastStep = phases.after.steps[phases.after.steps.length - 1]!;
  const horizon = candidate.horizon === null ? null : roundHorizon(candidate);
  const totalSteps = narrowing.totalSteps ?? (horizon === null ? null : Math.max(horizon, lastStep));
  if (totalSteps === null) return null;
  const shape = DECAY_SHAPES[hypothesis.shape];
  const start = Math.round(decayStart);
  const end = Math.min(horizon ?? totalSteps, Math.max(totalSteps, horizon ?? 0));
  const floor = candidate.floor ?? shape.value(speed * Math.max(end - decayStart, 0), 0, power);
  const family = familyOf(candidate, decay);
  return {
    family,
    totalSteps,
    warmupSteps: Math.min(warmup.warmupSteps?.value ?? narrowing.hints.warmupSteps ?? 0, start),
    peakLr: peak,
    finalLr: floor * peak,
    decayStart: start,
    decaySteps: Math.max(end - start, 0),
    ...(family === 'polynomial' ? { power } : {}),
  };
}

function alternativesOf(decay: Decay, best: Candidate): Alternative[] {
  const groups = new Map<string, { candidate: Candidate; probability: number }>();
  const { candidates } = decay.ranking;
  for (const candidate of candidates) {
    const isBest = familyOf(candidate, decay) === familyOf(best, decay) && sameHorizon(candidate, best);
    if (isBest) continue;
    const key = `${familyOf(candidate, decay)} ${candidate.horizon === null ? '' : Math.round(Math.log(Math.max(candidate.horizon, 1)) / SAME_HORIZON)}`;
    const group = groups.get(key);
    groups.set(key, {
      candidate: group?.candidate ?? candidate,
      probability: (group?.probability ?? 0) + candidate.probability,
    });
  }
  return [...groups.values()]
    .filter(({ probability }) => probability >= MIN_ALTERNATIVE)
    .sort((a, b) => b.probability - a.probability)
    .slice(0, 4)
    .map(({ candidate, probability }) => {
      const family = familyOf(candidate, decay);
      return {
        family,
        probability,
        totalSteps: candidate.horizon === null ? decay.narrowing.totalSteps : roundHorizon(candidate),
        finalLr: candidate.floor === null ? null : candidate.floor * candidate.explanation.peak,
        schedule: scheduleOf(candidate, decay),
        sentence: describe(family, candidate, { share: probability, isOver: false }),
      };
    });
}

function describe(
  family: ScheduleFamily,
  candidate: Candidate,
  { share, isOver }: { readonly share: number; readonly isOver: boolean },
): string {
  const start = `${family} decay from step ${formatStep(candidate.explanation.decayStart)}`;
  if (candidate.horizon === null) return `${start}; the rates do not tell where it ends (${formatShare(share)}).`;
  const final = formatLr((candidate.floor ?? 0) * candidate.explanation.peak);
  const end = `${final} at step ${formatStep(roundHorizon(candidate))} (${formatShare(share)})`;
  return isOver ? `${start}, over since it reached ${end}.` : `${start} to ${end}.`;
}

function shareOf(candidates: readonly Candidate[], holds: (candidate: Candidate) => boolean): number {
  return candidates.reduce((sum, candidate) => sum + (holds(candidate) ? candidate.probability : 0), 0);
}

function sameFloor(a: number | null, b: number | null): boolean {
  return a === b || (a !== null && b !== null && Math.abs(a - b) < 0.02);
}

function sameHorizon(a: Candidate, b: Candidate): boolean {
  if (a.horizon === null || b.horizon === null) return a.horizon === b.horizon;
  return Math.abs(a.horizon - b.horizon) <= SAME_HORIZON * b.horizon;
}
