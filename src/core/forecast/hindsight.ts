import { median } from '../fit/robust';
import { lowerBound } from '../series/column';
import { estimateAt } from './estimate';
import type { Estimate, ForecastInput } from './forecast';
import { type ForecastOptions, type Keeps, partOf, wholeSeries } from './options';
import { fitForecast } from './predict';

/** What the forecast would have said earlier in the run about losses that are known by now. */
export interface Hindsight {
  /** Share of the steps known by now that it would have seen, and the step that is. */
  readonly share: number;
  readonly step: number;
  /** What it would have said of the middle of the newest tenth; `null` when it would have refused. */
  readonly said: Estimate | null;
  /** What it would have said of the end of the plan. */
  readonly finalLoss: Estimate | null;
  /** Median of the newest tenth, nats, and the relative error of what was said. */
  readonly measured: number;
  readonly error: number | null;
  readonly inside80: boolean | null;
  readonly refused: string | null;
}

/** Shares of what is known by now. */
const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8] as const;

/** What is asked for is the part after this share. */
const ASKED = 0.9;

/**
 * The back-test of a run against itself: fits what was known after 10, 20, … 80 % of the steps known by now and compares
 * with the middle of the newest tenth. The learning rate of the whole plan counts as known, as a plan is. Empty for a
 * series without finite losses. Eight fits.
 */
export function hindsight(newestInput: ForecastInput, options: ForecastOptions = {}): Hindsight[] {
  const input = wholeSeries(newestInput, options);
  const newest = input.steps[input.steps.length - 1] ?? 0;
  const from = lowerBound(input.steps, ASKED * newest);
  const measured = median(input.losses.subarray(from));
  const middle = median(input.steps.subarray(from));
  if (!(measured > 0)) return [];
  return SHARES.map((share): Hindsight => {
    const part = partOf(newestInput, options, ({ step }) => step <= share * newest);
    const { forecast, fitted } = fitForecast(part.input, part.options);
    const said = fitted === null || forecast.finalLoss === null ? null : estimateAt(fitted, middle);
    const [low, high] = said?.interval80 ?? [Number.NaN, Number.NaN];
    return {
      share,
      step: Math.floor(share * newest),
      said,
      finalLoss: forecast.finalLoss,
      measured,
      error: said === null ? null : said.value / measured - 1,
      inside80: said === null ? null : low <= measured && measured <= high,
      refused: forecast.refused?.code ?? null,
    };
  });
}

/** How much the forecast depends on a part of the data. */
export interface Sensitivity {
  /** What was left out, in words. */
  readonly leftOut: string;
  /** Final loss without it; `null` when that is refused. */
  readonly finalLoss: number | null;
}

/** Parts that are left out in turn: whether a point of a run that has come to step `newest` is kept. */
const PARTS: readonly (readonly [string, (newest: number) => Keeps])[] = [
  ['the newest tenth of the steps', (newest) => (point) => point.step <= 0.9 * newest],
  ['the older half of the steps', (newest) => (point) => point.step > 0.5 * newest],
  ['every second point', () => (point) => point.i % 2 === 0],
  ['the other points', () => (point) => point.i % 2 === 1],
];

/** The final loss with parts of the data left out, one after the other. Four fits. */
export function sensitivity(input: ForecastInput, options: ForecastOptions = {}): Sensitivity[] {
  const newest = input.steps[input.steps.length - 1] ?? 0;
  return PARTS.map(([leftOut, keepsOf]) => {
    const part = partOf(input, options, keepsOf(newest));
    return { leftOut, finalLoss: fitForecast(part.input, part.options).forecast.finalLoss?.value ?? null };
  });
}
