import { LosslineError } from '../errors';
import type { Law } from '../laws/law';
import { rectified } from '../laws/rectified';
import { FALLBACK_LAW, lawById, STANDARD_LAW } from '../laws/registry';
import { backTestLaws } from './backTest';
import { dataRefusal } from './dataUse';
import { estimateOf } from './estimate';
import { smoothedEnd, smoothNoise } from './finalLoss';
import { startsLow } from './fineTuning';
import type { Forecast, ForecastInput, Refusal } from './forecast';
import { refusal } from './health';
import {
  type ForecastWithFit,
  forecastByLaw,
  prepareTask,
  refusedForecast,
  type Task,
  taskRefusal,
} from './lawForecast';
import { type ForecastOptions, wholeSeries } from './options';
import { rewardForecast } from './rewardForecast';

export type { ForecastWithFit } from './lawForecast';
export type { ForecastOptions } from './options';

/** Half-widths of a measured mean: noise is normal. */
const MEASURED = { of80: 1.2816, of95: 1.96 };

/**
 * Predicts the smoothed loss at `finalStep`: cleans and bins the series, fits a law, evaluates it to the end of the plan
 * with its intervals. The standard law is `generalisedAnnealing`; without `lawId` another law stands in, and
 * `refused` says why: a power law in steps when the learning rate is unknown, the law that would have done best earlier in
 * the run (`backTestLaws`) when the standard one does not describe the newest points, the rectified law for fine-tuning
 * (said, or seen by `startsLow`), a sigmoid for a quantity that rises. A series that no law can describe gives `finalLoss: null` and the reason. Same input, same output.
 *
 * Throws `argument.invalid` for an unknown `lawId` and for `steps` and `losses` of unequal length; never throws on the
 * values of a log.
 */
export function predictFinalLoss(input: ForecastInput, options: ForecastOptions = {}): Forecast {
  return fitForecast(input, options).forecast;
}

/**
 * As `predictFinalLoss`, with the fitted law itself, for questions beyond the planned end (`evaluateFitted`). Errors as
 * there.
 */
export function fitForecast(input: ForecastInput, options: ForecastOptions = {}): ForecastWithFit {
  checkArguments(input);
  const forced = input.lawId === undefined ? undefined : lawById(input.lawId)!;
  const fineTunes = input.kind === 'fineTuning' || (input.kind === undefined && startsLow(wholeSeries(input, options)));
  const task = prepareTask(input, forced ?? (fineTunes ? rectified : STANDARD_LAW), options);
  const problem = taskRefusal(task);
  if (forced?.rises || input.kind === 'reward') return byReward(task, forced?.rises ? null : REWARD) ?? notRising(task);
  if (input.kind === 'policy' && forced === undefined) return refusedForecast(task, POLICY);
  const lastSeen = input.steps[input.steps.length - 1] ?? 0;
  const isOver = lastSeen >= input.finalStep && problem?.code !== 'diverged' && problem?.code !== 'noPlan';
  if (isOver) return finished(task);
  if (problem !== null) return asRising(task, problem, forced) ?? refusedForecast(task, problem);
  if (task.law === rectified && forced === undefined) return forecastByLaw(task, FINE_TUNING);
  return chooseLaw(task, forced !== undefined);
}

const REWARD = refusal('outsideLaw', 'A reward does not follow the laws of a loss: a sigmoid stands in.');
const POLICY = refusal(
  'outsideLaw',
  'The loss of a policy goes up and down with its data and says nothing of progress: forecast the reward.',
);
const FINE_TUNING = refusal(
  'outsideLaw',
  'Fine-tuning does not follow the laws of pre-training: the rectified law stands in.',
);

function byReward({ input, options }: Task, why: Refusal | null): ForecastWithFit | undefined {
  const forecast = rewardForecast(wholeSeries(input, options), why);
  return forecast === undefined ? undefined : { forecast, fitted: null };
}

function notRising(task: Task): ForecastWithFit {
  return refusedForecast(
    task,
    refusal('outsideLaw', 'The values do not rise, or are too few: no sigmoid of a reward applies.'),
  );
}

/** Values of a loss that rise above this are a divergence, not a reward. */
const REWARD_LIMIT = 1.5;

/** A series that was refused as a loss but rises like a reward. */
function asRising(task: Task, problem: Refusal, forced: Law | undefined): ForecastWithFit | undefined {
  const isSmall = task.input.losses.every((value) => !(value > REWARD_LIMIT));
  const mayRise = problem.code === 'notFalling' || problem.code === 'outsideLaw' || problem.code === 'diverged';
  return forced === undefined && mayRise && isSmall ? byReward(task, REWARD) : undefined;
}

function chooseLaw(task: Task, forced: boolean): ForecastWithFit {
  if (task.law.needsLr && task.path === undefined) {
    const why = 'The learning rate is unknown: name the schedule or log the rate.';
    if (forced) return refusedForecast(task, refusal('noLearningRate', why));
    const standIn = prepareTask(task.input, FALLBACK_LAW, task.options);
    return forecastByLaw(standIn, refusal('noLearningRate', `${why} A power law in steps stands in.`));
  }
  const first = forecastByLaw(task, null);
  const { forecast, fitted } = first;
  if (forecast.refused === null && fitted !== null) {
    return { fitted, forecast: { ...forecast, refused: dataRefusal(task.input, fitted.oldest) } };
  }
  if (forecast.refused?.code !== 'badFit' || forced) return first;
  for (const { law } of backTestLaws(task.input, task.options)) {
    if (law === task.law) continue;
    const other = forecastByLaw(prepareTask(task.input, law, task.options), null);
    if (other.forecast.refused !== null) continue;
    const why = `The newest points leave the law "${task.law.title}": the law "${law.title}" stands in.`;
    return { ...other, forecast: { ...other.forecast, refused: refusal('badFit', why) } };
  }
  return first;
}

/** The run is over: its final loss is measured, a fit is added where one is possible. */
function finished(task: Task): ForecastWithFit {
  const over = refusal(
    'finished',
    'The run has reached its last planned step: its final loss is measured, not forecast.',
  );
  const canFit = taskRefusal(task) === null && (task.path !== undefined || !task.law.needsLr);
  const { forecast, fitted } = canFit ? forecastByLaw(task, null) : refusedForecast(task, over);
  const end = smoothedEnd(task.input);
  const sd = smoothNoise(task.input, task.prepared.bins.meanNoise);
  const finalLoss = Number.isFinite(end) ? estimateOf(end, sd, MEASURED) : null;
  return { forecast: { ...forecast, finalLoss, refused: over }, fitted };
}

function checkArguments({ steps, losses, lawId }: ForecastInput): void {
  if (steps.length !== losses.length) {
    throw new LosslineError('argument.invalid', `${steps.length} steps but ${losses.length} losses`);
  }
  if (lawId !== undefined && lawById(lawId) === undefined) {
    throw new LosslineError('argument.invalid', `no law is called "${lawId}"`);
  }
}
