import type { TrackedRun } from '../../core/engine/trackedRun';

/** Learning rate that a run logs. */
export interface LoggedRate {
  /** Highest rate so far, or the peak of its plan. */
  readonly peak: number;
  /** True when the peak has been passed: the value is certain. */
  readonly certain: boolean;
  readonly now: { readonly step: number; readonly value: number } | null;
}

/** What the run logs as its learning rate; `undefined` when it logs none and its plan knows none. */
export function loggedRate(run: TrackedRun): LoggedRate | undefined {
  const { schedule, plan } = run.plan();
  const last = run.spans('learning_rate').at(-1);
  const value = last?.values.at(-1);
  const now = value !== undefined && Number.isFinite(value) ? { step: last!.steps.at(-1)!, value } : null;
  const stated = plan.peakLr;
  const peak = stated?.value ?? schedule?.peakLr;
  if (peak === undefined) return undefined;
  const warmup = schedule?.warmupSteps ?? 0;
  return {
    peak,
    certain: stated !== null && stated.source !== 'inferred' ? true : (now?.step ?? 0) > warmup * 1.05,
    now,
  };
}

/** True when two rates differ by more than the rounding of a log. */
export function differs(a: number, b: number): boolean {
  return Math.abs(a - b) > 0.005 * Math.max(Math.abs(a), Math.abs(b));
}
