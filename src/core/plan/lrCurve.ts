import { lowerBound } from '../series/column';
import { cleanPoints, type LrPoints, peakOf } from './lrPoints';
import type { Schedule } from './plan';
import { detectRounding, roundingError } from './rounding';
import { sampleSchedule } from './sampleSchedule';
import { scheduleLr } from './schedule';
import { simplifyPoints } from './simplify';

/**
 * Learning rate over a whole run, past and planned: piecewise linear between knots. `steps` ascends strictly and starts
 * at or before the first trained step; `lrs` is in the unit of the log (absolute, or a multiplier of the peak).
 * Plain data, so that it crosses threads.
 */
export interface LrCurve {
  readonly steps: Float64Array<ArrayBuffer>;
  readonly lrs: Float64Array<ArrayBuffer>;
}

/** What a learning-rate curve is made from. */
export interface LrCurveInput {
  /** Logged rates, resolved: steps ascend. `null` when the log has none. */
  readonly observed: { readonly steps: ArrayLike<number>; readonly lrs: ArrayLike<number> } | null;
  /** The plan, in the unit of the log. `null`: only what was logged. */
  readonly schedule: Schedule | null;
  /** Last planned step, the schedule's unless given; the curve ends there, or at the last logged step when that is later. */
  readonly totalSteps?: number;
}

/** Knots of a curve: 64 kB, and a law evaluates them many thousand times. */
export const MAX_LR_KNOTS = 4096;

/** Error of the curve against the log and the schedule, as a fraction of the peak. */
export const LR_TOLERANCE = 1e-4;

/** A log that rounds coarser than this fraction of its peak is replaced by a schedule that agrees with it. */
const COARSE_ROUNDING = 0.01;

/** Learning rate at `step`: linear between knots, constant beyond both ends. `NaN` for a curve without knots. */
export function lrAt(curve: LrCurve, step: number): number {
  const { steps, lrs } = curve;
  if (steps.length === 0) return Number.NaN;
  const right = lowerBound(steps, step);
  if (right === 0) return lrs[0]!;
  if (right === steps.length) return lrs[right - 1]!;
  const fraction = (step - steps[right - 1]!) / (steps[right]! - steps[right - 1]!);
  return lrs[right - 1]! + fraction * (lrs[right]! - lrs[right - 1]!);
}

/**
 * The learning rate of a run: as logged where it was logged, as planned before the first and after the last logged
 * step. Errs by at most `LR_TOLERANCE` of the peak at the logged and at the planned steps unless the log is so noisy that
 * `MAX_LR_KNOTS` forces more. A log whose rounding hides the rate (`0.000001`) gives way to a schedule that
 * agrees with it. Without log the schedule alone, without schedule the log alone, without both no knots.
 */
export function buildLrCurve(input: LrCurveInput): LrCurve {
  const { schedule } = input;
  const points = cleanPoints(input.observed?.steps ?? [], input.observed?.lrs ?? []);
  const observed = schedule !== null && isHiddenByRounding(points, schedule) ? EMPTY : points;
  const peak = Math.max(peakOf(observed), schedule?.peakLr ?? 0, ...(schedule?.table?.lrs ?? []));
  let tolerance = (LR_TOLERANCE / 2) * peak;
  for (;;) {
    const knots = joinKnots(observed, input, tolerance);
    if (knots.steps.length <= MAX_LR_KNOTS) return knots;
    tolerance = tolerance > 0 ? tolerance * 2 : Number.MIN_VALUE;
  }
}

const EMPTY: LrPoints = { steps: new Float64Array(0), lrs: new Float64Array(0) };

function joinKnots(observed: LrPoints, input: LrCurveInput, tolerance: number): LrCurve {
  const { schedule, totalSteps } = input;
  const past = simplifyPoints(observed, tolerance);
  if (schedule === null) return past;
  const length = observed.steps.length;
  const end = totalSteps ?? schedule.totalSteps;
  if (length === 0) {
    const alone = sampleSchedule(schedule, 0, Math.max(end, 0), tolerance);
    return { steps: Float64Array.from(alone.steps), lrs: Float64Array.from(alone.lrs) };
  }
  const first = observed.steps[0]!;
  const last = observed.steps[length - 1]!;
  const before = sampleSchedule(schedule, 0, first - 1, tolerance);
  const after = sampleSchedule(schedule, last + 1, end, tolerance);
  return {
    steps: Float64Array.from([...before.steps, ...past.steps, ...after.steps]),
    lrs: Float64Array.from([...before.lrs, ...past.lrs, ...after.lrs]),
  };
}

function isHiddenByRounding(points: LrPoints, schedule: Schedule): boolean {
  const rounding = detectRounding(points.lrs);
  const peak = peakOf(points);
  if (peak === 0) return true;
  if (roundingError(rounding, peak) < COARSE_ROUNDING * peak) return false;
  for (const [i, step] of points.steps.entries()) {
    // A log may state the rate of the update before or after the one it names.
    const near = [-1, 0, 1].map((offset) => Math.abs(scheduleLr(schedule, step + offset) - points.lrs[i]!));
    if (Math.min(...near) > 1.01 * roundingError(rounding, points.lrs[i]!)) return false;
  }
  return true;
}
