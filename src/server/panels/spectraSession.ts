import { CancelSource } from '../../core/cancel';
import type { Engine, EngineEvent } from '../../core/engine/engine';
import type { TrackedRun } from '../../core/engine/trackedRun';
import { LosslineError, messageOf } from '../../core/errors';
import { checkpointReportMarkdown, tensorJson } from '../../core/spectra/report';
import { spectraCsv } from '../../core/spectra/tableText';
import type {
  CheckpointList,
  ComparisonView,
  FoundCheckpointView,
  ScaleFacts,
  SpectraExport,
  SpectraPanelContract,
  SpectraState,
} from '../../protocol/spectra';
import type { Analyses } from '../spectra/analyses';
import type { Analysis } from '../spectra/analysis';
import { checkpointsWith, runAround } from '../spectra/checkpointList';
import { scaleFactsOf } from '../spectra/scaleFacts';
import { checkpointView, factsView, matrixView, tensorView } from '../spectra/views';
import type { Emit, PanelSession } from './session';

type Requests = SpectraPanelContract['requests'];
type Params<N extends keyof Requests> = Requests[N]['params'];

/** Least milliseconds between two updates of the panel, and between two looks for new checkpoints. */
const FLUSH_PAUSE = 80;
const LOOK_PAUSE = 10_000;

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
  readonly #listening: { dispose(): void };

  constructor(
    readonly engine: Engine,
    readonly emit: Emit<SpectraPanelContract['toPanel']>,
    readonly analyses: Analyses,
  ) {
    this.#listening = analyses.onDidChange((analysis, found) => {
      if (this.#held.get(analysis.path) === analysis) {
        this.#touch(
          analysis,
          found.map(({ name }) => name),
        );
      }
    });
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
    const now = this.engine.host.clock.now();
    if (now - this.#lookedAt < LOOK_PAUSE) return;
    this.#lookedAt = now;
    void checkpointsWith(this.engine, this.#run, this.#path).then((list) => this.#takeNew(list));
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
    this.#listening.dispose();
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
    if (analyse && analysis.state === 'idle') this.analyses.start([analysis]);
    return this.#state();
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
      checkpoints: this.#found.map((found) => checkpointView(found, this.#analysis(found.path))),
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
      this.#takeNew({ checkpoints: checkpoints.filter((each) => each.path === path), capped: false });
    }
    return this.#start([path]);
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
      changed.map(([analysis]) => checkpointView(this.#foundAt(analysis.path), analysis)),
    );
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
    const { fs } = this.engine.host;
    const shown = this.#analysis(path);
    const stem = fs.basename(path).replace(/\.\w+$/, '');
    const measured = this.#found
      .map((found) => ({ found, analysis: this.#analysis(found.path) }))
      .filter(({ analysis }) => analysis.tensors.size > 0)
      .map(({ found, analysis }) => ({ ...found, tensors: [...analysis.tensors.values()] }));
    switch (format) {
      case 'csv':
        return { name: `${stem}-spectra.csv`, content: spectraCsv(measured) };
      case 'json': {
        const checkpoints = measured.map(({ tensors, ...found }) => ({ ...found, tensors: tensors.map(tensorJson) }));
        return { name: `${stem}-spectra.json`, content: JSON.stringify({ schema: 1, checkpoints }, null, 1) };
      }
      case 'markdown':
        return { name: `${stem}-spectra.md`, content: checkpointReportMarkdown(fs.basename(path), reportOf(shown)) };
    }
  }
}

function logitMatrices({ report, tensors }: Analysis): string[] {
  return report?.attention.layers.map(({ query }) => query).filter((name) => tensors.has(name)) ?? [];
}

/** The report so far; of an analysis that did not end, what it has found. */
function reportOf(analysis: Analysis): Parameters<typeof checkpointReportMarkdown>[1] {
  if (analysis.report !== null) return analysis.report;
  const tensors = [...analysis.tensors.values()];
  return {
    tensors,
    skipped: [],
    attention: { layers: [], reason: null },
    warnings: tensors.flatMap((report) => tensorView(report, analysis).findings),
    paramGroups: [],
    step: null,
  };
}
