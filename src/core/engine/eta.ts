import type { TrackedRun } from './trackedRun';

/** Points at the end of a series that the speed is taken from. */
const RECENT = 50;

/**
 * Milliseconds until the last planned step: from logged wall times, else from logged seconds per step, else from the
 * growth seen live. `null` without a plan or a speed, 0 at or past the end.
 */
export function remainingMs(run: TrackedRun): number | null {
  const total = run.plan().schedule?.totalSteps;
  const step = run.lastStep();
  if (total === undefined || step === null) return null;
  if (step >= total) return 0;
  const perStep = loggedMsPerStep(run) ?? (run.pace.stepsPerMs === null ? null : 1 / run.pace.stepsPerMs);
  return perStep === null ? null : (total - step) * perStep;
}

function loggedMsPerStep(run: TrackedRun): number | null {
  const wall = run.spans('wall_time').at(-1);
  if (wall !== undefined && wall.steps.length > 1) {
    const from = Math.max(0, wall.steps.length - RECENT);
    const steps = wall.steps.at(-1)! - wall.steps[from]!;
    const seconds = wall.values.at(-1)! - wall.values[from]!;
    if (steps > 0 && seconds > 0) return (seconds * 1000) / steps;
  }
  const times = run.spans('iteration_time').at(-1)?.values.slice(-RECENT).filter(Number.isFinite).sort();
  return times === undefined || times.length === 0 ? null : times[times.length >> 1]! * 1000;
}
