import { type LrPoints, slicePoints } from '../lrPoints';
import { roundingError } from '../rounding';
import { logError, type Phases } from './phases';

/** A stretch of equal rates. */
export interface Level {
  readonly firstStep: number;
  readonly lastStep: number;
  readonly lr: number;
  readonly points: number;
}

/** More levels than this are a smooth schedule that is updated once per epoch. */
const MAX_STEP_LEVELS = 4;

/** A stretch counts as held when it has at least this many points. */
const MIN_LEVEL_POINTS = 3;

/**
 * The levels of a rate that falls in steps; `null` when it falls smoothly, does not fall, or when the steps are those of
 * rounding. Equal ratios (StepLR, MultiStepLR, DeepSeek's multi-step) may have any number of levels, others at most four.
 */
export function findLevels(phases: Phases): readonly Level[] | null {
  const levels = splitLevels(phases);
  if (levels.length < 2) return null;
  const held = levels.slice(0, -1).every((level) => level.points >= MIN_LEVEL_POINTS);
  if (!held || levels[levels.length - 1]!.points < 2 || !dropsAreReal(levels, phases)) return null;
  const ratios = levels.slice(1).map((level, i) => level.lr / levels[i]!.lr);
  const areEqual = ratios.every((ratio) => Math.abs(ratio - ratios[0]!) < 0.01);
  return levels.length <= MAX_STEP_LEVELS || areEqual ? levels : null;
}

/** First points of the levels when a smooth schedule is updated rarely (once per epoch); otherwise all points. */
export function collapseStairs(phases: Phases): LrPoints {
  const { after } = phases;
  const levels = splitLevels(phases);
  const falling = levels.slice(1, -1);
  const isStaired = levels.length > MAX_STEP_LEVELS && falling.every((level) => level.points >= MIN_LEVEL_POINTS);
  if (!isStaired || !dropsAreReal(falling, phases)) return slicePoints(after, 0);
  return {
    steps: Float64Array.from(levels, (level) => level.firstStep),
    lrs: Float64Array.from(levels, (level) => level.lr),
  };
}

function splitLevels(phases: Phases): Level[] {
  const { steps, lrs } = phases.after;
  const levels: Level[] = [];
  // The last point of the rise can lie within rounding of the peak: it belongs to the first level.
  const room = 2 * roundingError(phases.rounding, phases.peak) + 1e-6 * phases.peak + 3 * phases.noise;
  for (const [i, lr] of lrs.entries()) {
    const level = levels.at(-1);
    const step = steps[i]!;
    if (
      level !== undefined &&
      Math.abs(level.lr - lr) <= (levels.length === 1 ? room : 1e-6 * phases.peak + phases.noise)
    ) {
      levels[levels.length - 1] = { ...level, lastStep: step, points: level.points + 1 };
    } else levels.push({ firstStep: step, lastStep: step, lr, points: 1 });
  }
  return levels;
}

function dropsAreReal(levels: readonly Level[], phases: Phases): boolean {
  return levels.slice(1).every((level, i) => levels[i]!.lr - level.lr > 4 * logError(phases, level.lr));
}
