import { LosslineError } from '../errors';
import type { Posterior } from '../fit/posterior';
import { FLAT_PATH, type PreparedCurve, prepareCurve, prepareReduced } from '../fit/prepare';
import { median } from '../fit/robust';
import type { Law } from '../laws/law';
import { type LrPath, traceLr } from '../laws/lrPath';
import { FALLBACK_LAW, lawById, STANDARD_LAW } from '../laws/registry';
import { SHIPPED_CALIBRATION } from '../prior/shippedCalibration';
import { errorModelOf, regimeOf } from './calibration';
import { type ChosenFit, chooseFit } from './chooseFit';
import { curveOf, estimateAt, estimateOf } from './estimate';
import { smoothedEnd, smoothNoise } from './finalLoss';
import type { FittedForecast } from './fittedForecast';
import type { Estimate, Forecast, ForecastInput, Refusal } from './forecast';
import { refusal, seriesRefusal } from './health';
import type { ForecastOptions } from './options';
import { fitReport, paramEstimates } from './report';

export type { ForecastOptions } from './options';

/** A fit whose newest points lie this many standard deviations away does not describe the run. */
const BAD_FIT_Z = 4;

/** Half-widths of a measured mean: noise is normal. */
const MEASURED = { of80: 1.2816, of95: 1.96 };

/** An 80 % interval that reaches this share of the loss to either side says nothing. */
const WIDE_INTERVAL = 0.1;

/**
 * Predicts the smoothed loss at `finalStep`: cleans and bins the series, fits a law, evaluates it to the end of the plan
 * with its intervals. The standard law is `generalisedAnnealing`; without `lawId` a power law in steps stands in, and `refused`
 * says why, when the learning rate is unknown or the standard law does not describe the newest points. A series that no
 * law can describe gives `finalLoss: null` and the reason. Same input, same output.
 *
 * Throws `argument.invalid` for an unknown `lawId` and for `steps` and `losses` of unequal length; never throws on the
 * values of a log.
 */
export function predictFinalLoss(input: ForecastInput, options: ForecastOptions = {}): Forecast {
  return fitForecast(input, options).forecast;
}

/** A forecast and the fitted law it comes from; `fitted` is `null` where none could be fitted. */
export interface ForecastWithFit {
  readonly forecast: Forecast;
  readonly fitted: FittedForecast | null;
}

/**
 * As `predictFinalLoss`, with the fitted law itself, for questions beyond the planned end (`evaluateFitted`). Errors as
 * there.
 */
export function fitForecast(input: ForecastInput, options: ForecastOptions = {}): ForecastWithFit {
  checkArguments(input);
  const forced = input.lawId === undefined ? undefined : lawById(input.lawId)!;
  const lastSeen = input.steps[input.steps.length - 1] ?? 0;
  const path = traceLr(input.lr, lastSeen);
  const law = forced ?? STANDARD_LAW;
  const data = { lawError: law.lawError };
  const prepared =
    options.reduced === undefined
      ? prepareCurve({ steps: input.steps, losses: input.losses, path }, data)
      : prepareReduced(options.reduced, path, data);
  const problem = seriesRefusal(input, prepared);
  const isOver = lastSeen >= input.finalStep && problem?.code !== 'diverged' && problem?.code !== 'noPlan';
  if (isOver) return finished({ input, law, path, prepared, options });
  if (problem !== null) return refused({ input, law, path, prepared, options }, problem);
  return chooseLaw({ input, law, path, prepared, options }, forced !== undefined);
}

/** A series made ready, and the law to use on it. */
interface Task {
  readonly input: ForecastInput;
  readonly law: Law;
  readonly path: LrPath | undefined;
  readonly prepared: PreparedCurve;
  readonly options: ForecastOptions;
}

function chooseLaw(task: Task, forced: boolean): ForecastWithFit {
  const standIn = { ...task, law: FALLBACK_LAW };
  if (task.law.needsLr && task.path === undefined) {
    const why = 'The learning rate is unknown: name the schedule or log the rate.';
    if (forced) return refused(task, refusal('noLearningRate', why));
    return withLaw(standIn, refusal('noLearningRate', `${why} A power law in steps stands in.`));
  }
  const first = withLaw(task, null);
  if (first.forecast.refused?.code !== 'badFit' || forced) return first;
  const simpler = withLaw(standIn, null);
  if (simpler.forecast.refused !== null) return first;
  const why = 'The newest points leave the generalised annealing law: a power law in steps stands in.';
  return { ...simpler, forecast: { ...simpler.forecast, refused: refusal('badFit', why) } };
}

