import { rankCandidates } from './infer/candidates';
import { inferDecaying } from './infer/decaying';
import { fitDataOf } from './infer/explain';
import { formatStep } from './infer/facts';
import type { Narrowing } from './infer/hypotheses';
import type { Inference, InferenceInput } from './infer/inference';
import { collapseStairs, findLevels } from './infer/levels';
import { findPhases, logError, type Phases } from './infer/phases';
import { findRise, type Rise } from './infer/rise';
import { inferStable } from './infer/stable';
import { inferStepped } from './infer/stepped';
import { warmupFacts } from './infer/warmup';
import { cleanPoints, type LrPoints, peakOf, thinPoints } from './lrPoints';

export type { Alternative, Inference, InferenceInput } from './infer/inference';

/** Points of the fall that are fitted: the rest adds nothing but time. */
const MAX_FITTED = 250;

/** Points without which nothing is said of a fall. */
const MIN_FALL_POINTS = 3;

/** A best fit that misses the fall by more than this share of it explains nothing. */
const MAX_MISFIT = 0.05;

/**
 * Reads the schedule off the learning rates seen so far: end of the warm-up, peak, family, start, length and end of the
 * decay, and the last step where they determine it (linear to zero and cosine do, a stable phase does not). Every fact
 * carries a confidence; families that explain the rates as well appear as alternatives. Rates may be rounded, noisy,
 * repeated, sparse, off by one step, absolute or relative to the peak. No positive rates: phase `none` and no facts.
 * O(n) in the rates plus fits of at most 250 of them; a few milliseconds.
 */
export function inferSchedule(input: InferenceInput): Inference {
  const points = cleanPoints(input.steps, input.lrs);
  const length = points.steps.length;
  if (length === 0 || peakOf(points) === 0) return nothing(length === 0 ? null : points.steps[length - 1]!);
  const phases = findPhases(points);
  const rise = findRise(phases);
  const narrowing = narrow(input, phases);
  if (phases.after.steps.length < 2 && phases.rise.steps.length > 0) return stillRising(phases);
  const where = `${formatStep(length)} learning rates up to step ${formatStep(points.steps[length - 1]!)}`;
  const warmup = warmupFacts(phases, rise, phases.peak, where);
  if (isFlat(phases)) return inferStable(phases, narrowing, warmup);
  const levels = findLevels(phases);
  if (levels !== null) return inferStepped(phases, narrowing, warmup, levels);
  return inferFall(phases, rise, narrowing, where);
}

function inferFall(phases: Phases, rise: Rise, narrowing: Narrowing, where: string): Inference {
  const points = thinPoints(collapseStairs(phases), MAX_FITTED);
  if (points.steps.length < MIN_FALL_POINTS)
    return inferStable(phases, narrowing, warmupFacts(phases, rise, phases.peak, where));
  const data = fitDataOf(points, phases, rise);
  const ranking = rankCandidates(data, { ...narrowing, tail: findTail(points, phases) });
  const best = ranking.candidates[0];
  if (best === undefined || ranking.misfit > MAX_MISFIT) return unexplained(phases, rise, where);
  const warmup = warmupFacts(phases, rise, best.explanation.peak, where);
  return inferDecaying({ phases, rise, narrowing, ranking, warmup });
}

function narrow(input: InferenceInput, phases: Phases): Narrowing {
  const total = input.totalSteps ?? input.hints.totalSteps;
  const isUsable = total !== undefined && Number.isFinite(total) && total > phases.top.high;
  return { totalSteps: isUsable ? total : null, tail: null, peak: phases.peak, hints: input.hints };
}

function isFlat(phases: Phases): boolean {
  const { lrs } = phases.after;
  let sum = 0;
  for (const lr of lrs) sum += lr;
  const mean = sum / lrs.length;
  const room = Math.max(2 * logError(phases, phases.peak), 1e-6 * phases.peak);
  let outside = 0;
  for (const lr of lrs) if (Math.abs(lr - mean) > room) outside++;
  return outside === 0;
}

/** Rate over peak of a constant end of at least three points that a fall precedes; `null` without one. */
function findTail(points: LrPoints, phases: Phases): number | null {
  const { lrs } = points;
  const last = lrs[lrs.length - 1]!;
  const room = 1e-6 * phases.peak + 3 * phases.noise;
  let first = lrs.length - 1;
  while (first > 0 && Math.abs(lrs[first - 1]! - last) <= room) first--;
  const held = lrs.length - first;
  // With coarse rounding a slow fall holds a value as long as it held the one before.
  let before = first;
  while (before > 0 && lrs[before - 1] === lrs[first - 1]) before--;
  const isTail =
    held >= (phases.noise > 0 ? 10 : 3) && held > 3 * Math.max(first - before, 1) && last < 0.9 * phases.peak;
  return isTail ? last / phases.peak : null;
}

function nothing(lastStep: number | null): Inference {
  const sentence =
    lastStep === null ? 'The log has no learning rate.' : 'Every logged learning rate is zero: the log rounds it away.';
  return { facts: {}, schedule: null, alternatives: [], phase: 'none', sentence, lastStep };
}

function stillRising(phases: Phases): Inference {
  return {
    facts: {},
    schedule: null,
    alternatives: [],
    phase: 'warmup',
    sentence: 'The learning rate is still rising: what follows the warm-up cannot be seen yet.',
    lastStep: phases.after.steps[0]!,
  };
}

function unexplained(phases: Phases, rise: Rise, where: string): Inference {
  return {
    facts: warmupFacts(phases, rise, phases.peak, where),
    schedule: null,
    alternatives: [],
    phase: 'other',
    sentence: 'The logged learning rates follow no schedule that is known here: state the plan to get a forecast.',
    lastStep: phases.after.steps[phases.after.steps.length - 1]!,
  };
}
