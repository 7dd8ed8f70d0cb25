import { median } from '../fit/robust';
import type { Law } from '../laws/law';
import { lawById } from '../laws/registry';
import { evaluateFitted } from './fittedForecast';
import type { ForecastInput } from './forecast';
import { forecastByLaw, prepareTask, taskRefusal } from './lawForecast';
import { type ForecastOptions, partOf, wholeSeries } from './options';

/** What a law would have said earlier in the run about points that are known by now. */
export interface BackTest {
  readonly law: Law;
  /** Root of the mean squared relative error over the cuts; `Infinity` when the law could not be fitted at one of them. */
  readonly error: number;
  /** The error at each of `CUTS`, signed. */
  readonly errors: readonly number[];
}

/** Shares of what is known that a back-test fits; what it is asked for is the newest tenth. */
export const CUTS = [0.5, 0.65, 0.8] as const;

const ASKED = 0.9;

/** Laws that a back-test compares: those that could stand in. */
const COMPARED = [
  'generalisedAnnealing',
  'functionalScaling',
  'lrAnnealing',
  'multiPower',
  'powerLaw',
  'rectified',
] as const;

/**
 * Tests the laws on the run itself: each is fitted to the first 50, 65 and 80 % of what is known and asked for the middle
 * of the newest tenth. Best first; laws that tie keep their order. Laws that need a learning rate are left out without
 * one, and all when nothing of the series is finite.
 */
export function backTestLaws(newestInput: ForecastInput, options: ForecastOptions = {}): BackTest[] {
  const input = wholeSeries(newestInput, options);
  const newest = input.steps[input.steps.length - 1] ?? 0;
  const asked = input.steps.filter((step, i) => step >= ASKED * newest && Number.isFinite(input.losses[i]!));
  const truth = median(input.losses.subarray(input.steps.length - asked.length));
  if (asked.length === 0 || !(truth > 0)) return [];
  const results = COMPARED.map((id): BackTest => {
    const law = lawById(id)!;
    const errors = CUTS.map((cut) => errorAt(newestInput, options, { law, asked, truth, until: cut * newest }));
    const finite = errors.every(Number.isFinite);
    const error = finite ? Math.hypot(...errors) / Math.sqrt(errors.length) : Number.POSITIVE_INFINITY;
    return { law, error, errors };
  });
  return results.sort((a, b) => (a.error === b.error ? 0 : a.error - b.error));
}

interface Question {
  readonly law: Law;
  readonly asked: Float64Array;
  readonly truth: number;
  readonly until: number;
}

function errorAt(input: ForecastInput, options: ForecastOptions, { law, asked, truth, until }: Question): number {
  const part = partOf(input, options, ({ step }) => step <= until);
  const task = prepareTask(part.input, law, part.options);
  if (taskRefusal(task) !== null || (law.needsLr && task.path === undefined)) return Number.NaN;
  const { fitted } = forecastByLaw(task, null);
  return fitted === null ? Number.NaN : median(evaluateFitted(fitted, asked).values) / truth - 1;
}