/** Fits the law of `task` and forecasts; `standsInFor` is the refusal that made it stand in. */
function withLaw(task: Task, standsInFor: Refusal | null): ForecastWithFit {
  const { input, law, prepared } = task;
  const chosen = chooseFit(law, prepared.curve, task.options);
  const { fit, posterior } = chosen;
  if (!Number.isFinite(fit.cost))
    return refused(task, refusal('badFit', 'No curve of this law comes near the losses.'));
  const fitted = fittedOf(task, chosen);
  const estimate = estimateAt(fitted);
  const trouble = fitRefusal(posterior, estimate);
  const { path, newest } = fitted;
  const ahead = law.prepare(path, Float64Array.of(newest, input.finalStep), fit.settings);
  const remaining = law.remaining(fit.theta, ahead, [0, 1]);
  const forecast: Forecast = {
    ...common(task),
    finalLoss: trouble?.code === 'badFit' ? null : estimate,
    refused: trouble ?? standsInFor,
    params: paramEstimates(fit, posterior),
    remaining: { fromMoreSteps: remaining.progress, fromLowerLr: remaining.annealing },
    curve: curveOf(fitted, prepared.bins.steps[0]!),
    report: fitReport({ prepared, fit, posterior, basis: chosen.basis }),
  };
  return { forecast, fitted };
}

function fittedOf(
  { input, law, path = FLAT_PATH, prepared, options }: Task,
  { fit, posterior, basis }: ChosenFit,
): FittedForecast {
  const lastSeen = input.steps[input.steps.length - 1]!;
  const regime = regimeOf(basis, path, lastSeen);
  return {
    lawId: law.id,
    theta: fit.theta,
    settings: fit.settings,
    covariance: posterior.covariance,
    path,
    lastSeen,
    newest: prepared.bins.steps[prepared.bins.steps.length - 1]!,
    finalStep: input.finalStep,
    smoothNoise: smoothNoise(input, prepared.bins.pointNoise),
    basis,
    ...errorModelOf(law.id, regime, options.calibration ?? SHIPPED_CALIBRATION),
  };
}

function fitRefusal(posterior: Posterior, estimate: Estimate): Refusal | null {
  const z = newestDeviation(posterior);
  if (!(z <= BAD_FIT_Z)) {
    const size = Number.isFinite(z) ? ` (${z.toFixed(1)} standard deviations)` : '';
    return refusal('badFit', `The newest points lie far from the fitted curve${size}: the loss left its course.`);
  }
  if (!(Math.log(estimate.interval80[1] / estimate.value) <= WIDE_INTERVAL)) {
    return refusal('wideInterval', 'The final loss is too uncertain to be of use yet: wait for more of the run.');
  }
  return null;
}

/** Middle of the newest residuals in multiples of their spread. */
function newestDeviation({ residuals, residualScale }: Posterior): number {
  const count = Math.max(2, Math.ceil(residuals.length / 16));
  return Math.abs(median(residuals.subarray(residuals.length - count))) / Math.max(1, residualScale);
}

/** The run is over: its final loss is measured, a fit is added where one is possible. */
function finished(task: Task): ForecastWithFit {
  const over = refusal(
    'finished',
    'The run has reached its last planned step: its final loss is measured, not forecast.',
  );
  const canFit = seriesRefusal(task.input, task.prepared) === null && (task.path !== undefined || !task.law.needsLr);
  const { forecast, fitted } = canFit ? withLaw(task, null) : refused(task, over);
  const end = smoothedEnd(task.input);
  const sd = smoothNoise(task.input, task.prepared.bins.pointNoise);
  const finalLoss = Number.isFinite(end) ? estimateOf(end, sd, MEASURED) : null;
  return { forecast: { ...forecast, finalLoss, refused: over }, fitted };
}

function refused(task: Task, why: Refusal): ForecastWithFit {
  const forecast: Forecast = {
    ...common(task),
    finalLoss: null,
    refused: why,
    params: [],
    remaining: null,
    curve: null,
    report: fitReport({ prepared: task.prepared }),
  };
  return { forecast, fitted: null };
}

function common({ input, law }: Task): Pick<Forecast, 'lawId' | 'finalStep' | 'seen'> {
  const step = input.steps[input.steps.length - 1] ?? 0;
  const fraction = input.finalStep > 0 ? Math.min(1, step / input.finalStep) : Number.NaN;
  return {
    lawId: law.id,
    finalStep: input.finalStep,
    seen: { step, fraction, points: input.losses.filter(Number.isFinite).length },
  };
}

function checkArguments({ steps, losses, lawId }: ForecastInput): void {
  if (steps.length !== losses.length) {
    throw new LosslineError('argument.invalid', `${steps.length} steps but ${losses.length} losses`);
  }
  if (lawId !== undefined && lawById(lawId) === undefined) {
    throw new LosslineError('argument.invalid', `no law is called "${lawId}"`);
  }
}
