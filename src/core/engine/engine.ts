import { type CancelSignal, CancelSource } from '../cancel';
import { LosslineError } from '../errors';
import type { Forecast } from '../forecast/forecast';
import type { PlanFacts, RunId, SeriesName } from '../model';
import type { LearntRun } from '../prior/learntRun';
import type { FileSystem } from '../sources/fileSystem';
import { FollowedFile } from '../sources/followedFile';
import { isRemote, parseLocation } from '../sources/location';
import type { RemoteSource } from '../sources/remoteSource';
import { readEnds } from '../sources/sample';
import { isSqlite } from '../stores/sqlite/pager';
import type { Warning } from '../warnings/warning';
import { probeFile, type ScanReport, type Skipped, scanFolder } from './discovery';
import { Follower, type ScanRoot } from './follower';
import { FollowLoop } from './followLoop';
import { Forecaster, type RunFit } from './forecaster';
import { foreignStore } from './foreignStores';
import type { EngineHost } from './host';
import { LawWatches } from './lawWatches';
import { type FormatPreview, type LogChoice, previewFormats } from './logChoice';
import { Planner } from './planner';
import { RootWatch } from './rootWatch';
import { isConfigPath, RunConfigurator } from './runConfigs';
import { alone, FolderNames, placeOf } from './runFolder';
import type { ForecastOptions } from './runForecast';
import type { RunMemory } from './runMemory';
import { fileRunName } from './runName';
import type { TrackedRun } from './trackedRun';
import { keepWord, UserWords } from './userWords';

/** A change that callers may want to show. */
export interface EngineEvent {
  readonly kind: 'run' | 'forecast' | 'removed';
  readonly run: TrackedRun;
}

/** Files and folders that were left out and are remembered. */
const MAX_SKIPPED = 1000;
/** Milliseconds after which the search of a folder on another machine ends with what it found. */
const REMOTE_SCAN = 60_000;

/**
 * Finds runs, follows their logs and keeps their forecasts. The server, the command line and the tests are its callers;
 * the world comes in through `EngineHost` alone.
 */
export class Engine {
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #loop: FollowLoop;
  readonly #forecaster: Forecaster;
  readonly #follower: Follower;
  readonly #words = new UserWords();
  readonly #laws: LawWatches;
  #watches: RootWatch[] = [];
  readonly #configurator: RunConfigurator;
  readonly #planner: Planner;
  /** What was left out while runs were looked for, and why; the newest entries. */
  skipped: readonly Skipped[] = [];

