import type { AnswerRefusal } from '../answers/answer';
import { chanceBelow, chanceBelowRun, endOf } from '../answers/chance';
import { lossAt } from '../answers/lossAt';
import { stepOfLoss } from '../answers/stepOfLoss';
import type { Estimate, Forecast, Refusal } from '../forecast/forecast';
import type { RunId, SeriesName } from '../model';
import type { FittedRun } from '../prior/memory';
import type { RunReport } from '../report/runReport';
import type { Engine } from './engine';
import type { RunFit } from './forecaster';
import type { ReportTask } from './jobs';
import { teaches } from './kin';
import type { ForecastOptions } from './runForecast';

/** What to forecast, and what to answer beside it. */
export interface PredictOptions extends ForecastOptions {
  /** The loss at this step. */
  readonly at?: number;
  /** When this loss is reached. */
  readonly target?: number;
  /** The chance to end below this other run of the engine. */
  readonly compare?: RunId;
  /** Runs of the engine that are of the same model and data, by the caller's word: those that are over are learnt from. */
  readonly with?: readonly RunId[];
}

/** The forecast of one run with its report and the answers asked for; `null` where nothing was asked. Plain data. */
export interface Prediction {
  readonly run: RunId;
  readonly name: string;
  readonly series: SeriesName;
  readonly forecast: Forecast;
  readonly report: RunReport;
  /** The other kind of loss, training or validation, where the log has both. */
  readonly also: readonly FinalLoss[];
  readonly at: { readonly step: number; readonly loss: Estimate | null; readonly refused: AnswerRefusal | null } | null;
  readonly target: TargetAnswer | null;
  readonly compare: (FinalLoss & { readonly run: RunId; readonly chanceBelow: number | null }) | null;
}

/** The final loss of one series. */
export interface FinalLoss {
  readonly series: SeriesName;
  readonly finalLoss: Estimate | null;
  readonly refused: Refusal | null;
}

/** When a loss is reached, and the chance that the run ends below it. */
export interface TargetAnswer {
  readonly loss: number;
  readonly step: number | null;
  readonly interval80: readonly [number | null, number | null] | null;
  readonly interval95: readonly [number | null, number | null] | null;
  readonly chance: number | null;
  readonly refused: AnswerRefusal | null;
}

/** No law was fitted, so nothing follows from it. */
const NO_FIT: AnswerRefusal = { code: 'notComparable', reason: 'There is no fit to answer from.' };

/**
 * Forecasts a run of `engine` and answers what is asked beside it: what `lossline predict` prints and the report of the
 * editor shows. Throws as `Engine.predict`.
 */
export async function predictRun(
  engine: Engine,
  run: RunId,
  { at, target, compare, with: siblings = [], ...rest }: PredictOptions = {},
): Promise<Prediction> {
  const options = siblings.length === 0 ? rest : { ...rest, siblings: await learntFrom(engine, run, siblings, rest) };
  const fit = await engine.fit(run, options);
  return {
    run,
    name: engine.run(run)!.name,
    series: fit.series,
    forecast: fit.forecast,
    report: await engine.host.pool.run('report', reportTask(fit)),
    also: await otherLosses(engine, run, { fit, options }),
    at: at === undefined ? null : atOf(fit, at),
    target: target === undefined ? null : targetOf(fit, target),
    compare: compare === undefined ? null : await comparedWith(engine, compare, fit),
  };
}

/** What the runs `ids` tell of `run`. */
async function learntFrom(
  engine: Engine,
  run: RunId,
  ids: readonly RunId[],
  { series = engine.run(run)?.forecastSeries(), siblings = [] }: ForecastOptions,
): Promise<readonly FittedRun[]> {
  const own = engine.run(run);
  if (own === undefined || series === undefined) return siblings;
  const others = [...new Set(ids)].flatMap((id) => engine.run(id) ?? []);
  const learnt = await Promise.all(
    others.filter((other) => teaches(other, own, { series })).map(({ id }) => engine.learnFrom(id, series)),
  );
  return [...siblings, ...learnt.filter((sibling) => sibling !== null)];
}

/** What a report needs, and nothing else: it crosses threads. */
function reportTask({ forecast, fitted, input, options }: RunFit): ReportTask {
  return { fit: { forecast, fitted }, input, options };
}

/** Losses that a run is asked for, the training loss first. */
const LOSSES: readonly SeriesName[] = ['train_loss', 'val_loss'];

async function otherLosses(
  engine: Engine,
  id: RunId,
  { fit, options }: { readonly fit: RunFit; readonly options: ForecastOptions },
): Promise<FinalLoss[]> {
  const logged = LOSSES.filter((name) => name !== fit.series && (engine.run(id)?.parts(name).length ?? 0) > 0);
  if (!LOSSES.includes(fit.series) || logged.length === 0) return [];
  // What was learnt from one kind of loss is not carried over to the other.
  const others = logged.map((series) => engine.fit(id, { ...options, series, history: [], siblings: [] }));
  return (await Promise.all(others)).map(finalLossOf);
}

function finalLossOf({ series, forecast }: RunFit): FinalLoss {
  return { series, finalLoss: forecast.finalLoss, refused: forecast.refused };
}

function atOf({ fitted }: RunFit, step: number): Prediction['at'] {
  if (fitted === null) return { step, loss: null, refused: NO_FIT };
  const { value, refused } = lossAt(fitted, step);
  return { step, loss: value, refused };
}

function targetOf({ fitted }: RunFit, loss: number): TargetAnswer {
  const none = { loss, step: null, interval80: null, interval95: null, chance: null };
  if (fitted === null) return { ...none, refused: NO_FIT };
  const { value, refused } = stepOfLoss(fitted, loss);
  if (value === null) return { ...none, refused };
  const { step, interval80, interval95 } = value;
  return { loss, step, interval80, interval95, chance: chanceBelow(fitted, loss).value, refused: null };
}

async function comparedWith(engine: Engine, id: RunId, fit: RunFit): Promise<Prediction['compare']> {
  const run = engine.run(id);
  const series = (run?.parts(fit.series).length ?? 0) > 0 ? { series: fit.series } : {};
  // A run whose plan nobody knows is taken as it stands: its end is measured.
  const last = run?.plan().plan.totalSteps === null ? run.lastStep() : null;
  const other = await engine.fit(id, last === null ? series : { ...series, totalSteps: last });
  const [a, b] = [endOf(fit), endOf(other)];
  return { run: id, ...finalLossOf(other), chanceBelow: a === null || b === null ? null : chanceBelowRun(a, b) };
}
