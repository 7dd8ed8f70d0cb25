import { type CancelSignal, CancelSource } from '../cancel';
import { CancelledError, LosslineError, messageOf } from '../errors';
import { smoothedEnd } from '../forecast/finalLoss';
import type { ForecastInput } from '../forecast/forecast';
import type { ForecastWithFit } from '../forecast/lawForecast';
import { wholeSeries } from '../forecast/options';
import type { RunId, SeriesName } from '../model';
import { modelNameOf } from '../prior/kinship';
import type { LearntRun } from '../prior/learntRun';
import type { RunForecast } from './forecastState';
import type { EngineHost } from './host';
import type { ForecastTask } from './jobs';
import { parentOf } from './kin';
import { type ForecastOptions, type ForecastRequest, forecastObstacle, forecastRequest } from './runForecast';
import { RunMemory } from './runMemory';
import type { TrackedRun } from './trackedRun';
import { Turns } from './turns';

/** Points that must be new before a live run is fitted again: 1 % of what was fitted, and at least one. */
const REFIT_SHARE = 0.01;
/** Least time between two fits of one run in milliseconds. */
const REFIT_PAUSE = 400;
/** Runs that are fitted in the background at a time: as many as there are threads at most, so that no job waits behind them all. */
const MAX_FITS = 4;

/** A forecast with the fitted law, and what both were made from. */
export interface RunFit extends ForecastWithFit, ForecastTask {
  readonly series: SeriesName;
}

type Requested = Extract<ForecastRequest, { readonly missing: readonly [] }>;

type FittedVersion = Pick<RunForecast, 'revision' | 'structure' | 'series' | 'points' | 'learnt'>;

/** What forecasts are made for. */
export interface ForecastedRuns {
  runs(): readonly TrackedRun[];
  has(run: TrackedRun): boolean;
  /** Resolves when the plan of a run is made from everything known. */
  planned(run: TrackedRun): Promise<void>;
  /** The forecast of a run has changed. */
  onForecast(run: TrackedRun): void;
}

/** Makes the forecasts of all runs: at once when asked, in the background when enough is new, and learns from what ended. */
export class Forecaster {
  /** The user's finished runs; learns nothing until told to. */
  readonly memory = new RunMemory();
  readonly #fits = new Map<RunId, { controller: CancelSource; done: Promise<void> }>();
  readonly #turns = new Turns(MAX_FITS);

  constructor(
    readonly host: EngineHost,
    readonly of: ForecastedRuns,
  ) {}

