import { endOf } from '../answers/chance';
import { type CollapsedRun, collapse } from '../answers/collapse';
import { rankRuns, type Standing } from '../answers/ranking';
import { LosslineError } from '../errors';
import type { Estimate, Forecast } from '../forecast/forecast';
import { wholeSeries } from '../forecast/options';
import type { RunId, SeriesName } from '../model';
import type { FittedRun } from '../prior/memory';
import type { Engine } from './engine';
import { isOver, type RunFit } from './forecaster';
import { areSiblings, teaches } from './kin';
import type { ForecastOptions } from './runForecast';
import type { TrackedRun } from './trackedRun';

/** One run among others; `null` where its end cannot be told, and `refused` says why. Plain data. */
export interface ComparedRun {
  readonly run: RunId;
  readonly name: string;
  readonly series: SeriesName | null;
  readonly seen: Forecast['seen'] | null;
  readonly finalStep: number | null;
  readonly finalLoss: Estimate | null;
  readonly refused: { readonly code: string; readonly reason: string } | null;
  readonly standing: Standing | null;
  /** Names of the runs it has learnt from. */
  readonly learntFrom: readonly string[];
  /** How far it is off the curve that all would share if they were one recipe (`collapse`); `null` where that cannot be told. */
  readonly offFamily: Pick<CollapsedRun, 'deviation' | 'z'> | null;
}

/** Runs side by side, the lowest expected end first, those without an end last. */
export interface Comparison {
  /** The series they are compared by; `null` when they have none in common, so that each is taken by its own loss. */
  readonly series: SeriesName | null;
  readonly runs: readonly ComparedRun[];
}

/** How to compare runs. */
export interface CompareOptions extends ForecastOptions {
  /** All runs are of one model and data, whatever their settings say. */
  readonly areSiblings?: boolean;
}

/**
 * Forecasts the runs and says how they stand: what `lossline compare` prints. A run learns from the others of its model
 * (`areSiblings`) that are over. Runs are compared by the loss that a
 * forecast of them takes, or the first one that all have. Faults of one run are told with it. Throws
 * `argument.invalid` for fewer than two runs.
 */
export async function compareRuns(
  engine: Engine,
  ids: readonly RunId[],
  { areSiblings: areAll = false, ...options }: CompareOptions = {},
): Promise<Comparison> {
  if (ids.length < 2) throw new LosslineError('argument.invalid', 'A comparison needs two runs.');
  const series = options.series ?? commonSeries(engine, ids);
  const siblings =
    series === null ? () => [] : await siblingsOf(engine, ids, { ...options, series, areSiblings: areAll });
  const fits = await Promise.all(
    ids.map((id) => fitOf(engine, id, series === null ? options : { ...options, series, siblings: siblings(id) })),
  );
  const known = fits.flatMap((fit, i) => {
    const end = 'fault' in fit ? null : endOf(fit);
    return end === null || 'fault' in fit ? [] : [{ i, end, isFinished: isOver(fit.input) }];
  });
  const standings = new Map(rankRuns(known).map((standing, k) => [known[k]!.i, standing]));
  const family = familyOf(ids, fits);
  const rows = ids.map((id, i) => ({
    ...comparedRun(engine, id, fits[i]!, standings.get(i) ?? null),
    offFamily: family.get(id) ?? null,
  }));
  return { series, runs: rows.sort((a, b) => rankOf(a) - rankOf(b)) };
}

/** For each of the runs what the others of its model tell of it. */
async function siblingsOf(
  engine: Engine,
  ids: readonly RunId[],
  { series, until, areSiblings: areAll = false }: CompareOptions & { readonly series: SeriesName },
): Promise<(id: RunId) => readonly FittedRun[]> {
  const runs = ids.flatMap((id) => engine.run(id) ?? []);
  const kin = (run: TrackedRun): TrackedRun[] =>
    runs.filter((other) => (areAll || areSiblings(run, other, series)) && teaches(other, run, { series, until }));
  const teachers = new Map(runs.map((run) => [run.id, kin(run)]));
  const asked = [...new Set([...teachers.values()].flat())];
  const learnt = await Promise.all(asked.map(({ id }) => engine.learnFrom(id, series, until)));
  const known = new Map(asked.map(({ id }, i) => [id, learnt[i]!]));
  return (id) => (teachers.get(id) ?? []).flatMap((other) => known.get(other.id) ?? []);
}

interface Fault {
  readonly fault: { readonly code: string; readonly reason: string };
}

async function fitOf(engine: Engine, id: RunId, options: ForecastOptions): Promise<RunFit | Fault> {
  try {
    return await engine.fit(id, options);
  } catch (error) {
    if (error instanceof LosslineError) return { fault: { code: error.code, reason: error.message } };
    throw error;
  }
}

/** Distances of the runs from their common curve, those that have a forecast or an end. Empty for fewer than three. */
function familyOf(
  ids: readonly RunId[],
  fits: readonly (RunFit | Fault)[],
): Map<string, Pick<CollapsedRun, 'deviation' | 'z'>> {
  const runs = fits.flatMap((fit, i) => {
    if ('fault' in fit || fit.forecast.finalLoss === null) return [];
    const { steps, losses } = wholeSeries(fit.input, fit.options);
    const { finalStep, finalLoss } = fit.forecast;
    return [{ name: ids[i]!, steps, losses, finalStep, finalLoss: finalLoss.value }];
  });
  const found = collapse(runs).value ?? [];
  return new Map(found.map(({ name, deviation, z }) => [name, { deviation, z }]));
}

function comparedRun(
  engine: Engine,
  id: RunId,
  fit: RunFit | Fault,
  standing: Standing | null,
): Omit<ComparedRun, 'offFamily'> {
  const name = engine.run(id)?.name ?? id;
  if ('fault' in fit) {
    const none = { series: null, seen: null, finalStep: null, finalLoss: null, standing: null, learntFrom: [] };
    return { run: id, name, ...none, refused: fit.fault };
  }
  const { seen, finalStep, finalLoss, refused, report } = fit.forecast;
  const { learntFrom } = report;
  return { run: id, name, series: fit.series, seen, finalStep, finalLoss, refused, standing, learntFrom };
}

/** The loss that a forecast of every run takes, else the first loss that all of them have. */
function commonSeries(engine: Engine, ids: readonly RunId[]): SeriesName | null {
  const runs = ids.flatMap((id) => engine.run(id) ?? []);
  const wanted = [...runs.map((run) => run.lossSeries()), 'val_loss', 'train_loss'];
  return wanted.find((name) => name !== undefined && runs.every((run) => run.parts(name).length > 0)) ?? null;
}

function rankOf({ standing }: ComparedRun): number {
  return standing?.rank ?? Number.MAX_SAFE_INTEGER;
}
