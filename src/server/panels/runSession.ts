import { discoverCheckpoints } from '../../core/checkpoints/discoverCheckpoints';
import type { Engine, EngineEvent } from '../../core/engine/engine';
import { predictRun } from '../../core/engine/prediction';
import { explainedFindings } from '../../core/engine/runFindings';
import type { TrackedRun } from '../../core/engine/trackedRun';
import { LosslineError } from '../../core/errors';
import { MAX_PANEL_POINTS } from '../../core/limits';
import type { PlanFacts, SeriesName } from '../../core/model';
import { reportHtml } from '../../core/report/html';
import { reportMarkdown } from '../../core/report/markdown';
import type { ForecastView, PanelState, PanelView, ReportView, RunPanelContract } from '../../protocol/panel';
import type { CheckpointView, RunView } from '../../protocol/run';
import type { SeriesAppend, SeriesSnapshot } from '../../protocol/series';
import { viewOf } from '../runView';
import { answerQuestion } from '../whatIf';
import { listRuns, listSeries } from './listings';
import { Overlays } from './overlays';
import { SeriesForecasts } from './seriesForecasts';
import { SeriesStream } from './seriesStream';
import type { Emit, PanelSession } from './session';

type Events = RunPanelContract['toPanel'];

/** Series a panel shows when it does not ask for others. */
const DEFAULT_SERIES = ['train_loss', 'val_loss', 'learning_rate'];
/** Series and overlays of one panel. */
const MAX_PICKED = 12;
const MAX_CHECKPOINTS_SHOWN = 1000;

/** One visible run panel: what it looks at, and what it has been told. */
export class RunSession implements PanelSession {
  #run: TrackedRun | undefined;
  #streams: SeriesStream[] = [];
  readonly #overlays: Overlays;
  readonly #validation: SeriesForecasts;
  #checkpoints: { readonly run: TrackedRun; readonly views: readonly CheckpointView[] } | undefined;
  #dirty = { run: false, forecast: false };

