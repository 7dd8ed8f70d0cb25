import { CancelSource } from '../../core/cancel';
import type { Engine, EngineEvent } from '../../core/engine/engine';
import type { TrackedRun } from '../../core/engine/trackedRun';
import { LosslineError, messageOf } from '../../core/errors';
import type { TensorReport } from '../../core/spectra/analyseTensors';
import type {
  CheckpointList,
  CheckpointView,
  ComparisonView,
  FirstAnalysis,
  FoundCheckpointView,
  ScaleFacts,
  SpectraExport,
  SpectraPanelContract,
  SpectraState,
} from '../../protocol/spectra';
import type { Analyses } from '../spectra/analyses';
import type { Analysis } from '../spectra/analysis';
import { checkpointsWith, runAround } from '../spectra/checkpointList';
import { exportOf } from '../spectra/exports';
import { scaleFactsOf } from '../spectra/scaleFacts';
import { checkpointView, factsView, matrixView, tensorView } from '../spectra/views';
import type { Emit, PanelSession } from './session';

type Requests = SpectraPanelContract['requests'];
type Params<N extends keyof Requests> = Requests[N]['params'];

/** Least milliseconds between two updates of the panel, and between two looks for new checkpoints. */
const FLUSH_PAUSE = 80;
const LOOK_PAUSE = 10_000;

/** Bytes of weights whose analysis takes seconds. */
const SMALL = 1e9;

/** One spectra panel: the checkpoints of a training, and what was measured of them. Hidden, it keeps its results and is told nothing. */
export class SpectraSession implements PanelSession {
  #path = '';
  #run: TrackedRun | undefined;
  #found: FoundCheckpointView[] = [];
  #capped = false;
  #visible = false;
  #lookedAt = 0;
  #timer: { dispose(): void } | undefined;
  #comparison: CancelSource | undefined;
  /** What the panel has not been told: checkpoints, each with its new matrices. */
  readonly #dirty = new Map<Analysis, Set<string>>();
  readonly #held = new Map<string, Analysis>();
  readonly #added = new Set<string>();
  readonly #listening: readonly { dispose(): void }[];

  constructor(
    readonly engine: Engine,
    readonly emit: Emit<SpectraPanelContract['toPanel']>,
    readonly analyses: Analyses,
  ) {
    const told = (analysis: Analysis, found: readonly TensorReport[]): void => {
      if (this.#held.get(analysis.path) !== analysis) return;
      this.#touch(
        analysis,
        found.map(({ name }) => name),
      );
    };
    this.#listening = [analyses.onDidChange(told), analyses.onDidMeasure((path) => void this.#takeMeasured(path))];
  }

  get runs(): readonly TrackedRun[] {
    return [];
  }

