import type { Engine } from '../../core/engine/engine';
import { type RunForecast, UNFITTED } from '../../core/engine/forecastState';
import type { TrackedRun } from '../../core/engine/trackedRun';
import { messageOf } from '../../core/errors';
import type { RunId, SeriesName } from '../../core/model';

/** Growth of a series after which it is fitted again: the ends move little from point to point. */
const REFIT_SHARE = 0.05;
/** Fits under way at a time: the engine's own have their turns too. */
const MAX_FITS = 2;

/** What a panel shows of a run: the series that was chosen and the forecast of that. */
export interface ShownForecast {
  readonly series: SeriesName | undefined;
  readonly forecast: RunForecast;
}

/**
 * Forecasts of a series beside the one that the engine forecasts of each run. Where both are the same, the engine's own
 * forecast is used; the others are fitted here, one after another, and forgotten when another series is chosen.
 */
export class SeriesForecasts {
  #series: SeriesName | null = null;
  readonly #made = new Map<RunId, RunForecast>();
  #round = 0;
  #fitting = 0;
  #queue: TrackedRun[] = [];

  /** `onForecast` hears of every fit that was made. */
  constructor(
    readonly engine: Engine,
    readonly onForecast: (run: RunId) => void,
  ) {}

  /** The series that was chosen; `null`: of each run its own. */
  get series(): SeriesName | null {
    return this.#series;
  }

  /** Takes another series; what was fitted for the one before is dropped. */
  choose(series: SeriesName | null): void {
    if (series === this.#series) return;
    this.#series = series;
    this.stop();
    this.#made.clear();
  }

  /** What is shown of a run; a run without the chosen series has none. */
  viewOf(run: TrackedRun): ShownForecast {
    const own = run.forecastSeries();
    if (this.#series === null || this.#series === own) return { series: own, forecast: run.forecast };
    if (run.countOf(this.#series) === 0) return { series: undefined, forecast: REFUSED };
    return { series: this.#series, forecast: this.#made.get(run.id) ?? UNFITTED };
  }

  /** Has those runs fitted whose series is new, has grown or has another plan, in their order. */
  want(runs: readonly TrackedRun[]): void {
    this.#queue = runs.filter((run) => this.#isStale(run));
    while (this.#fitting < MAX_FITS && this.#queue.length > 0) void this.#fitNext();
  }

  stop(): void {
    this.#round++;
    this.#queue = [];
  }

  #isStale(run: TrackedRun): boolean {
    const { series } = this.viewOf(run);
    if (series === undefined || series !== this.#series || series === run.forecastSeries()) return false;
    const made = this.#made.get(run.id);
    if (made === undefined || made.structure !== run.structure) return true;
    return run.countOf(series) > made.points * (1 + REFIT_SHARE);
  }

  async #fitNext(): Promise<void> {
    const [run, series, round] = [this.#queue.shift()!, this.#series!, this.#round];
    this.#fitting++;
    const forecast = await this.#fit(run, series);
    this.#fitting--;
    if (round === this.#round) {
      this.#made.set(run.id, forecast);
      this.onForecast(run.id);
    }
    if (this.#fitting < MAX_FITS && this.#queue.length > 0) void this.#fitNext();
  }

  async #fit(run: TrackedRun, series: SeriesName): Promise<RunForecast> {
    const at = { ...UNFITTED, series, structure: run.structure, points: run.countOf(series) };
    try {
      // As in a report: what was learnt from one kind of loss is not carried over to another.
      const { forecast, fitted } = await this.engine.fit(run.id, { series, history: [] });
      const status = forecast.refused === null ? 'ready' : 'refused';
      return { ...at, status, forecast, fitted, message: forecast.refused?.reason ?? '' };
    } catch (error) {
      return { ...at, status: 'failed', message: messageOf(error) };
    }
  }
}

const REFUSED: RunForecast = { ...UNFITTED, status: 'refused', message: 'It does not log this series.' };
