import type { RunState } from '../model';
import type { TrackedRun } from './trackedRun';

/** Silence after which a run counts as stalled: this many times its usual pause between two logged points. */
const STALL_FACTOR = 20;
/** Bounds of that silence in milliseconds. TensorFlow writers flush every two minutes. */
const STALL_MIN = 5 * 60_000;
const STALL_MAX = 60 * 60_000;

/**
 * The life of a run as far as its log tells: diverged when the last ten losses hold a non-finite one, finished when the
 * log says so or the last planned step is reached, stalled after a long silence, else live.
 */
export function runState(run: TrackedRun, now: number): RunState {
  const name = run.forecastSeries();
  const span = name === undefined ? undefined : run.spans(name).at(-1);
  if (span?.values.slice(-10).some((value) => !Number.isFinite(value))) return 'diverged';
  const last = run.statuses().at(-1);
  if (last?.kind === 'finished') return 'finished';
  const { schedule } = run.plan();
  const step = run.lastStep();
  if (schedule !== null && step !== null && step >= lastLoggedStep(span?.steps, schedule.totalSteps)) return 'finished';
  if (last?.kind === 'failed') return 'stalled';
  return now - run.changedAt > silence(run, span?.steps.length ?? 0) ? 'stalled' : 'live';
}

/** The step from which nothing more is expected: a run that logs every n steps may end up to n before its plan. */
function lastLoggedStep(steps: Float64Array | undefined, totalSteps: number): number {
  if (steps === undefined || steps.length < 2) return totalSteps;
  const every = steps[steps.length - 1]! - steps[steps.length - 2]!;
  return totalSteps - Math.max(1, every);
}

function silence(run: TrackedRun, points: number): number {
  const wall = run.spans('wall_time').at(-1);
  if (wall === undefined || points < 2) return STALL_MIN;
  const seconds = (wall.values.at(-1)! - wall.values[0]!) / Math.max(1, wall.values.length - 1);
  return Math.min(STALL_MAX, Math.max(STALL_MIN, seconds * 1000 * STALL_FACTOR));
}