  /** Throws `argument.invalid` and what reading a folder gives. */
  async request(name: string, body: unknown): Promise<unknown> {
    switch (name) {
      case 'view/open':
        return this.#open(body as Params<'view/open'>);
      case 'spectra/start':
        return this.#start((body as Params<'spectra/start'>).paths);
      case 'spectra/cancel':
        for (const path of (body as Params<'spectra/cancel'>).paths) this.#analysis(path).cancel();
        return null;
      case 'spectra/matrix': {
        const { path, name: matrix } = body as Params<'spectra/matrix'>;
        return matrixView(this.#analysis(path), matrix);
      }
      case 'spectra/add':
        return this.#add((body as Params<'spectra/add'>).path);
      case 'spectra/compare': {
        const { path, other } = body as Params<'spectra/compare'>;
        return this.#compare(this.#analysis(path), this.#analysis(other));
      }
      case 'spectra/export': {
        const { path, format } = body as Params<'spectra/export'>;
        return this.#export(path, format);
      }
      default:
        throw new LosslineError('argument.invalid', `Unknown request ${name}.`);
    }
  }

  /** A run that grows may have written a checkpoint. */
  note({ kind, run }: EngineEvent): void {
    if (!this.#visible || kind === 'removed' || run !== this.#run) return;
    if (this.engine.host.clock.now() - this.#lookedAt >= LOOK_PAUSE) void this.#lookForMore();
  }

  flush(): void {}

  hide(): void {
    this.#visible = false;
    this.#dirty.clear();
  }

  close(): void {
    this.hide();
    this.#timer?.dispose();
    this.#comparison?.abort();
    for (const listening of this.#listening) listening.dispose();
    this.analyses.release(this);
    this.#held.clear();
  }

  async #open({ path, analyse }: Params<'view/open'>): Promise<SpectraState> {
    if (typeof path !== 'string' || path === '')
      throw new LosslineError('argument.invalid', 'No checkpoint was named.');
    if (path !== this.#path) await this.#look(path);
    this.#visible = true;
    this.#dirty.clear();
    const analysis = this.#analysis(path);
    await Promise.all([...this.#held.values()].map((each) => each.renew(this.engine.host.fs)));
    if (analysis.state === 'idle' && this.#mayStart(path, analyse)) this.analyses.start([analysis]);
    return this.#state();
  }

  #mayStart(path: string, analyse: FirstAnalysis): boolean {
    const { bytes } = this.#foundAt(path);
    return analyse === 'always' || (analyse === 'small' && (bytes === null || bytes <= SMALL));
  }

  async #look(path: string): Promise<void> {
    const run = runAround(this.engine, path);
    const { checkpoints, capped } = await checkpointsWith(this.engine, run, path);
    this.#path = path;
    this.#run = run;
    this.#lookedAt = this.engine.host.clock.now();
    this.#found = [...checkpoints];
    this.#capped = capped;
  }

  #state(): SpectraState {
    const analyses = this.#found.map(({ path }) => this.#analysis(path));
    const measured = analyses.filter(({ tensors }) => tensors.size > 0);
    return {
      path: this.#path,
      run: this.#run === undefined ? null : { id: this.#run.id, name: this.#run.name },
      checkpoints: this.#found.map((found) => this.#view(found, this.#analysis(found.path))),
      capped: this.#capped,
      tensors: measured.map((analysis) => ({
        path: analysis.path,
        tensors: [...analysis.tensors.values()].map((report) => tensorView(report, analysis)),
      })),
      facts: analyses.flatMap((analysis) => factsView(analysis) ?? []),
      scales: measured.map((analysis) => this.#scale(analysis)),
    };
  }

  #start(paths: readonly string[]): null {
    this.analyses.start(paths.map((path) => this.#analysis(path)));
    return null;
  }

  async #add(path: string): Promise<null> {
    if (!this.#found.some((each) => each.path === path)) {
      const { checkpoints } = await checkpointsWith(this.engine, undefined, path);
      this.#added.add(path);
      this.#takeNew({ checkpoints: checkpoints.filter((each) => each.path === path), capped: false });
    }
    return this.#start([path]);
  }

  /** A checkpoint of this training was measured as it appeared: it is shown without being asked for. */
  async #takeMeasured(path: string): Promise<void> {
    if (!this.#visible || this.#run === undefined) return;
    if (!this.#found.some((each) => each.path === path)) await this.#lookForMore();
    if (this.#found.some((each) => each.path === path)) this.analyses.start([this.#analysis(path)]);
  }

  async #lookForMore(): Promise<void> {
    this.#lookedAt = this.engine.host.clock.now();
    this.#takeNew(await checkpointsWith(this.engine, this.#run, this.#path));
  }

  /** Begins a comparison; one that is still going on is given up. */
  #compare(first: Analysis, other: Analysis): null {
    this.#comparison?.abort();
    const cancel = new CancelSource();
    this.#comparison = cancel;
    let view: ComparisonView = { path: first.path, other: other.path, done: 0, of: 0, result: null, fault: '' };
    const tell = (change: Partial<ComparisonView>): void => {
      view = { ...view, ...change };
      if (this.#comparison === cancel && this.#visible) this.emit('comparison/didChange', view);
    };
    const onResult = (done: number, of: number): void => tell({ done, of });
    this.analyses.compare(first, other, { signal: cancel, onResult }).then(
      (result) => tell({ result }),
      (error: unknown) => tell({ fault: messageOf(error) }),
    );
    return null;
  }

  #takeNew({ checkpoints }: CheckpointList): void {
    const fresh = checkpoints.filter(({ path }) => !this.#found.some((each) => each.path === path));
    this.#found.push(...fresh);
    for (const { path } of fresh) this.#touch(this.#analysis(path), []);
  }

  /** The analysis of a checkpoint of this panel, held from now on. */
  #analysis(path: string): Analysis {
    if (!this.#found.some((each) => each.path === path)) {
      throw new LosslineError('argument.invalid', `The panel has no checkpoint ${path}.`);
    }
    const analysis = this.#held.get(path) ?? this.analyses.hold(path, this);
    this.#held.set(path, analysis);
    return analysis;
  }

  #touch(analysis: Analysis, names: readonly string[]): void {
    if (!this.#visible) return;
    const known = this.#dirty.get(analysis) ?? new Set();
    for (const name of names) known.add(name);
    this.#dirty.set(analysis, known);
    this.#timer ??= this.engine.host.clock.after(FLUSH_PAUSE, () => {
      this.#timer = undefined;
      this.#tell();
    });
  }

  #tell(): void {
    const changed = [...this.#dirty];
    this.#dirty.clear();
    if (changed.length === 0) return;
    const batches = changed.flatMap(([analysis, names]) => {
      // Bounds on attention come with the end, and concern matrices that were told before.
      const told = analysis.report === null ? names : new Set([...names, ...logitMatrices(analysis)]);
      const tensors = [...told].map((name) => tensorView(analysis.tensors.get(name)!, analysis));
      return tensors.length === 0 ? [] : [{ path: analysis.path, tensors }];
    });
    if (batches.length > 0) this.emit('tensors/didArrive', batches);
    const ended = changed.map(([analysis]) => analysis).filter(({ state }) => state === 'done');
    if (ended.length > 0) {
      this.emit(
        'facts/didArrive',
        ended.flatMap((analysis) => factsView(analysis) ?? []),
      );
    }
    if (batches.length > 0 || ended.length > 0) {
      this.emit(
        'scales/didChange',
        changed.map(([analysis]) => this.#scale(analysis)),
      );
    }
    this.emit(
      'checkpoints/didChange',
      changed.map(([analysis]) => this.#view(this.#foundAt(analysis.path), analysis)),
    );
  }

  #view(found: FoundCheckpointView, analysis: Analysis): CheckpointView {
    return checkpointView(found, analysis, this.#added.has(found.path));
  }

  #foundAt(path: string): FoundCheckpointView {
    return this.#found.find((each) => each.path === path)!;
  }

  #scale(analysis: Analysis): ScaleFacts {
    const step = analysis.report?.step ?? this.#foundAt(analysis.path).step;
    // A checkpoint that was added from elsewhere may be of another run.
    return scaleFactsOf(analysis, step, runAround(this.engine, analysis.path));
  }

  #export(path: string, format: SpectraExport): { name: string; content: string } {
    const measured = this.#found
      .map((found) => ({ ...found, analysis: this.#analysis(found.path) }))
      .filter(({ analysis }) => analysis.tensors.size > 0);
    return exportOf(this.engine.host.fs.basename(path), format, this.#analysis(path), measured);
  }
}

function logitMatrices({ report, tensors }: Analysis): string[] {
  return report?.attention.layers.map(({ query }) => query).filter((name) => tensors.has(name)) ?? [];
}
