import { type Calibration, calibrate, type Score } from '../../../src/core/forecast/calibration';
import { evaluateFitted, type FittedForecast } from '../../../src/core/forecast/fittedForecast';
import type { Forecast, ForecastInput } from '../../../src/core/forecast/forecast';
import { type ForecastOptions, fitForecast } from '../../../src/core/forecast/predict';
import { finalProgressOf } from '../../../src/core/laws/generalisedAnnealing';
import { traceLr } from '../../../src/core/laws/lrPath';
import { constantsOfRuns, fittedRunOf } from '../../../src/core/prior/fittedRun';
import { type FamilyConstants, type GeneralPrior, learnPrior } from '../../../src/core/prior/learnPrior';
import type { FittedRun } from '../../../src/core/prior/memory';
import type { LoadedCurve } from '../fit/curveFolder';

/** The moments of a run at which it is forecast. */
export const FRACTIONS = [0.1, 0.2, 0.3, 0.5, 0.7] as const;

/** Curves of one family that are fitted together at most. */
const FAMILY_CURVES = 8;

/** A run that ends above this has diverged. */
const DIVERGED = 6;

export const isSound = ({ losses }: LoadedCurve): boolean => losses[losses.length - 1]! < DIVERGED;

/** Model, data and learning rate; runs that differ in their seed only are one family. */
const familyOf = ({ facts }: LoadedCurve): string => facts.prefix_group.replace(/-\d$/, '');

/** Constants of every model at every learning rate, from whole validation curves. */
export function familiesOf(curves: readonly LoadedCurve[]): FamilyConstants[] {
  const sound = curves.filter((curve) => curve.facts.loss_kind === 'val' && isSound(curve));
  return [...new Set(sound.map(familyOf))].flatMap((name) => {
    const own = sound.filter((curve) => familyOf(curve) === name);
    const stride = Math.ceil(own.length / FAMILY_CURVES);
    const constants = constantsOfRuns(own.filter((_, i) => i % stride === 0));
    if (constants === undefined) return [];
    const ends = own.map(({ lr, total }) => Math.log(finalProgressOf(traceLr(lr, total)!)));
    return [{ source: own[0]!.facts.source, name, finalProgress: Math.exp(mean(ends)), ...constants }];
  });
}

/** For each source the prior learnt from the other sources only. */
export function priorsWithout(families: readonly FamilyConstants[]): Map<string, GeneralPrior> {
  const sources = [...new Set(families.map((family) => family.source))];
  return new Map(sources.map((source) => [source, learnPrior(families.filter((family) => family.source !== source))]));
}

/** Model, data and kind of loss. */
export const modelOf = ({ facts }: LoadedCurve): string => `${facts.group} ${facts.loss_kind}`;

/** A curve as the memory keeps it. */
export function remembered(curve: LoadedCurve): FittedRun | undefined {
  const { id } = curve.facts;
  return isSound(curve) ? fittedRunOf(curve, { name: id, model: modelOf(curve) }) : undefined;
}

/** What is known of the first part of a run. */
export function firstPart({ steps, losses, lr, total }: LoadedCurve, fraction: number): ForecastInput | undefined {
  const seen = steps.filter((step) => step <= fraction * total).length;
  if (seen < 6) return undefined;
  return { steps: steps.slice(0, seen), losses: losses.slice(0, seen), lr, finalStep: total, seed: 1 };
}

/** The end of a curve: mean of the last 2 % of the validation points, or of the last 10 % of the training points. */
export function endOf({ steps, losses, facts }: LoadedCurve): { readonly steps: Float64Array; readonly loss: number } {
  const count = Math.max(1, Math.round(steps.length * (facts.loss_kind === 'val' ? 0.02 : 0.1)));
  return { steps: steps.slice(-count), loss: mean(losses.slice(-count)) };
}

/** One forecast of the end of a run. */
export interface Trial {
  readonly curve: LoadedCurve;
  readonly fraction: number;
  readonly forecast: Forecast;
  /** 100 · (forecast / truth - 1); `NaN` when refused. */
  readonly error: number;
  /** Standard deviation before calibration, in per cent; the error in its multiples; the regime of the forecast. */
  readonly sd: number;
  readonly score: Score;
}

