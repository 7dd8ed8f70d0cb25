import { type Posterior, shareOf } from '../fit/posterior';
import { FLAT_PATH, type PreparedCurve, prepareCurve, prepareReduced } from '../fit/prepare';
import { median } from '../fit/robust';
import type { Law } from '../laws/law';
import { type LrPath, traceLr } from '../laws/lrPath';
import { SHIPPED_CALIBRATION } from '../prior/shippedCalibration';
import { errorModelOf, regimeOf } from './calibration';
import { type ChosenFit, chooseFit, strainOf } from './chooseFit';
import { worthOfStep } from './dataUse';
import { curveOf, estimateAt } from './estimate';
import { smoothNoise } from './finalLoss';
import type { FittedForecast } from './fittedForecast';
import type { Estimate, Forecast, ForecastInput, Refusal } from './forecast';
import { hasShape, refusal, seenOf, seriesRefusal } from './health';
import type { Companion, ForecastOptions } from './options';
import { fitReport, paramEstimates } from './report';
import { findSeam } from './seam';

/** A fit whose newest points lie this many standard deviations away does not describe the run. */
const BAD_FIT_Z = 4;

/** Widths were learnt from forecasts over at most a tenfold of the steps seen; beyond they grow with the logarithm. */
const FARTHEST_MEASURED = 10;

/** An 80 % interval that reaches this share of the loss to either side says nothing. */
const WIDE_INTERVAL = 0.1;

/** A forecast and the fitted law it comes from; `fitted` is `null` where none could be fitted. */
export interface ForecastWithFit {
  readonly forecast: Forecast;
  readonly fitted: FittedForecast | null;
}

/** A series made ready for a law. */
export interface Task {
  readonly input: ForecastInput;
  readonly law: Law;
  readonly path: LrPath | undefined;
  readonly prepared: PreparedCurve;
  /** The companion, while the series itself has too few points: with more it gains nothing by it. */
  readonly companion: { readonly input: ForecastInput; readonly prepared: PreparedCurve } | undefined;
  readonly options: ForecastOptions;
}

/** Points that a level of its own needs. */
const LEAST_OF_LEVEL = 2;

/** Makes `input` ready for `law`. */
export function prepareTask(input: ForecastInput, law: Law, options: ForecastOptions): Task {
  const data = { lawError: law.lawError, window: law.window };
  const prepare = ({ steps, losses, reduced }: Companion, path: LrPath | undefined): PreparedCurve =>
    reduced === undefined ? prepareCurve({ steps, losses, path }, data) : prepareReduced(reduced, path, data);
  const newest = newestStep(input);
  const path = traceLr(input.lr, newest);
  const prepared = prepare({ ...input, ...(options.reduced && { reduced: options.reduced }) }, path);
  const beside = options.companion;
  if (beside === undefined || law.rises || hasShape(prepared) || prepared.pointsUsed < LEAST_OF_LEVEL) {
    return { input, law, path, prepared, companion: undefined, options };
  }
  const other = { ...input, steps: beside.steps, losses: beside.losses };
  const shared = traceLr(input.lr, Math.max(newest, newestStep(other)));
  const companion = { input: other, prepared: prepare(beside, shared) };
  return { input, law, path: shared, prepared: prepare(input, shared), companion, options };
}

function newestStep({ steps }: ForecastInput): number {
  return steps[steps.length - 1] ?? 0;
}

/** Refusals of a series of few points that do not count where another one lends its shape. */
const OF_SHAPE: readonly (Refusal['code'] | undefined)[] = ['tooFewPoints', 'notFalling'];

/** Why the series of `task` cannot be forecast, before any law is fitted; `null` when it can. */
export function taskRefusal({ input, prepared, companion }: Task): Refusal | null {
  const own = seriesRefusal(input, prepared);
  if (companion === undefined || (own !== null && !OF_SHAPE.includes(own.code))) return own;
  return seriesRefusal(companion.input, companion.prepared) === null ? null : own;
}

/** Fits the law of `task` and forecasts; `standsInFor` is the refusal that made it stand in. */
export function forecastByLaw(task: Task, standsInFor: Refusal | null): ForecastWithFit {
  const { input, law, prepared } = task;
  const chosen = chooseFit(law, [prepared.curve, task.companion?.prepared.curve], task.options);
  const { fit, posterior } = chosen;
  if (!Number.isFinite(fit.cost))
    return refusedForecast(task, refusal('badFit', 'No curve of this law comes near the losses.'));
  const fitted = fittedOf(task, chosen);
  const estimate = estimateAt(fitted);
  const trouble = fitRefusal(task, chosen, estimate);
  const { path, newest } = fitted;
  const ahead = law.prepare(path, Float64Array.of(newest, input.finalStep), fit.settings);
  const remaining = law.remaining(fit.theta, ahead, [0, 1]);
  const forecast: Forecast = {
    lawId: law.id,
    finalStep: input.finalStep,
    seen: seenOf(input, task.options.reduced),
    finalLoss: trouble !== null && (MISLEADING.includes(trouble.code) || isBoundless(estimate)) ? null : estimate,
    refused: trouble ?? standsInFor,
    params: paramEstimates(fit, posterior),
    remaining: { fromMoreSteps: remaining.progress, fromLowerLr: remaining.annealing },
    curve: curveOf(fitted, prepared.bins.steps[0]!),
    report: fitReport({ prepared, ...chosen, beside: task.companion?.prepared }),
  };
  return { forecast, fitted };
}

