import type { Forecast, ForecastInput } from '../forecast/forecast';
import { formatLoss, formatPercent, formatStep } from '../report/numbers';
import { lowerBound } from '../series/column';
import { countPoints, type Span } from '../series/series';
import type { Warning } from '../warnings/warning';
import { forecastRequest } from './runForecast';
import type { TrackedRun } from './trackedRun';

/** Losses of the first fit, and the growth to the next: each fit is asked for the points up to the one after it. */
const FIRST = 128;
const GROWTH = 1.5;
/** Forecasts that are held against the run: the newest may have learnt the beginning of what goes wrong. */
const COURSES = 2;
/** Values of a mean: at least so many, more until its error is this share of the loss, at most so many. */
const SHORTEST = 10;
const LONGEST = 32;
const WANTED_ERROR = 0.007;
/**
 * Two means in a row are off when together they lie so many standard deviations above the forecast, of noise and forecast,
 * and by this share.
 */
const SIGMAS = 4.5;
const RISE = 0.02;
/** Steps of a run without a known end, as a multiple of those that were seen. */
const OPEN_END = 4;
/** Half-width of an 80 % interval in standard deviations. */
const SIGMAS_OF_80 = 1.2816;

/** A forecast that later points are held against, and how they compare. */
interface Course {
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
}

/**
 * Holds a run against the forecasts of its own past: at fixed counts of losses a law is fitted to what was logged until
 * then, and the losses after it are averaged and compared. The counts do not depend on when the log was read, so the
 * warnings are the same live and afterwards. The newest loss is left out, because its line may not be whole.
 */
export class LawWatch {
  #warnings: Warning[] = [];
  #taken = 0;
  #courses: Course[] = [];
  #nextFit = FIRST;
  #facts = '';
  /** The warning that lasts; -1 without one. */
  #open = -1;

  /** The warnings so far, in order of their steps. */
  get warnings(): readonly Warning[] {
    return this.#warnings;
  }

  /** Takes the losses that are new; fits by `fit` whenever their number has grown enough. True when a warning changed. */
  async update(run: TrackedRun, fit: (input: ForecastInput) => Promise<Forecast>): Promise<boolean> {
    const series = run.lossSeries();
    if (series === undefined) return false;
    const spans = run.spans(series);
    const total = countPoints(spans) - 1;
    const facts = JSON.stringify(run.userFacts);
    if (total < this.#taken || facts !== this.#facts) this.#reset(facts);
    const before = this.#warnings;
    while (this.#taken < total) {
      if (this.#taken === this.#nextFit) {
        const course = await courseOf(run, pointAt(spans, this.#taken - 1)!.step, fit);
        this.#courses = [...this.#courses, ...(course === null ? [] : [course])].slice(-COURSES);
        this.#nextFit = Math.ceil(this.#nextFit * GROWTH);
      }
      const { step, value } = pointAt(spans, this.#taken++)!;
      if (!Number.isFinite(value)) continue;
      for (const course of this.#courses) this.#judge(course, series, step, value);
    }
    return this.#warnings !== before;
  }

  #reset(facts: string): void {
    this.#warnings = [];
    this.#taken = 0;
    this.#courses = [];
    this.#nextFit = FIRST;
    this.#facts = facts;
    this.#open = -1;
  }

  #judge(course: Course, series: string, step: number, value: number): void {
    const block = takeValue(course, step, value);
    if (block === undefined) return;
    if (this.#open < 0 && block.sigmas > SIGMAS && block.mean > RISE) {
      // One that was over goes on: a run that wanders around its forecasts is one case.
      const [before] = this.#warnings;
      const warning = warningOf(series, block);
      this.#warnings = [before === undefined ? warning : { ...warning, step: before.step }];
      this.#open = 0;
    } else if (this.#open >= 0 && course === this.#courses[0] && block.sigmas < SIGMAS / 2) {
      const over: Warning = { ...this.#warnings[this.#open]!, severity: 'info', until: block.step };
      this.#warnings = this.#warnings.with(this.#open, over);
      this.#open = -1;
    }
  }
}

/** Takes a value; when it completes a mean, how this and the one before compare with the forecast. */
function takeValue(course: Course, step: number, value: number): Block | undefined {
  const expected = at(course, course.values, step);
  if (!(expected > 0)) return undefined;
  if (course.count === 0) course.start = step;
  course.sum += value / expected - 1;
  course.count++;
  const noise = course.noise / expected;
  const length = Math.max(SHORTEST, Math.min(LONGEST, Math.ceil((noise / WANTED_ERROR) ** 2)));
  if (course.count < length) return undefined;
  const { previous, start, count, from } = course;
  const mean = course.sum / count;
  course.previous = { mean, start };
  course.sum = 0;
  course.count = 0;
  if (previous === null) return undefined;
  const both = (mean + previous.mean) / 2;
  const width = (at(course, course.high80, step) / expected - 1) / SIGMAS_OF_80;
  const sigmas = both / Math.hypot(noise / Math.sqrt(2 * count), width);
  return { mean: both, sigmas, since: previous.start, step, expected, from };
}

interface Block {
  /** Relative to the forecast. */
  readonly mean: number;
  readonly sigmas: number;
  readonly since: number;
  readonly step: number;
  readonly expected: number;
  /** Step up to which the forecast had seen the run. */
  readonly from: number;
}

const UNSEEN = { sum: 0, count: 0, start: 0, previous: null };

async function courseOf(
  run: TrackedRun,
  until: number,
  fit: (input: ForecastInput) => Promise<Forecast>,
): Promise<Course | null> {
  // Without a known end the run is assumed to go on for long: what a decay at its end would do is not judged.
  const input =
    forecastRequest(run, { until }).input ?? forecastRequest(run, { until, totalSteps: OPEN_END * until }).input;
  if (input === null) return null;
  const { curve, refused, report } = await fit(input);
  if (curve === null || refused !== null) return null;
  const { steps, values, high80 } = curve;
  return { steps: Float64Array.from(steps), values, high80, noise: report.pointNoise, from: until, ...UNSEEN };
}

function pointAt(spans: readonly Span[], row: number): { step: number; value: number } | undefined {
  let left = row;
  for (const { steps, values } of spans) {
    if (left < steps.length) return { step: steps[left]!, value: values[left]! };
    left -= steps.length;
  }
  return undefined;
}

/** `column` at `step`, linear between the nodes of the forecast; `NaN` outside of them. */
function at({ steps }: Course, column: readonly number[], step: number): number {
  const right = lowerBound(steps, step);
  if (right === steps.length) return Number.NaN;
  if (right === 0) return steps[0] === step ? column[0]! : Number.NaN;
  const share = (step - steps[right - 1]!) / (steps[right]! - steps[right - 1]!);
  return column[right - 1]! + share * (column[right]! - column[right - 1]!);
}

function warningOf(series: string, { mean, sigmas, since, step, expected, from }: Block): Warning {
  const level = expected * (1 + mean);
  return {
    id: 'offCurve',
    severity: 'warning',
    step: since,
    until: null,
    series,
    evidence: {
      text: `The forecast from the losses up to step ${formatStep(from)} says ${formatLoss(expected)} at step ${formatStep(step)}; the mean of the last losses is ${formatLoss(level)}, ${formatPercent(mean)} above it (${sigmas.toFixed(1)} standard deviations).`,
      numbers: { forecast: expected, level, above: mean, sigmas, forecastFrom: from },
      steps: [from, since, step],
    },
  };
}
