import type { PlanPart } from '../plan';
import { inferredFact } from './facts';
import type { Phases } from './phases';
import type { Rise } from './rise';

/** Warm-up and peak as facts, for a rate that has reached its top. `start` is where the best explanation begins to fall or hold. */
export function warmupFacts(phases: Phases, rise: Rise, peak: number, where: string): PlanPart {
  const { top, interval, after } = phases;
  const spread = top.high - top.low;
  const peakFact = inferredFact(peak, after.steps.length >= 3 ? 0.97 : 0.8, where);
  if (rise.kind === 'none') {
    if (phases.restarts > 0) return { peakLr: peakFact };
    const isFromStart = top.high <= 2 * interval;
    if (isFromStart) return { warmupSteps: inferredFact(0, 0.7, where), peakLr: peakFact };
    // A log that begins late with the rate at its top mostly begins where the warm-up ended.
    const ended = inferredFact(Math.floor(top.high), 0.4, 'the log begins at the peak rate');
    return { warmupSteps: ended, peakLr: peakFact };
  }
  const onLine = rise.kind === 'linear' && rise.slope > 0 ? (peak - rise.intercept) / rise.slope : top.high;
  const steps = Math.round(
    Math.min(Math.max(onLine, top.low), rise.isExact ? (after.steps[1] ?? top.high) : top.high + 1),
  );
  const isSharp = rise.kind === 'linear' && (phases.rise.steps.length >= 3 || spread <= Math.max(2, 0.05 * top.high));
  const confidence = phases.restarts > 0 ? 0.5 : isSharp ? 0.95 : 0.6;
  return { warmupSteps: inferredFact(steps, confidence, where), peakLr: peakFact };
}