  constructor(readonly host: EngineHost) {
    this.#configurator = new RunConfigurator((run) => this.#changed(run, true));
    this.#loop = new FollowLoop(host, (run, restructured) => this.#changed(run, restructured));
    this.#planner = new Planner(host, (run) => this.#tell(run));
    this.#laws = new LawWatches(host, (run) => this.#tell(run));
    this.#follower = new Follower(host, this.#loop, this.#words, {
      onMade: (run) => this.#planner.adopt(run),
      onRead: (run, isNew) => {
        if (isNew) this.#emit({ kind: 'run', run });
        this.#forecaster.later(run);
      },
    });
    this.#forecaster = new Forecaster(host, {
      planned: (run) => this.#planner.settle(run),
      runs: () => this.runs(),
      has: (run) => this.#follower.has(run),
      onForecast: (run) => this.#emit({ kind: 'forecast', run }),
    });
  }

  /** The user's finished runs; learns nothing until told to. */
  get memory(): RunMemory {
    return this.#forecaster.memory;
  }

  /** Runs in order of their names. */
  runs(): TrackedRun[] {
    return [...this.#follower.runs.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  }

  run(id: RunId): TrackedRun | undefined {
    return this.#follower.runs.get(id);
  }

  onDidChange(listener: (event: EngineEvent) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Looks for runs below the roots and follows them, and goes on looking for new ones there. */
  async scan(roots: readonly ScanRoot[], exclude: readonly string[], signal?: CancelSignal): Promise<ScanReport> {
    const reports: ScanReport[] = [];
    for (const root of roots) {
      const report = await scanFolder(this.host.fs, root.path, exclude, signal);
      for (const found of report.logs) await this.#follower.followFound(found, root, this.host.fs);
      await this.#configure(this.runs(), root.path);
      this.#skip(report.skipped);
      reports.push(report);
    }
    for (const watch of this.#watches) watch.dispose();
    this.#watches = roots.map((root, i) => {
      const known = { exclude, strangers: reports[i]!.strangers };
      return new RootWatch(this.host, root.path, known, (path) => this.notice(path, root));
    });
    return {
      logs: reports.flatMap((report) => report.logs),
      skipped: reports.flatMap((report) => report.skipped),
      strangers: new Map(reports.flatMap((report) => [...report.strangers])),
      capped: reports.some((report) => report.capped),
    };
  }

  /**
   * Follows a file, the runs in a folder, or any other source that `parseLocation` reads, because the user asked. A file
   * that no format recognises becomes a run too: its issues say why there is nothing to see yet. `secret` is for a server
   * that wants a key. Throws `file.notFound`, `source.invalid`, and what `RemoteSources.open` throws.
   */
  async add(path: string, source = '', secret?: string): Promise<TrackedRun[]> {
    if (!isRemote(path)) return this.#addPath(this.host.fs, path, source);
    const location = parseLocation(path);
    if (location.kind === 'file') return this.#addPath(this.host.fs, location.path, source);
    if (this.host.remote === undefined) throw new LosslineError('source.disabled', 'Only local files can be followed.');
    return this.#addRemote(await this.host.remote.open(location, secret));
  }

  async #addRemote(source: RemoteSource): Promise<TrackedRun[]> {
    const runs: TrackedRun[] = [];
    if (source.kind === 'runs') {
      for (const run of source.runs) runs.push(await this.#follower.followSeries(run, source.group));
      return runs;
    }
    for (const path of source.paths) runs.push(...(await this.#addPath(source.fs, path, source.group, source)));
    return runs;
  }

  async #addPath(fs: FileSystem, path: string, source: string, options: FoundOptions = {}): Promise<TrackedRun[]> {
    const stat = await fs.stat(path);
    if (stat === undefined && options.waits !== true) {
      throw new LosslineError('file.notFound', `There is no file or folder ${path}.`, path);
    }
    const root = { path: stat?.isDirectory ? path : fs.dirname(path), name: source };
    if (!stat?.isDirectory) {
      if (stat !== undefined && isSqlite(await fs.read(path, 0, 16))) return this.#follower.followStore(path, root, fs);
      const place = alone(await placeOf(new FolderNames(fs), path, fs.dirname(root.path)));
      const name = options.name ?? (place.run === path ? fileRunName(path) : undefined);
      const run = await this.#follower.follow({ path, place, certain: true }, root, fs, name);
      if (run === undefined) return [];
      await this.#configure([run], root.path);
      return [run];
    }
    const advice = foreignStore(fs.basename(path));
    if (advice !== undefined) throw new LosslineError('file.unknownFormat', advice, path);
    const timeout = new CancelSource();
    const timer = fs === this.host.fs ? undefined : this.host.clock.after(REMOTE_SCAN, () => timeout.abort());
    const report = await scanFolder(fs, path, [], timeout);
    timer?.dispose();
    const runs = new Set<TrackedRun>();
    for (const found of report.logs) {
      for (const run of await this.#follower.followFound(found, root, fs)) runs.add(run);
    }
    const found = [...runs].filter((run) => this.#follower.runs.has(run.id));
    await this.#configure(found, path);
    this.#skip(report.skipped);
    return found;
  }

  /**
   * Takes note of a file that appeared or changed; follows it when it is a log under one of the roots. True when the
   * file is followed or belongs to a run that the user removed.
   */
  async notice(path: string, root: ScanRoot): Promise<boolean> {
    const known = await this.#follower.runOf(path);
    if (known !== undefined) {
      this.#loop.nudge(known);
      return true;
    }
    if (isConfigPath(this.host.fs, path)) return this.#configurator.notice(this.runs(), path);
    const found = await probeFile(new FolderNames(this.host.fs), path, root.path);
    if (found === undefined) return false;
    if (this.#follower.isRemoved(found)) return true;
    const runs = await this.#follower.followFound(found, root, this.host.fs);
    await this.#configure(runs, root.path);
    return runs.length > 0;
  }

  /** Forgets a run; its files stay as they are. */
  remove(id: RunId): void {
    const run = this.#follower.runs.get(id);
    if (run === undefined) return;
    this.#follower.remove(run);
    for (const { path } of run.files) this.host.remote?.release(path);
    this.#forecaster.cancel(run);
    this.#emit({ kind: 'removed', run });
  }

  /** The user's name for a run, known now or later; `null` gives it back its own. */
  setName(id: RunId, name: string | null): void {
    keepWord(this.#words.names, id, name);
    const run = this.#follower.runs.get(id);
    if (run === undefined) return;
    run.givenName = name;
    this.#emit({ kind: 'run', run });
  }

  /** The user's word on a plan, kept for the run even if the run is not there yet. `null` takes it back. */
  setPlan(id: RunId, facts: PlanFacts | null): void {
    keepWord(this.#words.plans, id, facts);
    const run = this.#follower.runs.get(id);
    if (run === undefined) return;
    run.setUserFacts(facts);
    this.#emit({ kind: 'run', run });
    this.#forecaster.later(run);
  }

  /**
   * Holds a run against the forecasts of its own past, up to its newest losses; `TrackedRun.offCurve` says what was found.
   * Costs a fit whenever the run has grown by half. Calls that overlap share one look.
   */
  watchLaw(run: TrackedRun): Promise<void> {
    return this.#laws.look(run);
  }

  /** Takes what the spectra of the checkpoints of a run warn of. */
  tellSpectra(run: TrackedRun, warnings: readonly Warning[]): void {
    run.spectral = warnings;
    this.#tell(run);
  }

  /** Silences a warning or lets it be heard again: a kind in all runs (`id` null), or one warning of a run. */
  setMuted(id: RunId | null, key: string, muted: boolean): void {
    const full = id === null ? key : `${id} ${key}`;
    if (muted) this.#words.mutes.add(full);
    else this.#words.mutes.delete(full);
    for (const run of this.#follower.runs.values()) if (id === null || run.id === id) this.#emit({ kind: 'run', run });
  }

  /**
   * What each format would read in a log, to choose from. Throws `file.notFound`, and `argument.invalid` for a source that
   * has no bytes.
   */
  async previewFormats(path: string): Promise<FormatPreview[]> {
    const run = await this.#follower.runOf(path);
    const file = run?.files.find((each) => each.path === path);
    const fs = file instanceof FollowedFile ? file.fs : this.host.fs;
    if (file !== undefined && !(file instanceof FollowedFile)) {
      throw new LosslineError('argument.invalid', `${path} is no log whose format can be chosen.`, path);
    }
    const stat = await fs.stat(path);
    if (stat === undefined) throw new LosslineError('file.notFound', `There is no file ${path}.`, path);
    const { sample } = await readEnds(fs, path, stat.size);
    return previewFormats(sample, () => new Promise((resolve) => this.host.clock.after(0, resolve)));
  }

  /** The user's word on the format and the keys of a log, kept also before the log is followed. `null` takes it back. */
  async setChoice(path: string, choice: LogChoice | null): Promise<void> {
    keepWord(this.#words.choices, path, choice);
    const run = await this.#follower.reread(path);
    if (run !== undefined) this.#changed(run, true);
  }

  /** Runs that are looked at get their bytes first, and their fits; then come the fits of `next`, in order. */
  focus(ids: ReadonlySet<RunId>, next: readonly RunId[] = []): void {
    this.#loop.focus(ids);
    this.#forecaster.prefer([...ids, ...next]);
  }

  /**
   * Forecasts a run now, from everything read so far. Throws `run.unknown`, `run.noSeries`, `plan.missing`; a forecast
   * that cannot be trusted is no error: it says so itself.
   */
  async predict(id: RunId, options: ForecastOptions = {}, signal?: CancelSignal): Promise<Forecast> {
    return (await this.fit(id, options, signal)).forecast;
  }

  /** As `predict`, with the fitted law and what it was fitted to. */
  async fit(id: RunId, options: ForecastOptions = {}, signal?: CancelSignal): Promise<RunFit> {
    const run = this.#follower.runs.get(id);
    if (run === undefined) throw new LosslineError('run.unknown', `There is no run ${id}.`);
    await this.#loop.read(run);
    return this.#forecaster.now(run, options, signal);
  }

  /** Constants of a run as the memory keeps them, see `Forecaster.learnFrom`. Throws `run.unknown`. */
  async learnFrom(id: RunId, series?: SeriesName, until?: number): Promise<LearntRun | null> {
    const run = this.#follower.runs.get(id);
    if (run === undefined) throw new LosslineError('run.unknown', `There is no run ${id}.`);
    return this.#forecaster.learnFrom(run, series, until);
  }

  /** Looks at all runs again, after the memory was changed from outside. */
  refit(): void {
    this.#forecaster.refit();
  }

  /** Reads everything of all runs that is there now, and waits for it. */
  async settle(): Promise<void> {
    for (const run of this.runs()) await this.#loop.read(run);
  }

  /** Waits for all fits under way. */
  async fitted(): Promise<void> {
    await this.#forecaster.settled();
  }

  dispose(): void {
    for (const watch of this.#watches) watch.dispose();
    this.#loop.dispose();
    this.#forecaster.dispose();
    this.#listeners.clear();
    this.host.pool.dispose();
    this.host.remote?.dispose();
  }

  /** Gives runs the settings that lie beside their logs. */
  async #configure(runs: readonly TrackedRun[], top: string): Promise<void> {
    this.#skip(await this.#configurator.configure(runs, top));
  }

  #skip(skipped: readonly Skipped[]): void {
    const others = this.skipped.filter((known) => !skipped.some(({ path }) => path === known.path));
    this.skipped = [...others, ...skipped].slice(-MAX_SKIPPED);
  }

  #changed(run: TrackedRun, restructured: boolean): void {
    run.touch(restructured);
    if (!this.#follower.has(run)) return;
    const step = run.lastStep();
    if (step !== null) run.pace.observe(this.host.clock.now(), step);
    this.#emit({ kind: 'run', run });
    this.#forecaster.later(run);
  }

  /** Says that a run has changed, unless it was removed meanwhile. */
  #tell(run: TrackedRun): void {
    if (this.#follower.has(run)) this.#emit({ kind: 'run', run });
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

interface FoundOptions {
  readonly name?: string;
  /** The file may appear later. */
  readonly waits?: boolean;
}
