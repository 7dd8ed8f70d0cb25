import type { Forecast, ForecastInput } from '../forecast/forecast';
import { formatLoss, formatPercent, formatStep } from '../report/numbers';
import { countPoints, type Span } from '../series/series';
import type { Warning } from '../warnings/warning';
import { type Course, changeAbove, courseOf, type Excess, expectedAt, levelAbove } from './lawCourse';
import { forecastRequest } from './runForecast';
import type { TrackedRun } from './trackedRun';

/** Losses of the first fit, and the growth to the next: each fit is asked for the points up to the one after it. */
const FIRST = 128;
const GROWTH = 1.5;
/** Forecasts that are held against the run: the newest may have learnt the beginning of what goes wrong. */
const COURSES = 2;
/**
 * Losses are off when their mean lies so many standard deviations, of noise and forecast, above the forecast, and by this
 * share; or above what the losses before it were from the forecast, by the second share.
 */
const SIGMAS = 4.5;
const RISE = 0.02;
const CHANGE = 0.015;
/** Steps of a run without a known end, as a multiple of those that were seen. */
const OPEN_END = 4;
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
  /** The warning that lasts; -1 without one; and the share above the forecast below which it is over. */
  #open = -1;
  #over = 0;

  /** The warnings so far, in order of their steps. */
  get warnings(): readonly Warning[] {
    return this.#warnings;
  }

  /** What the newest forecast says at a step, in nats; `NaN` without one and outside of it. */
  expected(step: number): number {
    const course = this.#courses.at(-1);
    return course === undefined ? Number.NaN : expectedAt(course, step);
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
        const course = await forecastAt(run, pointAt(spans, this.#taken - 1)!.step, fit);
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
    const level = levelAbove(course, step, value);
    const change = changeAbove(course, step, value);
    if (this.#open < 0) {
      const isHigh = level !== undefined && level.sigmas > SIGMAS && level.mean > RISE;
      const hasRisen = change !== undefined && change.sigmas > SIGMAS && change.mean - change.before > CHANGE;
      if (isHigh) this.#raise(series, level);
      else if (hasRisen) this.#raise(series, change);
    } else if (course === this.#courses[0] && level !== undefined && level.mean < this.#over) {
      const over: Warning = { ...this.#warnings[this.#open]!, severity: 'info', until: level.step };
      this.#warnings = this.#warnings.with(this.#open, over);
      this.#open = -1;
    }
  }

  /** One that was over goes on: a run that wanders around its forecasts is one case. */
  #raise(series: string, excess: Excess): void {
    const [before] = this.#warnings;
    const warning = warningOf(series, excess);
    this.#warnings = [before === undefined ? warning : { ...warning, step: before.step }];
    this.#open = 0;
    this.#over = (excess.mean + excess.before) / 2;
  }
}

async function forecastAt(
  run: TrackedRun,
  until: number,
  predict: (input: ForecastInput) => Promise<Forecast>,
): Promise<Course | null> {
  // Without a known end the run is assumed to go on for long: what a decay at its end would do is not judged.
  const input =
    forecastRequest(run, { until }).input ?? forecastRequest(run, { until, totalSteps: OPEN_END * until }).input;
  return input === null ? null : courseOf(await predict(input), until);
}

function pointAt(spans: readonly Span[], row: number): { step: number; value: number } | undefined {
  let left = row;
  for (const { steps, values } of spans) {
    if (left < steps.length) return { step: steps[left]!, value: values[left]! };
    left -= steps.length;
  }
  return undefined;
}

function warningOf(series: string, { mean, before, sigmas, since, step, expected, from }: Excess): Warning {
  const level = expected * (1 + mean);
  const others =
    before === 0
      ? ''
      : `, where those before were ${formatPercent(Math.abs(before))} ${before < 0 ? 'below' : 'above'}`;
  return {
    id: 'offCurve',
    severity: 'warning',
    step: since,
    until: null,
    series,
    evidence: {
      text: `The forecast from the losses up to step ${formatStep(from)} says ${formatLoss(expected)} at step ${formatStep(step)}; the mean of the last losses is ${formatLoss(level)}, ${formatPercent(Math.abs(mean))} ${mean < 0 ? 'below' : 'above'} it${others} (${sigmas.toFixed(1)} standard deviations).`,
      numbers: { forecast: expected, level, above: mean, before, sigmas, forecastFrom: from },
      steps: [from, since, step],
    },
  };
}
