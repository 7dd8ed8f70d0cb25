import type { Engine, EngineEvent } from '../../core/engine/engine';
import type { TrackedRun } from '../../core/engine/trackedRun';
import { LosslineError } from '../../core/errors';
import { MAX_PANEL_POINTS } from '../../core/limits';
import type { PlanFacts, SeriesName } from '../../core/model';
import type { ForecastView, PanelState, PanelView, RunPanelContract } from '../../protocol/panel';
import type { SeriesAppend, SeriesSnapshot } from '../../protocol/series';
import { viewOf } from '../runView';
import { answerQuestion } from '../whatIf';
import { SeriesStream } from './seriesStream';
import type { Emit, PanelSession } from './session';

type Events = RunPanelContract['toPanel'];

/** Series a panel shows when it does not ask for others. */
const DEFAULT_SERIES = ['train_loss', 'val_loss', 'learning_rate'];

/** One visible run panel: what it looks at, and what it has been told. */
export class RunSession implements PanelSession {
  #run: TrackedRun | undefined;
  #streams: SeriesStream[] = [];
  #dirty = { run: false, forecast: false };

  constructor(
    readonly engine: Engine,
    readonly emit: Emit<Events>,
  ) {}

  get runs(): readonly TrackedRun[] {
    return this.#run === undefined ? [] : [this.#run];
  }

  /** Throws `run.unknown` and `argument.invalid`. */
  async request(name: string, body: unknown): Promise<unknown> {
    switch (name) {
      case 'view/open':
        return this.#open(checkedView(body));
      case 'plan/set': {
        const { run, facts } = body as { run: string; facts: PlanFacts | null };
        this.engine.setPlan(run, facts);
        return null;
      }
      case 'view/whatIf':
        return answerQuestion(this.engine, body);
      case 'warnings/mute': {
        const { run, key, muted } = body as { run: string | null; key: string; muted: boolean };
        this.engine.setMuted(run, key, muted);
        return null;
      }
      default:
        throw new LosslineError('argument.invalid', `Unknown request ${name}.`);
    }
  }

  note({ kind, run }: EngineEvent): void {
    if (run !== this.#run) return;
    if (kind === 'removed') this.emit('run/didClose', { run: run.id });
    else this.#dirty[kind] = true;
  }

  close(): void {
    this.#run = undefined;
  }

  flush(): void {
    const run = this.#run;
    if (run === undefined) return;
    if (this.#dirty.run) {
      this.emit('run/didChange', viewOf(run, this.engine.host.clock.now(), this.engine.runs()));
      const resets: SeriesSnapshot[] = [];
      const appends: SeriesAppend[] = [];
      for (const stream of this.#streams) {
        const update = stream.update();
        if (update !== undefined) 'from' in update ? appends.push(update) : resets.push(update);
      }
      if (resets.length > 0) this.emit('series/didReset', resets);
      if (appends.length > 0) this.emit('series/didAppend', appends);
    }
    if (this.#dirty.forecast) this.emit('forecast/didChange', forecastView(run));
    this.#dirty = { run: false, forecast: false };
  }

  #open(view: PanelView): PanelState {
    const run = view.run === null ? newest(this.engine.runs()) : this.engine.run(view.run);
    if (run === undefined) {
      throw new LosslineError(
        'run.unknown',
        view.run === null ? 'No runs found yet.' : 'This run is not there any more.',
      );
    }
    this.#run = run;
    void this.engine.watchLaw(run);
    this.#dirty = { run: false, forecast: false };
    this.#streams = seriesOf(run, view.series).map((name) => new SeriesStream(run, name, view));
    return {
      run: viewOf(run, this.engine.host.clock.now(), this.engine.runs()),
      series: this.#streams.map((stream) => stream.snapshot()),
      forecast: forecastView(run),
    };
  }
}

/** The forecast of a run as a panel shows it. */
export function forecastView(run: TrackedRun): ForecastView {
  const { status, series, forecast, message } = run.forecast;
  return { run: run.id, series, status, forecast, message };
}

function seriesOf(run: TrackedRun, wanted: readonly SeriesName[]): SeriesName[] {
  if (wanted.length > 0) return [...wanted];
  const loss = run.forecastSeries();
  // Series that are not logged yet are streamed too: they may come with a later line.
  return loss === undefined || DEFAULT_SERIES.includes(loss) ? DEFAULT_SERIES : [loss, ...DEFAULT_SERIES];
}

function newest(runs: readonly TrackedRun[]): TrackedRun | undefined {
  return [...runs].sort((a, b) => b.changedAt - a.changedAt)[0];
}

function checkedView(body: unknown): PanelView {
  const view = body as PanelView;
  if (typeof view !== 'object' || view === null || !Number.isFinite(view.maxPoints) || !Array.isArray(view.series)) {
    throw new LosslineError('argument.invalid', 'The panel asked for a view that cannot be read.');
  }
  const smoothing = Number.isFinite(view.smoothing) ? Math.min(0.9999, Math.max(0, view.smoothing)) : 0;
  return { ...view, smoothing, maxPoints: Math.min(MAX_PANEL_POINTS, Math.max(50, view.maxPoints)) };
}
