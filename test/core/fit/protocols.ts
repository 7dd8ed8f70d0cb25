import { type FitOptions, fitLaw, type LawFit } from '../../../src/core/fit/fitLaw';
import type { FitCurve } from '../../../src/core/fit/problem';
import type { Forecast, ForecastInput } from '../../../src/core/forecast/forecast';
import { type ForecastOptions, predictFinalLoss } from '../../../src/core/forecast/predict';
import type { Law } from '../../../src/core/laws/law';
import { traceLr } from '../../../src/core/laws/lrPath';
import type { LoadedCurve } from './curveFolder';

/** How a fitted law does on curves it has not seen: means over the curves. */
export interface Scores {
  readonly r2: number;
  readonly mae: number;
  readonly rmse: number;
  /** Mean and greatest relative error. */
  readonly predE: number;
  readonly worstE: number;
}

/** A curve as the published protocol fits it: all after the warm-up, equal weights, Huber at 1e-3 of the loss, no prior. */
export function publishedCurve({ lr, total, steps: all, losses: every }: LoadedCurve): FitCurve {
  const path = traceLr(lr, total)!;
  const [steps, losses] = [all, every].map((values) => values.filter((_, i) => all[i]! >= path.warmupEnd)) as [
    Float64Array,
    Float64Array,
  ];
  return {
    path,
    steps,
    targets: losses.map(Math.log),
    sigma: losses.map(() => 1e-3),
    thresholds: losses.map(() => 1),
  };
}

/** Published fits stop early, which keeps laws with many constants from overfitting (arXiv 2503.12811, appendix). */
export const EARLY_STOP = { maxIterations: 60, tolerance: 1e-8 };

/** Fits the `fit` curves together and scores the `test` curves. */
export function fitAndTest(
  law: Law,
  curves: readonly LoadedCurve[],
  settings: FitOptions['settings'],
): { fit: LawFit; scores: Scores } {
  const options = { priors: [], solver: EARLY_STOP, ...(settings === undefined ? {} : { settings }) };
  const role = (name: string): LoadedCurve[] => curves.filter((curve) => curve.facts.t1_role === name);
  const fit = fitLaw(law, role('fit').map(publishedCurve), options);
  const each = role('test').map((curve) => scoreOf(fit, curve));
  const average = (key: keyof Scores): number => each.reduce((sum, scores) => sum + scores[key], 0) / each.length;
  return {
    fit,
    scores: {
      r2: average('r2'),
      mae: average('mae'),
      rmse: average('rmse'),
      predE: average('predE'),
      worstE: average('worstE'),
    },
  };
}

/** How a law with given parameters does on one whole curve. */
export function scoreOf(
  { law, theta, settings }: Pick<LawFit, 'law' | 'theta' | 'settings'>,
  { lr, total, steps, losses }: LoadedCurve,
): Scores {
  const fitted = new Float64Array(steps.length);
  law.predict(theta, law.prepare(traceLr(lr, total)!, steps, settings), fitted);
  const centre = mean(losses);
  const errors = losses.map((loss, i) => fitted[i]! - loss);
  const squares = mean(errors.map((error) => error ** 2));
  const relative = errors.map((error, i) => Math.abs(error) / losses[i]!);
  return {
    r2: 1 - squares / mean(losses.map((loss) => (loss - centre) ** 2)),
    mae: mean(errors.map(Math.abs)),
    rmse: Math.sqrt(squares),
    predE: mean(relative),
    worstE: Math.max(...relative),
  };
}

/** One live forecast and what came of it. */
export interface BackTest {
  readonly curve: LoadedCurve;
  readonly fraction: number;
  readonly forecast: Forecast;
  /** Mean of the last 2 % (train: 10 %) of the points, and the forecast for the same steps; `NaN` without a curve. */
  readonly target: number;
  readonly predicted: number;
}

/** Forecasts the end of a run from its first `fraction`; `undefined` with fewer than 6 points. */
export function backTest(
  curve: LoadedCurve,
  fraction: number,
  { lawId, ...options }: ForecastOptions & { readonly lawId?: string | undefined } = {},
): BackTest | undefined {
  const { steps, losses, lr, total } = curve;
  const seen = steps.filter((step) => step <= fraction * total).length;
  if (seen < 6) return undefined;
  const input: ForecastInput = {
    steps: steps.slice(0, seen),
    losses: losses.slice(0, seen),
    lr,
    finalStep: total,
    seed: 1,
    ...(lawId === undefined ? {} : { lawId }),
  };
  const forecast = predictFinalLoss(input, options);
  const count = targetPoints(curve);
  const target = mean(losses.slice(-count));
  const predicted = forecast.curve === null ? Number.NaN : mean(steps.slice(-count).map((s) => onCurve(forecast, s)));
  return { curve, fraction, forecast, target, predicted };
}

/**
 * The same forecast by the published recipe: every point after the warm-up, equal weights, no prior. Signed relative
 * error; `undefined` with fewer than 6 points.
 */
export function publishedBackTest(law: Law, curve: LoadedCurve, fraction: number): number | undefined {
  const { steps, losses, total } = curve;
  const whole = publishedCurve(curve);
  const seen = (step: number): boolean => step > whole.path.warmupEnd && step <= fraction * total;
  const pick = (values: Float64Array): Float64Array => values.filter((_, i) => seen(steps[i]!));
  if (steps.filter(seen).length < 6) return undefined;
  const prefix: FitCurve = {
    path: whole.path,
    steps: pick(steps),
    targets: pick(whole.targets),
    sigma: pick(whole.sigma),
    thresholds: pick(whole.thresholds),
  };
  const { theta, settings } = fitLaw(law, [prefix], { priors: [], solver: EARLY_STOP });
  const ends = steps.slice(-targetPoints(curve));
  const fitted = new Float64Array(ends.length);
  law.predict(theta, law.prepare(whole.path, ends, settings), fitted);
  return mean(fitted) / mean(losses.slice(-ends.length)) - 1;
}

function targetPoints({ steps, facts }: LoadedCurve): number {
  return Math.max(1, Math.round(steps.length * (facts.loss_kind === 'val' ? 0.02 : 0.1)));
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function onCurve({ curve }: Forecast, step: number): number {
  const { steps, values } = curve!;
  const right = Math.max(
    1,
    steps.findIndex((s) => s >= step),
  );
  const share = (step - steps[right - 1]!) / (steps[right]! - steps[right - 1]!);
  return values[right - 1]! + share * (values[right]! - values[right - 1]!);
}

/** Thins groups of more than 30 curves evenly, so that one model does not rule the medians. */
export function thinGroups<T extends { readonly group: string }>(all: readonly T[]): T[] {
  const groups = [...new Set(all.map((curve) => curve.group))];
  return groups.flatMap((group) => {
    const members = all.filter((curve) => curve.group === group);
    const stride = members.length > 30 ? Math.ceil(members.length / 30) : 1;
    return members.filter((_, i) => i % stride === 0);
  });
}

/** Value at share `p` of the sorted list; `NaN` for an empty one. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
}
