import type { ScheduleFamily } from '../model';
import type { Schedule, ScheduleTable } from './plan';
import { cosineShape, exponentialLr, inverseSqrtTimescale, linearShape, polynomialShape, sqrtShape } from './shapes';

/** OneCycleLR begins its rise at the peak divided by this. Source: torch `OneCycleLR`, default `div_factor`. */
export const ONE_CYCLE_DIV_FACTOR = 25;

/** OneCycleLR ends at its initial rate divided by this. Source: torch `OneCycleLR`, default `final_div_factor`. */
export const ONE_CYCLE_FINAL_DIV_FACTOR = 1e4;

/** Share of OneCycleLR's steps that rise. Source: torch `OneCycleLR`, default `pct_start`. */
export const ONE_CYCLE_PCT_START = 0.3;

type FamilyLr = (schedule: Schedule, step: number) => number;

const FAMILIES: Readonly<Record<ScheduleFamily, FamilyLr>> = {
  constant: (schedule) => schedule.peakLr,
  linear: shaped(linearShape),
  cosine: shaped(cosineShape),
  'wsd-linear': shaped(linearShape),
  'wsd-sqrt': shaped(sqrtShape),
  'wsd-cosine': shaped(cosineShape),
  'wsd-exponential': exponential,
  exponential,
  polynomial: (schedule, step) => shaped((u) => polynomialShape(u, schedule.power ?? 1))(schedule, step),
  'inverse-sqrt': inverseSqrt,
  step: stepped,
  'one-cycle': shaped(cosineShape),
  table: (schedule, step) => interpolate(schedule.table, step) ?? schedule.peakLr,
};

/**
 * Learning rate of update `step` (fractions allowed) under `schedule`, in its unit. Rises linearly from 0 at step 0 to the
 * peak at `warmupSteps`, holds the peak up to `decayStart`, falls to `finalLr` over `decaySteps` and stays there. The rise of
 * `one-cycle` is half a cosine from peak / 25; a `table` says everything itself. Steps outside [0, totalSteps] continue
 * the ends; `NaN` for a non-finite step.
 *
 * Programs differ by one step in where they count from: transformers and Megatron follow s / warm-up with the first update
 * at s = 0 or 1, llm.c uses (s + 1) / warm-up, nanoGPT (s + 1) / (warm-up + 1) since 2024.
 * Source: transformers `optimization.py`; nanoGPT `train.py` `get_lr`; Megatron-LM `optimizer_param_scheduler.py`;
 * torch `lr_scheduler.py`; MiniCPM (2404.06395) section 4; 2405.18392 section 3.
 */
export function scheduleLr(schedule: Schedule, step: number): number {
  if (!Number.isFinite(step)) return Number.NaN;
  if (schedule.family !== 'table' && step < schedule.warmupSteps) return warmupLr(schedule, step);
  return FAMILIES[schedule.family](schedule, step);
}

/** Fraction of the decay done at `step`, in [0, 1]. A decay of no length is done after its first step. */
function decayFraction(schedule: Schedule, step: number): number {
  const past = step - schedule.decayStart;
  if (past <= 0) return 0;
  return schedule.decaySteps > 0 ? Math.min(past / schedule.decaySteps, 1) : 1;
}

function warmupLr(schedule: Schedule, step: number): number {
  const fraction = Math.max(step, 0) / schedule.warmupSteps;
  if (schedule.family !== 'one-cycle') return schedule.peakLr * fraction;
  const low = schedule.peakLr / ONE_CYCLE_DIV_FACTOR;
  return schedule.peakLr + (low - schedule.peakLr) * cosineShape(fraction);
}

function shaped(shape: (u: number) => number): FamilyLr {
  return (schedule, step) =>
    schedule.finalLr + (schedule.peakLr - schedule.finalLr) * shape(decayFraction(schedule, step));
}

function exponential(schedule: Schedule, step: number): number {
  return exponentialLr(decayFraction(schedule, step), schedule.peakLr, schedule.finalLr);
}

function inverseSqrt(schedule: Schedule, step: number): number {
  const { peakLr, finalLr, decayStart, decaySteps } = schedule;
  const timescale = inverseSqrtTimescale(peakLr, finalLr, { decayStart, decaySteps });
  const past = Math.max(step - decayStart, 0);
  return Math.max(peakLr * Math.sqrt(timescale / (timescale + past)), finalLr > 0 && finalLr < peakLr ? finalLr : 0);
}

function stepped(schedule: Schedule, step: number): number {
  const { table } = schedule;
  if (table === undefined || table.steps.length === 0) {
    return step > schedule.decayStart ? schedule.finalLr : schedule.peakLr;
  }
  let lr = schedule.peakLr;
  for (const [i, knot] of table.steps.entries()) if (step >= knot) lr = table.lrs[i] ?? lr;
  return lr;
}

function interpolate(table: ScheduleTable | undefined, step: number): number | undefined {
  if (table === undefined || table.steps.length === 0) return undefined;
  const { steps, lrs } = table;
  let right = 0;
  let high = steps.length;
  while (right < high) {
    const middle = (right + high) >>> 1;
    if (steps[middle]! < step) right = middle + 1;
    else high = middle;
  }
  if (right === 0) return lrs[0];
  if (right === steps.length) return lrs[right - 1];
  const fraction = (step - steps[right - 1]!) / (steps[right]! - steps[right - 1]!);
  return lrs[right - 1]! + fraction * (lrs[right]! - lrs[right - 1]!);
}
