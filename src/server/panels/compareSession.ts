import type { Engine, EngineEvent } from '../../core/engine/engine';
import type { TrackedRun } from '../../core/engine/trackedRun';
import { CancelledError, LosslineError, messageOf } from '../../core/errors';
import type { RunId } from '../../core/model';
import type {
  CompareCurve,
  CompareLook,
  ComparePanelContract,
  CompareProgress,
  CompareRow,
  CompareState,
} from '../../protocol/compare';
import { configsOf } from './compare/configs';
import { compareCurve } from './compare/curve';
import { rowOf, warningsOf } from './compare/row';
import { inSlices } from './compare/slices';
import { commonLosses, Ends, NO_STANDINGS, rankingOf, standingsOf } from './compare/standings';
import { SeriesForecasts } from './seriesForecasts';
import type { Emit, PanelSession } from './session';

type Events = ComparePanelContract['toPanel'];

/** Milliseconds from a change to the message that tells of it: rows are read, not watched. */
const TELL_PAUSE = 400;
/** Milliseconds between two looks at live runs of which nothing is heard. */
const SILENCE_PAUSE = 30_000;
/** Runs whose curves are sent, and curves of one message. */
const MAX_LOOKED = 1000;
const CURVES_AT_ONCE = 25;
/** Rows of one message: what is looked at does not wait for the rest. */
const ROWS_AT_ONCE = 50;

/**
 * One visible compare panel. Forecasts are the engine's own, made in the background; this session only says whose come
 * first, and has the runs ranked on a thread.
 */
export class CompareSession implements PanelSession {
  /** None is read more often than others: a comparison shows the engine's usual news. */
  readonly runs: readonly TrackedRun[] = [];
  #only: ReadonlySet<RunId> | null = null;
  #look: CompareLook = { runs: [], pinned: null, smoothing: 0, window: null, series: null, hidden: [] };
  readonly #rows = new Map<RunId, CompareRow>();
  readonly #dirty = new Set<RunId>();
  readonly #removed = new Set<RunId>();
  /** What each curve was made from when it was sent. */
  readonly #curves = new Map<RunId, string>();
  readonly #ends = new Ends();
  readonly #forecasts: SeriesForecasts;
  /** What the runs were ranked by when it was told last. */
  #ranked = '';
  #configKey = '';
  #timer: { dispose(): void } | undefined;
  #silence: { dispose(): void } | undefined;
  #telling = false;
  #opened = false;
  /** Counts the times that the panel was opened: what is still being told of the view before is told no more. */
  #view = 0;

