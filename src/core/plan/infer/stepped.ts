import type { PlanPart, Schedule } from '../plan';
import { formatLr, formatStep, inferredFact } from './facts';
import type { Narrowing } from './hypotheses';
import type { Inference } from './inference';
import type { Level } from './levels';
import type { Phases } from './phases';

/** Reads a rate that has dropped in steps: the last level is assumed to hold, or equal drops at equal distances to go on. */
export function inferStepped(
  phases: Phases,
  narrowing: Narrowing,
  warmup: PlanPart,
  levels: readonly Level[],
): Inference {
  const last = levels[levels.length - 1]!;
  const drops = levels.slice(1);
  const where = `${drops.length} drop${drops.length === 1 ? '' : 's'} of the rate up to step ${formatStep(last.lastStep)}`;
  const knots = drops.map((level) => ({ step: level.firstStep, lr: level.lr }));
  const period = regularPeriod(levels);
  if (period !== null && narrowing.totalSteps !== null) {
    let { step, lr } = knots[knots.length - 1]!;
    while (step + period.steps <= narrowing.totalSteps && knots.length < 1000) {
      step += period.steps;
      lr *= period.ratio;
      knots.push({ step, lr });
    }
  }
  const final = knots[knots.length - 1]!;
  const table = { steps: knots.map((knot) => knot.step), lrs: knots.map((knot) => knot.lr) };
  const decayStart = levels[0]!.lastStep;
  const decaySteps = final.step - decayStart;
  const facts: PlanPart = {
    ...warmup,
    family: inferredFact('step', 0.9, where),
    finalLr: inferredFact(final.lr, period === null ? 0.4 : 0.6, where),
    decayStart: inferredFact(decayStart, 0.9, where),
    decaySteps: inferredFact(decaySteps, period === null ? 0.4 : 0.6, where),
    table,
  };
  const schedule: Schedule | null =
    narrowing.totalSteps === null
      ? null
      : {
          family: 'step',
          totalSteps: narrowing.totalSteps,
          warmupSteps: warmup.warmupSteps?.value ?? narrowing.hints.warmupSteps ?? 0,
          peakLr: phases.peak,
          finalLr: final.lr,
          decayStart,
          decaySteps,
          table,
        };
  const future = period === null ? `hold ${formatLr(last.lr)}` : `drop again every ${formatStep(period.steps)} steps`;
  return {
    facts,
    schedule,
    alternatives: [],
    phase: 'decaying',
    sentence: `The rate falls in steps (${where}); assumed to ${future}.`,
    lastStep: last.lastStep,
  };
}

/** Distance and ratio of drops that recur, as StepLR's do; `null` for fewer than three drops or uneven ones. */
function regularPeriod(levels: readonly Level[]): { steps: number; ratio: number } | null {
  if (levels.length < 4) return null;
  const gaps = levels.slice(2).map((level, i) => level.firstStep - levels[i + 1]!.firstStep);
  const ratios = levels.slice(1).map((level, i) => level.lr / levels[i]!.lr);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const isEven = gaps.every((gap) => Math.abs(gap - mean) < 0.05 * mean);
  const isEqual = ratios.every((ratio) => Math.abs(ratio - ratios[0]!) < 0.01);
  return isEven && isEqual ? { steps: Math.round(mean), ratio: ratios[0]! } : null;
}