function fittedOf(
  { input, law, path = FLAT_PATH, prepared, companion, options }: Task,
  { fit, posterior, basis, decaysSeen }: ChosenFit,
): FittedForecast {
  const lastSeen = Math.max(newestStep(input), companion === undefined ? 0 : newestStep(companion.input));
  const regime = regimeOf(decaysSeen, prepared.bins);
  const errors = errorModelOf(law.id, regime, path.peakLr, options.calibration ?? SHIPPED_CALIBRATION);
  const newest = Math.max(prepared.bins.steps.at(-1)!, companion?.prepared.bins.steps.at(-1) ?? 0);
  const distance = Math.max(1, Math.log(input.finalStep / newest) / Math.log(FARTHEST_MEASURED));
  const stretch = distance * Math.sqrt(1 + 2 * errors.unlike * strainOf(fit));
  return {
    lawId: law.id,
    theta: fit.theta,
    settings: fit.settings,
    covariance: shareOf(posterior, errors.shares),
    held: posterior.identified.map((identified) => !identified),
    path,
    lastSeen,
    oldest: prepared.bins.steps[0]!,
    newest,
    finalStep: input.finalStep,
    smoothNoise: smoothNoise(input, prepared.bins.meanNoise),
    basis,
    regime,
    lawError: { ...errors.lawError, progress: Math.hypot(errors.lawError.progress, 1 - worthOfStep(input.data ?? {})) },
    stretch,
    halfWidths: { of80: stretch * errors.halfWidths.of80, of95: stretch * errors.halfWidths.of95 },
  };
}

/** True when the value is no loss, or its 80 % interval reaches more than three times as high: it says nothing then. */
function isBoundless({ value, interval80 }: Estimate): boolean {
  return !(value > 0 && interval80[1] <= 3 * value);
}

/** Refusals whose fit would mislead. */
const MISLEADING: readonly Refusal['code'][] = ['badFit', 'seam'];

function fitRefusal({ prepared, companion }: Task, chosen: ChosenFit, estimate: Estimate): Refusal | null {
  const { posterior } = chosen;
  const seam =
    seamIn(prepared, posterior.errors) ??
    (companion === undefined ? undefined : seamIn(companion.prepared, chosen.companion!.errors));
  if (seam !== undefined) return seam;
  const z = newestDeviation(prepared, posterior);
  if (!(z <= BAD_FIT_Z)) {
    const size = Number.isFinite(z) ? ` (${z.toFixed(1)} standard deviations)` : '';
    return refusal('badFit', `The newest points lie far from the fitted curve${size}: the loss left its course.`);
  }
  if (!(estimate.value > 0)) {
    return refusal(
      'badFit',
      'The fitted curve falls to zero before the end of the plan: it does not describe the run.',
    );
  }
  if (!(Math.log(estimate.interval80[1] / estimate.value) <= WIDE_INTERVAL)) {
    return refusal('wideInterval', 'The final loss is too uncertain to be of use yet: wait for more of the run.');
  }
  return null;
}

/** `errors`: fitted less measured. */
function seamIn({ curve: { steps, sigma } }: PreparedCurve, errors: Float64Array): Refusal | undefined {
  const residuals = errors.map((error) => -error);
  const seam = findSeam(residuals, sigma);
  if (seam === undefined) return undefined;
  const size = `${(100 * seam.jump).toFixed(1)} %`;
  const where = Math.round(steps[seam.bin]!);
  const why = 'other data, another batch size, a restart or a new pass over the same data';
  return refusal('seam', `The loss jumps by ${size} near step ${where} (${why}): a law holds within one part only.`);
}

/** Middle of the newest errors in multiples of their spread. */
function newestDeviation({ curve }: PreparedCurve, { errors, residualScale }: Posterior): number {
  const count = Math.max(2, Math.ceil(errors.length / 16));
  const newest = errors.map((error, i) => error / curve.sigma[i]!).subarray(errors.length - count);
  return Math.abs(median(newest)) / Math.max(1, residualScale);
}

/** A forecast that says why there is none. */
export function refusedForecast(task: Task, why: Refusal): ForecastWithFit {
  const forecast: Forecast = {
    lawId: task.law.id,
    finalStep: task.input.finalStep,
    seen: seenOf(task.input, task.options.reduced),
    finalLoss: null,
    refused: why,
    params: [],
    remaining: null,
    curve: null,
    report: fitReport({ prepared: task.prepared }),
  };
  return { forecast, fitted: null };
}
