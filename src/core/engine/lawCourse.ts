import type { Forecast } from '../forecast/forecast';
import { lowerBound } from '../series/column';

/** Values of a mean: at least so many, more until its error is this share of the loss, at most so many. */
const SHORTEST = 10;
const LONGEST = 32;
const WANTED_ERROR = 0.007;
/** Half-width of an 80 % interval in standard deviations. */
const SIGMAS_OF_80 = 1.2816;

/** Stretches whose mean is held against what was before them; sums are kept at every `STRIDE` values. */
const STRETCHES = [16, 32, 64, 128, 256, 512];
const STRIDE = 4;
/** Shares of what was before a stretch that stand for it: the whole, and the first half when a rise is slow. */
const BEFORES = [1, 0.5];
/** One value counts at most so many times its noise. */
const CLIP = 4;
const LEAST_NOISE = 1e-6;
/**
 * Standard deviations of what a forecast is off by, in those of its interval: the level it begins with, which the values
 * before a stretch correct, and what comes in between them and the stretch, which nothing corrects.
 */
const LEVEL_OFF = 0.5;
const DRIFT = 0.5;

/** A forecast that later points are held against, and how they compare. */
export interface Course {
  readonly steps: Float64Array;
  readonly values: readonly number[];
  readonly high80: readonly number[];
  /** Noise of one loss, in nats. */
  readonly noise: number;
  /** Step up to which it had seen the run. */
  readonly from: number;
  /** The mean at work, relative to the forecast, and the one before. */
  sum: number;
  count: number;
  start: number;
  previous: { readonly mean: number; readonly start: number } | null;
  /** Sums of the clipped distances from the forecast, and the step, after every `STRIDE` values; `total` is the newest. */
  readonly sums: number[];
  readonly marks: number[];
  total: number;
  taken: number;
}

/** How the newest values compare with a forecast. Relative to the forecast, in shares of it. */
export interface Excess {
  /** Mean of the newest values. */
  readonly mean: number;
  /** Mean of those before that it is held against; 0 where it is held against the forecast alone. */
  readonly before: number;
  /** Their difference in its standard deviations. */
  readonly sigmas: number;
  readonly since: number;
  readonly step: number;
  readonly expected: number;
  /** Step up to which the forecast had seen the run. */
  readonly from: number;
}

/** The course of a forecast that had seen the run up to step `from`; `null` for one that was refused. */
export function courseOf({ curve, refused, report }: Forecast, from: number): Course | null {
  if (curve === null || refused !== null) return null;
  const { steps, values, high80 } = curve;
  const noise = report.pointNoise;
  const unseen = { sum: 0, count: 0, start: 0, previous: null, total: 0, taken: 0, sums: [0], marks: [from] };
  return { steps: Float64Array.from(steps), values, high80, noise, from, ...unseen };
}

/** Takes a value; what it completes: a mean of some ten values and the one before it, held against the forecast. */
export function levelAbove(course: Course, step: number, value: number): Excess | undefined {
  const place = placeAt(course, step);
  if (place === undefined) return undefined;
  const { expected, noise, width } = place;
  if (course.count === 0) course.start = step;
  course.sum += value / expected - 1;
  course.count++;
  const length = Math.max(SHORTEST, Math.min(LONGEST, Math.ceil((noise / WANTED_ERROR) ** 2)));
  if (course.count < length) return undefined;
  const { previous, start, count, from } = course;
  const mean = course.sum / count;
  course.previous = { mean, start };
  course.sum = 0;
  course.count = 0;
  if (previous === null) return undefined;
  const both = (mean + previous.mean) / 2;
  const sigmas = both / Math.hypot(noise / Math.sqrt(2 * count), width);
  return { mean: both, before: 0, sigmas, since: previous.start, step, expected, from };
}

/**
 * Takes a value; the greatest change among the stretches that it completes: the mean distance from the forecast in the
 * stretch against that before it. A sequential test for a change of level (generalised likelihood ratio over a few
 * lengths, Basseville & Nikiforov 1993, chapter 2) in which the forecast says what change was due, and the values before
 * say by how much it is off. Amortised constant work.
 */
export function changeAbove(course: Course, step: number, value: number): Excess | undefined {
  const place = placeAt(course, step);
  if (place === undefined) return undefined;
  const { expected, noise } = place;
  course.total += Math.max(-CLIP * noise, Math.min(CLIP * noise, value / expected - 1));
  if (++course.taken % STRIDE !== 0) return undefined;
  course.sums.push(course.total);
  course.marks.push(step);
  let greatest: Excess | undefined;
  for (const length of STRETCHES) {
    if (course.taken < length || course.taken % (length / STRIDE) !== 0) continue;
    for (const share of BEFORES) {
      const found = changeOver(course, { ...place, step }, length, share);
      if (found.sigmas > (greatest?.sigmas ?? 0)) greatest = found;
    }
  }
  return greatest;
}

function changeOver(
  course: Course,
  { expected, noise, width, step }: Place & { step: number },
  length: number,
  share: number,
): Excess {
  const { sums, marks, from } = course;
  const first = sums.length - 1 - length / STRIDE;
  const used = Math.floor(first * share);
  const mean = (course.total - sums[first]!) / length;
  // What the forecast is off by: nothing as far as it knows, and what the values before it show.
  const certainty = (LEVEL_OFF * width) ** -2 + (used * STRIDE) / noise ** 2;
  const before = sums[used]! / noise ** 2 / certainty;
  const deviation = Math.sqrt(noise ** 2 / length + 1 / certainty + (DRIFT * width) ** 2);
  return { mean, before, sigmas: (mean - before) / deviation, since: marks[first]!, step, expected, from };
}

interface Place {
  readonly expected: number;
  /** Noise of one loss and standard deviation of the forecast, in shares of it. */
  readonly noise: number;
  readonly width: number;
}

/** What a forecast says at a step, in nats; `NaN` outside of its steps. */
export function expectedAt(course: Course, step: number): number {
  return at(course, course.values, step);
}

function placeAt(course: Course, step: number): Place | undefined {
  const expected = expectedAt(course, step);
  if (!(expected > 0)) return undefined;
  const width = (at(course, course.high80, step) / expected - 1) / SIGMAS_OF_80;
  // Logs without any noise are rounded ones.
  return { expected, noise: Math.max(LEAST_NOISE, course.noise / expected), width };
}

/** `column` at `step`, linear between the nodes of the forecast; `NaN` outside of them. */
function at({ steps }: Course, column: readonly number[], step: number): number {
  const right = lowerBound(steps, step);
  if (right === steps.length) return Number.NaN;
  if (right === 0) return steps[0] === step ? column[0]! : Number.NaN;
  const share = (step - steps[right - 1]!) / (steps[right]! - steps[right - 1]!);
  return column[right - 1]! + share * (column[right]! - column[right - 1]!);
}
