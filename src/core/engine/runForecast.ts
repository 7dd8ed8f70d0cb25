import type { ForecastInput } from '../forecast/forecast';
import type { ForecastOptions as Knowledge } from '../forecast/options';
import type { RunId, SeriesName } from '../model';
import { buildLrCurve, type LrCurve, MAX_LR_KNOTS } from '../plan/lrCurve';
import { modelNameOf, withModels } from '../prior/kinship';
import { type GeneralPrior, WEAK_PRIOR } from '../prior/learnPrior';
import type { FittedRun } from '../prior/memory';
import { spansUntil } from '../series/series';
import { dataUseOf } from './dataUse';
import { grafted } from './kin';
import { type LossPoints, pointsOfSpans } from './lossDigest';
import { type PlanSubject, planOfRun } from './runPlan';
import { isPolicyLoss, TrackedRun } from './trackedRun';

/** Every fit starts from the same seed, so that a forecast can be reproduced. */
const FORECAST_SEED = 1;

/** What to forecast differently from the run's own plan and data. */
export interface ForecastOptions {
  readonly series?: SeriesName;
  readonly lawId?: string;
  /** Forgets everything after this step. */
  readonly until?: number;
  /** Planned steps, whatever the log says. */
  readonly totalSteps?: number;
  /** Learning rate of the whole run, whatever the log says; its last step is the last planned step unless given. */
  readonly lr?: LrCurve;
  /** Earlier runs to learn from; the engine's own memory unless given. */
  readonly history?: readonly FittedRun[];
  /** Runs of the same model and data, whatever the settings say. */
  readonly siblings?: readonly FittedRun[];
  /** The run of the engine from whose checkpoint this one was started; found by its settings unless given. */
  readonly branchOf?: RunId;
  /** What public runs say, `none` for hardly anything, so that the run speaks for itself; the shipped prior unless given. */
  readonly prior?: GeneralPrior | 'shipped' | 'none';
}

/** Input of a fit, or the reason why there can be none. */
export type ForecastRequest =
  | {
      readonly input: ForecastInput;
      readonly knowledge: Knowledge;
      readonly series: SeriesName;
      readonly missing: readonly [];
    }
  | {
      readonly input: null;
      readonly series: SeriesName | null;
      readonly missing: readonly MissingFact[];
      message: string;
    };

export type MissingFact = 'totalSteps' | 'learningRate';

/** Why `run` cannot be forecast yet; `null` when it can. Costs nothing per point. */
export function forecastObstacle(run: TrackedRun): string | null {
  if (run.forecastSeries() === undefined) return NO_LOSS;
  const { plan, missing } = run.plan();
  return plan.totalSteps === null ? missingMessage(missing) : null;
}

const NO_LOSS = 'The log has no loss yet.';

/** Collects what a forecast of `run` needs; `parent` is the run from whose checkpoint it was started. */
export function forecastRequest(run: TrackedRun, options: ForecastOptions = {}, parent?: TrackedRun): ForecastRequest {
  const series = options.series ?? run.forecastSeries();
  if (series === undefined || run.parts(series).length === 0) {
    return { input: null, series: null, missing: [], message: NO_LOSS };
  }
  const whole = parent === undefined ? run : grafted(run, parent);
  const future = futureOf(whole, options);
  if ('missing' in future) {
    return { input: null, series, missing: future.missing, message: missingMessage(future.missing) };
  }
  const { reduced, ...points } = pointsOf(whole, series, options);
  const input: ForecastInput = {
    ...points,
    ...future,
    seed: FORECAST_SEED,
    ...(/^reward(\/|$)/.test(series) ? { kind: 'reward' } : isPolicyLoss(series) ? { kind: 'policy' } : {}),
    data: dataUseOf(whole, future.finalStep, options.until),
    ...(options.lawId === undefined ? {} : { lawId: options.lawId }),
  };
  const companion = companionOf(whole, series, options);
  const knowledge = {
    ...knowledgeOf(run, series, options),
    ...(companion === undefined ? {} : { companion }),
  };
  return { input, knowledge: reduced === undefined ? knowledge : { ...knowledge, reduced }, series, missing: [] };
}

function pointsOf(run: PlanSubject, series: SeriesName, { until }: ForecastOptions): LossPoints {
  if (until === undefined && run instanceof TrackedRun) return run.lossPoints(series);
  return pointsOfSpans(spansUntil(run.spans(series), until ?? Number.POSITIVE_INFINITY));
}

/** A validation loss with more points than this speaks for itself. */
const SPARSE = 64;

/** The training loss beside a validation loss of few points. */
function companionOf(run: PlanSubject, series: SeriesName, options: ForecastOptions): LossPoints | undefined {
  const isSparse = series === 'val_loss' && pointsOf(run, series, options).steps.length <= SPARSE;
  return isSparse && run.countOf('train_loss') > 0 ? pointsOf(run, 'train_loss', options) : undefined;
}

/** Name of a model that no settings name. */
const SIBLINGS = 'the same model';

function knowledgeOf(
  run: TrackedRun,
  series: SeriesName,
  { history = [], siblings = [], prior = 'shipped' }: ForecastOptions,
): Knowledge {
  const general = prior === 'none' ? WEAK_PRIOR : prior;
  const model = modelNameOf(run.config(), series) ?? (siblings.length > 0 ? SIBLINGS : undefined);
  const named = siblings.map((sibling) => ({ ...sibling, model: model ?? SIBLINGS }));
  const others = prior === 'none' ? [] : history.filter(({ name }) => !named.some((sibling) => sibling.name === name));
  const runs = [...withModels(others), ...named];
  return {
    ...(runs.length === 0 ? {} : { history: runs }),
    ...(model === undefined ? {} : { model }),
    ...(general === 'shipped' ? {} : { general }),
  };
}

const NO_LR: LrCurve = { steps: new Float64Array(0), lrs: new Float64Array(0) };

/** Learning rate to the end of the plan, or what is missing of it. */
function futureOf(
  run: PlanSubject,
  { until, totalSteps, lr }: ForecastOptions,
): { lr: LrCurve; finalStep: number } | { missing: readonly MissingFact[] } {
  if (lr !== undefined) return { lr: fromStart(lr), finalStep: totalSteps ?? lr.steps.at(-1)! };
  const isOwn = until === undefined && totalSteps === undefined && run instanceof TrackedRun;
  const { plan, lrCurve, missing } = isOwn ? run.freshPlan() : planOfRun(run, { until, totalSteps });
  if (plan.totalSteps === null) return { missing };
  // Without a learning rate a simpler law stands in, and the forecast says so.
  return { lr: lrCurve ?? NO_LR, finalStep: plan.totalSteps.value };
}

/** A schedule that begins late leaves the warm-up out: a straight rise from step 0 stands for it. */
function fromStart(lr: LrCurve): LrCurve {
  const { steps, lrs } = lr.steps.length > MAX_LR_KNOTS ? buildLrCurve({ observed: lr, schedule: null }) : lr;
  if (!(steps[0]! > 1)) return { steps, lrs };
  return { steps: Float64Array.from([0, ...steps]), lrs: Float64Array.from([0, ...lrs]) };
}

function missingMessage(missing: readonly MissingFact[]): string {
  if (missing.length === 2) return 'The log says neither how many steps are planned nor the learning rate.';
  if (missing[0] === 'totalSteps') return 'The log does not say how many steps are planned.';
  return 'The log does not say the learning rate.';
}