  constructor(
    readonly engine: Engine,
    readonly emit: Emit<Events>,
  ) {
    this.#forecasts = new SeriesForecasts(engine, (run) => {
      this.#dirty.add(run);
      this.flush();
    });
  }

  /** Runs whose fits the panel waits for. */
  get next(): readonly RunId[] {
    return this.#look.runs;
  }

  /** Throws `argument.invalid`. */
  async request(name: string, body: unknown): Promise<unknown> {
    if (name === 'view/open') return this.#open(body);
    if (name !== 'view/look') throw new LosslineError('argument.invalid', `Unknown request ${name}.`);
    this.#look = checkedLook(body);
    if (this.#look.series !== this.#forecasts.series) {
      this.#forecasts.choose(this.#look.series);
      for (const { id } of this.#compared()) this.#dirty.add(id);
    }
    this.#later(0);
    return null;
  }

  note({ kind, run }: EngineEvent): void {
    if (this.#only !== null && !this.#only.has(run.id)) return;
    const gone = kind === 'removed';
    (gone ? this.#removed : this.#dirty).add(run.id);
    (gone ? this.#dirty : this.#removed).delete(run.id);
  }

  flush(): void {
    if (this.#opened && this.#dirty.size + this.#removed.size > 0) this.#later(TELL_PAUSE);
  }

  close(): void {
    this.#opened = false;
    this.#forecasts.stop();
    this.#timer?.dispose();
    this.#silence?.dispose();
  }

  async #open(body: unknown): Promise<CompareState> {
    const { runs, pinned } = (body ?? {}) as { runs?: unknown; pinned?: unknown };
    const isList = Array.isArray(runs) && runs.every((run) => typeof run === 'string');
    if (runs !== null && !isList) throw new LosslineError('argument.invalid', 'The panel named no runs.');
    this.#only = isList ? new Set(runs as RunId[]) : null;
    this.#look = { ...this.#look, runs: [], pinned: typeof pinned === 'string' ? pinned : null };
    this.#view++;
    for (const memory of [this.#rows, this.#curves, this.#dirty, this.#removed]) memory.clear();
    const compared = this.#compared();
    const now = this.engine.host.clock.now();
    for (const run of compared) this.#rows.set(run.id, rowOf(run, now, this.#forecasts.viewOf(run)));
    // What takes longer comes in parts, for the rows that are looked at first.
    for (const { id } of compared) this.#dirty.add(id);
    this.#opened = true;
    this.#silence?.dispose();
    this.#watchSilence();
    this.#configKey = configKey(compared);
    this.#ranked = '';
    this.#later(0);
    return {
      runs: this.#only && [...this.#only],
      rows: [...this.#rows.values()],
      configs: configsOf(compared),
      standings: NO_STANDINGS,
      progress: this.#progress(),
    };
  }

  #compared(): TrackedRun[] {
    return this.engine.runs().filter(({ id }) => this.#only === null || this.#only.has(id));
  }

  #later(milliseconds: number): void {
    if (this.#timer !== undefined && milliseconds > 0) return;
    this.#timer?.dispose();
    this.#timer = this.engine.host.clock.after(milliseconds, () => {
      this.#timer = undefined;
      void this.#tell();
    });
  }

  /** Tells what is new, one thing after the other, and never two at a time. */
  async #tell(): Promise<void> {
    if (!this.#opened) return;
    if (this.#telling) return this.#later(TELL_PAUSE);
    this.#telling = true;
    try {
      await this.#tellRows();
      this.#tellConfigs();
      await this.#tellCurves();
      await this.#tellStandings();
    } catch (error) {
      if (!(error instanceof CancelledError)) this.engine.host.log.warn(`Comparison: ${messageOf(error)}`);
    } finally {
      this.#telling = false;
    }
  }

  async #tellRows(): Promise<void> {
    const changed = [...this.#dirty].flatMap((id) => this.engine.run(id) ?? []);
    const removed = [...this.#removed].filter((id) => this.#rows.delete(id));
    this.#dirty.clear();
    this.#removed.clear();
    const { clock } = this.engine.host;
    const [now, all, shown] = [clock.now(), this.engine.runs(), this.#view];
    let rows: CompareRow[] = [];
    const send = (gone: readonly RunId[]): void => {
      if (rows.length + gone.length > 0)
        this.#send('rows/didChange', { rows, removed: gone, progress: this.#progress() });
      rows = [];
    };
    send(removed);
    const places = new Map(this.#look.runs.map((id, place) => [id, place]));
    const placeOf = ({ id }: TrackedRun): number => places.get(id) ?? places.size;
    await inSlices(
      clock,
      changed.sort((a, b) => placeOf(a) - placeOf(b)),
      (run) => {
        if (shown !== this.#view) return;
        // Ends are evaluated here, in their slice; the ranking finds them made.
        const view = this.#forecasts.viewOf(run);
        this.#ends.of(view.forecast);
        const row = { ...rowOf(run, now, view), warnings: warningsOf(run, now, all) };
        this.#rows.set(run.id, row);
        rows.push(row);
        if (rows.length >= ROWS_AT_ONCE) send([]);
      },
    );
    if (shown !== this.#view) return;
    send([]);
    const compared = this.#compared();
    this.#forecasts.want(compared.sort((a, b) => placeOf(a) - placeOf(b)));
  }

  #tellConfigs(): void {
    const compared = this.#compared();
    const key = configKey(compared);
    if (key === this.#configKey) return;
    this.#configKey = key;
    this.#send('configs/didChange', configsOf(compared));
  }

  async #tellCurves(): Promise<void> {
    const { runs, smoothing, window } = this.#look;
    const { clock } = this.engine.host;
    const shown = this.#view;
    let curves: CompareCurve[] = [];
    const send = (): void => {
      if (curves.length > 0) this.#send('curves/didChange', curves);
      curves = [];
    };
    await inSlices(clock, runs, (id) => {
      const run = this.engine.run(id);
      if (run === undefined || shown !== this.#view) return;
      const view = this.#forecasts.viewOf(run);
      const { revision, status, points } = view.forecast;
      const version = [smoothing, window, run.revision, view.series, revision, status, points].join();
      if (this.#curves.get(id) === version) return;
      this.#curves.set(id, version);
      curves.push(compareCurve(run, view, { smoothing, window }, clock.now()));
      if (curves.length >= CURVES_AT_ONCE) send();
    });
    if (shown === this.#view) send();
  }

  async #tellStandings(): Promise<void> {
    const shown = this.#view;
    const hidden = new Set(this.#look.hidden);
    const compared = this.#compared().filter(({ id }) => !hidden.has(id));
    const made = compared.map((run) => [run.id, this.#forecasts.viewOf(run).forecast] as const);
    const [of, choices] = [rankingOf(made, this.#ends), commonLosses(compared)];
    const contenders = of.ranked.map(({ contender }) => contender);
    const key = JSON.stringify([this.#look.pinned, of.ranked, choices]);
    if (this.#ranked === key) return;
    const standings = await this.engine.host.pool.run('ranking', contenders);
    if (shown !== this.#view) return;
    this.#ranked = key;
    this.#send('standings/didChange', { ...standingsOf(of, standings, this.#look.pinned), choices });
  }

  #progress(): CompareProgress {
    const rows = [...this.#rows.values()];
    const done = rows.filter(({ end }) => end.status !== 'waiting' && end.status !== 'fitting').length;
    return { done, of: rows.length };
  }

  /** A run that stands still changes nothing, so its state is looked at now and then. */
  #watchSilence(): void {
    this.#silence = this.engine.host.clock.after(SILENCE_PAUSE, () => {
      for (const { run, state } of this.#rows.values()) if (state === 'live') this.#dirty.add(run);
      this.flush();
      this.#watchSilence();
    });
  }

  #send<N extends keyof Events & string>(name: N, body: Events[N]): void {
    if (this.#opened) this.emit(name, body);
  }
}

function configKey(runs: readonly TrackedRun[]): string {
  return runs.map(({ id, structure }) => `${id} ${structure}`).join('\n');
}

function isRange(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[1] > value[0];
}

function checkedLook(body: unknown): CompareLook {
  const { runs, pinned, smoothing, window, series, hidden } = (body ?? {}) as Record<keyof CompareLook, unknown>;
  if (!Array.isArray(runs) || !runs.every((run) => typeof run === 'string') || !Number.isFinite(smoothing)) {
    throw new LosslineError('argument.invalid', 'The panel asked for curves that cannot be read.');
  }
  return {
    runs: runs.slice(0, MAX_LOOKED),
    pinned: typeof pinned === 'string' ? pinned : null,
    smoothing: Math.min(0.9999, Math.max(0, smoothing as number)),
    window: isRange(window) ? window : null,
    series: typeof series === 'string' ? series : null,
    hidden: Array.isArray(hidden) ? hidden.filter((run) => typeof run === 'string') : [],
  };
}