  /** A forecast of everything read so far. Throws `run.noSeries` and `plan.missing`. */
  async now(run: TrackedRun, options: ForecastOptions, signal?: CancelSignal): Promise<RunFit> {
    await this.of.planned(run);
    const request = forecastRequest(run, this.#knowing(run, options), this.#parentOf(run, options));
    if (request.input === null) {
      const code = request.series === null ? 'run.noSeries' : 'plan.missing';
      throw new LosslineError(code, request.message, run.files[0]?.path ?? null);
    }
    const at = this.#versionOf(run, request);
    const task = { input: request.input, options: request.knowledge };
    const result = await this.host.pool.run('forecast', task, signal);
    if (Object.keys(options).length === 0) this.#keep(run, at, result);
    return { ...result, ...task, series: request.series };
  }

  /**
   * Constants of a run as the memory keeps them, of all of it or up to a step; `null` when it has no loss, no learning rate or too few
   * points.
   */
  async learnFrom(run: TrackedRun, series?: SeriesName, until?: number): Promise<LearntRun | null> {
    const known = {
      ...(series !== undefined && run.parts(series).length > 0 ? { series } : {}),
      ...(until === undefined ? {} : { until }),
    };
    const parent = this.#parentOf(run, {});
    const first = forecastRequest(run, known, parent);
    // What is over needs no plan: its learning rates are known.
    const last = run.lastStep();
    const request =
      first.input !== null || last === null ? first : forecastRequest(run, { ...known, totalSteps: last }, parent);
    return request.input === null ? null : this.#learnt(run, request);
  }

  /** Fits a run in the background when enough is new. One fit per run at a time; the last state always gets its fit. */
  later(run: TrackedRun): void {
    if (this.host.onlyWhenAsked || this.#fits.has(run.id)) return;
    const controller = new CancelSource();
    const done = this.#fitUntilFresh(run, controller).finally(() => this.#fits.delete(run.id));
    this.#fits.set(run.id, { controller, done });
  }

  /** Runs whose fits go before those of others, the most wanted first. */
  prefer(runs: readonly RunId[]): void {
    this.#turns.prefer(runs);
  }

  /** Looks at all runs again, after the memory was changed. */
  refit(): void {
    for (const run of this.of.runs()) this.later(run);
  }

  /** Waits for all fits under way. */
  async settled(): Promise<void> {
    while (this.#fits.size > 0) await Promise.all([...this.#fits.values()].map((fit) => fit.done));
  }

  cancel(run: TrackedRun): void {
    this.#fits.get(run.id)?.controller.abort();
  }

  dispose(): void {
    for (const fit of this.#fits.values()) fit.controller.abort();
  }

  async #fitUntilFresh(run: TrackedRun, controller: CancelSource): Promise<void> {
    while (!controller.aborted && isStale(run, this.memory.revision)) {
      await this.#turns.take(run.id, () => this.#fitOnce(run, controller));
      await new Promise<void>((resolve) => this.host.clock.after(REFIT_PAUSE, resolve));
    }
  }

  async #fitOnce(run: TrackedRun, controller: CancelSource): Promise<void> {
    if (controller.aborted) return;
    await this.of.planned(run);
    const request = forecastRequest(run, this.#knowing(run, {}), this.#parentOf(run, {}));
    const at = this.#versionOf(run, request);
    if (request.input === null) {
      const refused = { status: 'refused', forecast: null, fitted: null, message: request.message } as const;
      this.#set(run, { ...run.forecast, ...at, ...refused });
      return;
    }
    this.#set(run, { ...run.forecast, ...at, status: 'fitting' });
    try {
      const task = { input: request.input, options: request.knowledge };
      const result = await this.host.pool.run('forecast', task, controller);
      this.#keep(run, at, result);
      if (this.memory.learns && isOver(request.input)) await this.#remember(run, request);
    } catch (error) {
      if (error instanceof CancelledError) return;
      this.host.log.warn(`Fit of ${run.name} failed: ${messageOf(error)}`);
      const failed = { status: 'failed', forecast: null, fitted: null, message: messageOf(error) } as const;
      this.#set(run, { ...run.forecast, ...failed });
    }
  }

  async #remember(run: TrackedRun, request: Requested): Promise<void> {
    const learnt = await this.#learnt(run, request);
    if (learnt !== null && this.memory.learn(learnt)) this.refit();
  }

  async #learnt(run: TrackedRun, { input, knowledge, series }: Requested): Promise<LearntRun | null> {
    const { steps, losses, lr, finalStep } = wholeSeries(input, knowledge);
    const last = input.steps.at(-1) ?? 0;
    const model = modelNameOf(run.config(), series);
    const facts = { name: run.name, ...(model === undefined ? {} : { model }) };
    const fitted = await this.host.pool.run('learn', { curve: { steps, losses, lr }, facts });
    const finalLoss = smoothedEnd({ ...input, finalStep: Math.min(finalStep, last) });
    return fitted && { ...fitted, id: run.id, series, steps: last, finalLoss };
  }

  #knowing(run: TrackedRun, options: ForecastOptions): ForecastOptions {
    return options.history === undefined ? { ...options, history: this.memory.historyFor(run.id) } : options;
  }

  #parentOf(run: TrackedRun, { branchOf }: ForecastOptions): TrackedRun | undefined {
    const runs = this.of.runs();
    return branchOf === undefined ? parentOf(run, runs) : runs.find(({ id }) => id === branchOf);
  }

  #versionOf(run: TrackedRun, { input, series }: ForecastRequest): FittedVersion {
    const { revision, structure } = run;
    const points = input === null ? 0 : run.countOf(series!);
    return { revision, structure, learnt: this.memory.revision, series, points };
  }

  #keep(run: TrackedRun, at: FittedVersion, { forecast, fitted }: ForecastWithFit): void {
    const status = forecast.refused === null ? 'ready' : 'refused';
    this.#set(run, { ...at, status, forecast, fitted, message: forecast.refused?.reason ?? '' });
  }

  #set(run: TrackedRun, forecast: RunForecast): void {
    run.forecast = forecast;
    if (this.of.has(run)) this.of.onForecast(run);
  }
}

/** Nothing more is expected of a series: a run that logs every n steps may end up to n before its plan. */
export function isOver({ steps, finalStep }: ForecastInput): boolean {
  const [previous = 0, last = 0] = steps.slice(-2);
  return steps.length > 1 && 2 * last - previous >= finalStep;
}

/** True when the run has enough new points, another plan, or other runs to learn from, since its last fit. */
function isStale(run: TrackedRun, learnt: number): boolean {
  const { forecast } = run;
  if (forecast.learnt !== learnt && forecast.forecast?.refused?.code !== 'finished') return true;
  if (forecast.structure !== run.structure) return true;
  if (forecast.revision === run.revision) return false;
  const obstacle = forecastObstacle(run);
  if (obstacle !== null) return forecast.forecast !== null || forecast.message !== obstacle;
  return run.countOf(run.forecastSeries()!) >= forecast.points + Math.max(1, forecast.points * REFIT_SHARE);
}
