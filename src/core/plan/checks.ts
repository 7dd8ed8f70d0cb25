import { formatLr, formatShare, formatStep } from './infer/facts';
import type { Inference } from './infer/inference';
import type { Plan, Schedule } from './plan';
import { scheduleLr } from './schedule';

/** Horizons that differ by less than this share of the run are one horizon. Source: hint on cosine length, 2203.15556 fig. A1. */
const HORIZON_SLACK = 0.05;

/** A rate that differs by more than this share is another rate. */
const RATE_SLACK = 0.02;

/** A planned rate below this share of the peak would show in any log. */
const HELD = 0.95;

/** From this confidence on, what the rates show is worth a contradiction. */
const SURE = 0.8;

/** Contradictions within a plan, and between it and the rates seen so far, one sentence each. Empty when there is none. */
export function findConflicts(plan: Plan, schedule: Schedule | null, inferred: Inference | null): string[] {
  return [...checkPlan(plan), ...(inferred === null ? [] : checkAgainstRates(plan, schedule, inferred))];
}

function checkPlan(plan: Plan): string[] {
  const found: string[] = [];
  const { totalSteps, warmupSteps, decayStart, decaySteps, peakLr, finalLr, family } = plan;
  const total = totalSteps?.value;
  if (total !== undefined && warmupSteps !== null && warmupSteps.value > total) {
    found.push(
      `The warm-up of ${formatStep(warmupSteps.value)} steps (${warmupSteps.where}) is longer than the run of ${formatStep(total)} steps (${totalSteps!.where}).`,
    );
  }
  if (warmupSteps !== null && decayStart !== null && decayStart.value < warmupSteps.value - 1) {
    found.push(
      `The decay begins at step ${formatStep(decayStart.value)} (${decayStart.where}), before the warm-up ends at step ${formatStep(warmupSteps.value)} (${warmupSteps.where}).`,
    );
  }
  if (
    total !== undefined &&
    decayStart !== null &&
    decaySteps !== null &&
    family?.value !== 'constant' &&
    family?.value !== 'step'
  ) {
    const end = decayStart.value + decaySteps.value;
    if (Math.abs(end - total) > HORIZON_SLACK * total) {
      const what = end > total ? 'is cut short by the end of the run' : 'ends before the run does';
      found.push(
        `The decay to step ${formatStep(end)} (${decaySteps.where}) ${what} at step ${formatStep(total)} (${totalSteps!.where}).`,
      );
    }
  }
  if (
    peakLr !== null &&
    finalLr !== null &&
    finalLr.value > peakLr.value * 1.000001 &&
    finalLr.source === peakLr.source
  ) {
    found.push(
      `The final rate ${formatLr(finalLr.value)} (${finalLr.where}) is above the peak ${formatLr(peakLr.value)} (${peakLr.where}).`,
    );
  }
  return found;
}

function checkAgainstRates(plan: Plan, schedule: Schedule | null, inferred: Inference): string[] {
  const found: string[] = [];
  const { facts, lastStep } = inferred;
  const seen = lastStep ?? 0;
  if (plan.totalSteps !== null && seen > plan.totalSteps.value * 1.001 + 1) {
    found.push(
      `The log is at step ${formatStep(seen)}, past the planned ${formatStep(plan.totalSteps.value)} (${plan.totalSteps.where}).`,
    );
  }
  const peak = facts.peakLr;
  const isRelative = peak !== undefined && (Math.abs(peak.value - 1) < 1e-6 || plan.peakLr?.value === 1);
  if (peak !== undefined && peak.confidence >= SURE && plan.peakLr !== null && !isRelative) {
    if (Math.abs(peak.value - plan.peakLr.value) > RATE_SLACK * plan.peakLr.value) {
      found.push(
        `The logged rate peaks at ${formatLr(peak.value)}, the plan says ${formatLr(plan.peakLr.value)} (${plan.peakLr.where}): rates follow the log.`,
      );
    }
  }
  if (inferred.phase === 'stable' && schedule !== null && scheduleLr(schedule, seen) < HELD * schedule.peakLr) {
    found.push(
      `The plan has the rate fall from step ${formatStep(schedule.decayStart)} on, but at step ${formatStep(seen)} it is still at its peak.`,
    );
  }
  if (inferred.phase !== 'decaying' && inferred.phase !== 'decayed') return found;
  const { family, decayStart, decaySteps } = facts;
  if (family !== undefined && family.confidence >= SURE && plan.family !== null && plan.family.value !== family.value) {
    found.push(
      `The logged rates look like ${family.value} (${formatShare(family.confidence)}), the plan says ${plan.family.value} (${plan.family.where}).`,
    );
  }
  if (schedule !== null && decayStart !== undefined && decaySteps !== undefined && decaySteps.confidence >= SURE) {
    const end = decayStart.value + decaySteps.value;
    const planned = schedule.decayStart + schedule.decaySteps;
    if (plan.decaySteps?.source !== 'inferred' && Math.abs(end - planned) > HORIZON_SLACK * Math.max(planned, end)) {
      found.push(
        `The logged rates reach their end at step ${formatStep(end)} (${formatShare(decaySteps.confidence)}), the plan at step ${formatStep(planned)}.`,
      );
    }
  }
  return found;
}
