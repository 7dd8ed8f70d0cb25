import type { Schedule } from './plan';
import { scheduleLr } from './schedule';

/** Subdivisions of one smooth piece: 2^12 spans resolve the root at the start of a 1 - sqrt decay. */
const MAX_DEPTH = 16;

/** Places inside a span at which the straight line is compared with the schedule. */
const PROBES = [0.1, 0.25, 0.5, 0.75, 0.9];

/**
 * Knots, ascending from `from` to `to`, between which linear interpolation follows `schedule` within `tolerance` (unit of
 * the rates) at every whole step. A jump of a `step` schedule takes one step. Empty when `from` > `to`.
 */
export function sampleSchedule(
  schedule: Schedule,
  from: number,
  to: number,
  tolerance: number,
): { steps: number[]; lrs: number[] } {
  const steps: number[] = [];
  const lrs: number[] = [];
  if (!(from <= to)) return { steps, lrs };
  const keep = (step: number, lr: number): void => {
    steps.push(step);
    lrs.push(lr);
  };
  const refine = (left: number, right: number, depth: number): void => {
    if (right - left > 1 && depth < MAX_DEPTH && strays(schedule, left, right, tolerance)) {
      const middle = right - left > 2 ? Math.round((left + right) / 2) : (left + right) / 2;
      refine(left, middle, depth + 1);
      refine(middle, right, depth + 1);
    } else keep(right, scheduleLr(schedule, right));
  };
  const edges = breakpoints(schedule, from, to);
  keep(from, scheduleLr(schedule, from));
  for (let i = 1; i < edges.length; i++) refine(edges[i - 1]!, edges[i]!, 0);
  return { steps, lrs };
}

function strays(schedule: Schedule, left: number, right: number, tolerance: number): boolean {
  const leftLr = scheduleLr(schedule, left);
  const rightLr = scheduleLr(schedule, right);
  return PROBES.some((share) => {
    const lr = scheduleLr(schedule, left + share * (right - left));
    return Math.abs(lr - (leftLr + share * (rightLr - leftLr))) > tolerance;
  });
}

function breakpoints(schedule: Schedule, from: number, to: number): number[] {
  const { warmupSteps, decayStart, decaySteps, family, table } = schedule;
  const corners = [warmupSteps, decayStart, decayStart + decaySteps, ...(table?.steps ?? [])];
  if (family === 'step') {
    corners.push(decayStart + 1, ...(table?.steps.map((step) => step - 1) ?? []));
  }
  const inside = corners.filter((step) => Number.isFinite(step) && step > from && step < to);
  return [...new Set([from, ...inside, to])].sort((a, b) => a - b);
}