  constructor(
    readonly engine: Engine,
    readonly emit: Emit<Events>,
  ) {
    this.#overlays = new Overlays(engine);
    this.#validation = new SeriesForecasts(engine, () => {
      this.#dirty.forecast = true;
      this.flush();
    });
    this.#validation.choose('val_loss');
  }

  get runs(): readonly TrackedRun[] {
    return this.#run === undefined ? [] : [this.#run, ...this.#overlays.runs];
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
      case 'view/series':
        return listSeries(this.#named(body));
      case 'view/runs':
        return listRuns(this.#named(body), this.engine.runs(), this.engine.host.clock.now());
      case 'view/report':
        return this.#report(this.#named(body));
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
    if (kind === 'run') this.#overlays.note(run);
    if (run !== this.#run) return;
    if (kind === 'removed') this.emit('run/didClose', { run: run.id });
    else this.#dirty[kind] = true;
  }

  close(): void {
    this.#validation.stop();
    this.#run = undefined;
  }

  flush(): void {
    const run = this.#run;
    if (run === undefined) return;
    if (this.#dirty.run) {
      this.emit('run/didChange', this.#view(run));
      const resets: SeriesSnapshot[] = [];
      const appends: SeriesAppend[] = [];
      for (const stream of this.#streams) {
        const update = stream.update();
        if (update !== undefined) 'from' in update ? appends.push(update) : resets.push(update);
      }
      if (resets.length > 0) this.emit('series/didReset', resets);
      if (appends.length > 0) this.emit('series/didAppend', appends);
    }
    if (this.#dirty.forecast) this.emit('forecast/didChange', this.#forecast(run));
    this.#wantValidation(run);
    const overlays = this.#overlays.changes();
    if (overlays.length > 0) this.emit('overlays/didChange', overlays);
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
    void this.#findCheckpoints(run);
    this.#wantValidation(run);
    this.#dirty = { run: false, forecast: false };
    // A stream that goes on keeps what it has smoothed.
    const before = this.#streams.filter((stream) => stream.run === run);
    this.#streams = seriesOf(run, view.series).map((name) => {
      const stream = before.find((each) => each.name === name) ?? new SeriesStream(run, name, view);
      stream.view = view;
      return stream;
    });
    return {
      run: this.#view(run),
      series: this.#streams.map((stream) => stream.snapshot()),
      forecast: this.#forecast(run),
      overlays: this.#overlays.open(view),
    };
  }

  #view(run: TrackedRun): RunView {
    const checkpoints = this.#checkpoints?.run === run ? this.#checkpoints.views : [];
    return viewOf(run, this.engine.host.clock.now(), this.engine.runs(), checkpoints);
  }

  #forecast(run: TrackedRun): ForecastView {
    const { status, series, forecast, message } = run.forecast;
    const beside = this.#validation.viewOf(run);
    const isOwn = beside.series === undefined || beside.series === series || beside.forecast.status !== 'ready';
    const validation = isOwn ? null : (beside.forecast.forecast?.finalLoss ?? null);
    return { run: run.id, series, status, forecast, message, validation };
  }

  /** The validation loss is asked for once the forecast of the run stands. */
  #wantValidation(run: TrackedRun): void {
    if (run.forecast.status === 'ready') this.#validation.want([run]);
  }

  /** Looks for checkpoints once per run: a long run has them everywhere. */
  async #findCheckpoints(run: TrackedRun): Promise<void> {
    if (this.#checkpoints?.run === run || run.folder === '') return;
    this.#checkpoints = { run, views: [] };
    const { checkpoints } = await discoverCheckpoints(this.engine.host.fs, run.folder);
    const views = checkpoints.flatMap(({ path, step }) => (step === null ? [] : [{ path, step }]));
    if (this.#run !== run || views.length === 0) return;
    this.#checkpoints = { run, views: views.slice(-MAX_CHECKPOINTS_SHOWN) };
    this.emit('run/didChange', this.#view(run));
  }

  #named(body: unknown): TrackedRun {
    const id = (body as { run?: unknown } | null)?.run;
    const run = typeof id === 'string' ? this.engine.run(id) : undefined;
    if (run === undefined) throw new LosslineError('run.unknown', 'This run is not there any more.');
    return run;
  }

  async #report(run: TrackedRun): Promise<ReportView> {
    const prediction = await predictRun(this.engine, run.id);
    const { name, forecast, report } = prediction;
    const warnings = await explainedFindings(this.engine, run);
    const [markdown, html] = [reportMarkdown(prediction, warnings), reportHtml(prediction, warnings)];
    return { name, forecast, report, markdown, html };
  }
}

function seriesOf(run: TrackedRun, wanted: readonly SeriesName[]): SeriesName[] {
  const loss = run.forecastSeries();
  // Series that are not logged yet are streamed too: they may come with a later line.
  return [...new Set([...(loss === undefined ? [] : [loss]), ...DEFAULT_SERIES, ...wanted])];
}

function newest(runs: readonly TrackedRun[]): TrackedRun | undefined {
  return [...runs].sort((a, b) => b.changedAt - a.changedAt)[0];
}

function checkedView(body: unknown): PanelView {
  const view = body as PanelView;
  if (typeof view !== 'object' || view === null || !Number.isFinite(view.maxPoints) || !Array.isArray(view.series)) {
    throw new LosslineError('argument.invalid', 'The panel asked for a view that cannot be read.');
  }
  const names = (list: unknown): string[] =>
    (Array.isArray(list) ? list : []).filter((name) => typeof name === 'string').slice(0, MAX_PICKED);
  const smoothing = Number.isFinite(view.smoothing) ? Math.min(0.9999, Math.max(0, view.smoothing)) : 0;
  const picked = { series: names(view.series), overlays: names(view.overlays) };
  return { ...view, ...picked, smoothing, maxPoints: Math.min(MAX_PANEL_POINTS, Math.max(50, view.maxPoints)) };
}