/** Refusals that still have a fit worth scoring: how wide an interval may be is a matter of taste. */
const SCORED: readonly (string | undefined)[] = [undefined, 'wideInterval'];

/** Forecasts the end of `curve` from its first `fraction`; `undefined` with fewer than 6 points. */
export function trial(
  curve: LoadedCurve,
  fraction: number,
  { lawId, ...options }: ForecastOptions & { readonly lawId?: string } = {},
): Trial | undefined {
  const input = firstPart(curve, fraction);
  if (input === undefined) return undefined;
  const { forecast, fitted } = fitForecast({ ...input, ...(lawId === undefined ? {} : { lawId }) }, options);
  const end = endOf(curve);
  const family = curve.facts.prefix_group;
  if (fitted === null || !SCORED.includes(forecast.refused?.code)) {
    const score: Score = { regime: 'public', family, z: Number.NaN };
    return { curve, fraction, forecast, error: Number.NaN, sd: Number.NaN, score };
  }
  const ratio = meanAt(fitted, end.steps) / end.loss;
  // The noise of the truth itself is that of a mean over its own number of points.
  const smoothNoise = forecast.report.pointNoise / end.loss / Math.sqrt(end.steps.length);
  const { relativeSd } = evaluateFitted({ ...fitted, smoothNoise }, Float64Array.of(fitted.finalStep));
  const sd = fitted.stretch * relativeSd[0]!;
  const score: Score = { regime: fitted.regime, family, z: Math.log(ratio) / sd };
  return { curve, fraction, forecast, error: 100 * (ratio - 1), sd: 100 * sd, score };
}

/** For each source the calibration learnt from the scores of the other sources only. */
export function calibrationsWithout(trials: readonly Trial[]): Map<string, Calibration> {
  const sources = [...new Set(trials.map(({ curve }) => curve.facts.source))];
  const given = trials.filter(({ error }) => Number.isFinite(error));
  return new Map(
    sources.map((source) => {
      const others = given.filter(({ curve }) => curve.facts.source !== source);
      return [source, calibrate(others.map(({ score }) => score))];
    }),
  );
}

/** What the forecaster knows beyond the run: nothing, one earlier run of the model, or all earlier runs of the project. */
export type Knowledge = 'cold' | 'once' | 'warm';

/** A curve with what the memory keeps of it. */
export interface Remembered {
  readonly curve: LoadedCurve;
  readonly run: FittedRun;
}

/** Everything a project could remember. */
export function memoryOf(curves: readonly LoadedCurve[]): Remembered[] {
  return curves.flatMap((curve) => {
    const run = remembered(curve);
    return run === undefined ? [] : [{ curve, run }];
  });
}

/** Options of a forecast of `curve`: prior of the other sources, memory of the other runs of its own source. */
export function knowing(
  knowledge: Knowledge,
  curve: LoadedCurve,
  { general, memory }: { readonly general: GeneralPrior; readonly memory: readonly Remembered[] },
): ForecastOptions {
  if (knowledge === 'cold') return { general };
  const model = modelOf(curve);
  const others = memory.filter(({ curve: c }) => c.facts.source === curve.facts.source && c !== curve);
  const history = others.filter(({ curve: c }) => runOf(c) !== runOf(curve)).map(({ run }) => run);
  if (knowledge === 'warm') return { general, model, history };
  const alike = history.filter((run) => run.model === model);
  const same = alike.filter((run) => Math.abs(run.peakLr / curve.facts.schedule.peak_lr - 1) < 0.02);
  return { general, model, history: (same.length > 0 ? same : alike).slice(0, 1) };
}

function runOf({ facts }: LoadedCurve): string {
  return facts.id.replace(/-(val|train)$/, '');
}

export function meanAt(fitted: FittedForecast, steps: Float64Array): number {
  return mean(evaluateFitted(fitted, steps).values);
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
