import { type CancelSignal, CancelSource } from '../cancel';
import { CancelledError, LosslineError, messageOf } from '../errors';
import type { Forecast, ForecastInput } from '../forecast/forecast';
import type { PlanFacts, RunId, SeriesName } from '../model';
import type { LearntRun } from '../prior/learntRun';
import type { FileSystem } from '../sources/fileSystem';
import type { Followed } from '../sources/followed';
import { FollowedFile } from '../sources/followedFile';
import { isRemote, parseLocation } from '../sources/location';
import type { RemoteRun, RemoteSource } from '../sources/remoteSource';
import { olderParts } from '../sources/rotated';
import { readEnds } from '../sources/sample';
import { RunStore, type StoreRun } from '../stores/runStore';
import { isSqlite } from '../stores/sqlite/pager';
import type { Warning } from '../warnings/warning';
import { checkpointStep, type FoundLog, probeFile, type ScanReport, type Skipped, scanFolder } from './discovery';
import { FollowLoop } from './followLoop';
import { Forecaster, type RunFit } from './forecaster';
import { foreignStore } from './foreignStores';
import type { EngineHost } from './host';
import { LawWatch } from './lawWatch';
import { type FormatPreview, type LogChoice, previewFormats, readingOf } from './logChoice';
import { Planner } from './planner';
import { RootWatch } from './rootWatch';
import { isConfigPath, RunConfigurator } from './runConfigs';
import { alone, FolderNames, placeOf } from './runFolder';
import type { ForecastOptions } from './runForecast';
import { hasLoss, homeOf } from './runHome';
import type { RunMemory } from './runMemory';
import { fileRunName, runName } from './runName';
import { TrackedRun } from './trackedRun';

/** A change that callers may want to show. */
export interface EngineEvent {
  readonly kind: 'run' | 'forecast' | 'removed';
  readonly run: TrackedRun;
}

/** Folder in which runs are looked for. */
export interface ScanRoot {
  readonly path: string;
  readonly name: string;
}

const STATE = 'trainer_state.json';
/** Files and folders that were left out and are remembered. */
const MAX_SKIPPED = 1000;
/** Milliseconds after which the search of a folder on another machine ends with what it found. */
const REMOTE_SCAN = 60_000;
/**
 * Finds runs, follows their logs and keeps their forecasts. The server, the command line and the tests are its callers;
 * the world comes in through `EngineHost` alone.
 */
export class Engine {
  readonly #runs = new Map<RunId, TrackedRun>();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #loop: FollowLoop;
  readonly #forecaster: Forecaster;
  /** Runs by the files that are followed for them; those under way are promises. */
  readonly #byFile = new Map<string, Promise<TrackedRun | undefined>>();
  readonly #removed = new Set<RunId>();
  readonly #facts = new Map<RunId, PlanFacts>();
  readonly #names = new Map<RunId, string>();
  readonly #mutes = new Set<string>();
  readonly #laws = new WeakMap<TrackedRun, { readonly watch: LawWatch; look: Promise<void> | undefined }>();
  readonly #choices = new Map<string, LogChoice>();
  readonly #stores = new Map<string, RunStore>();
  #watches: RootWatch[] = [];
  readonly #configurator: RunConfigurator;
  readonly #planner: Planner;
  /** What was left out while runs were looked for, and why; the newest entries. */
  skipped: readonly Skipped[] = [];

  constructor(readonly host: EngineHost) {
    this.#configurator = new RunConfigurator((run) => this.#changed(run, true));
    this.#loop = new FollowLoop(host, (run, restructured) => this.#changed(run, restructured));
    this.#planner = new Planner(host, (run) => {
      if (this.#runs.get(run.id) === run) this.#emit({ kind: 'run', run });
    });
    this.#forecaster = new Forecaster(host, {
      planned: (run) => this.#planner.settle(run),
      runs: () => this.runs(),
      has: (run) => this.#runs.get(run.id) === run,
      onForecast: (run) => this.#emit({ kind: 'forecast', run }),
    });
  }

  /** The user's finished runs; learns nothing until told to. */
  get memory(): RunMemory {
    return this.#forecaster.memory;
  }

  /** Runs in order of their names. */
  runs(): TrackedRun[] {
    return [...this.#runs.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  }

  run(id: RunId): TrackedRun | undefined {
    return this.#runs.get(id);
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
      for (const found of report.logs) await this.#followFound(found, root, this.host.fs);
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
      for (const run of source.runs) runs.push(await this.#followSeries(run, source.group));
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
      if (stat !== undefined && isSqlite(await fs.read(path, 0, 16))) return this.#followStore(path, root, fs);
      const place = alone(await placeOf(new FolderNames(fs), path, fs.dirname(root.path)));
      const name = options.name ?? (place.run === path ? fileRunName(path) : undefined);
      const run = await this.#follow({ path, place, certain: true }, root, fs, name);
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
      for (const run of await this.#followFound(found, root, fs)) runs.add(run);
    }
    const found = [...runs].filter((run) => this.#runs.has(run.id));
    await this.#configure(found, path);
    this.#skip(report.skipped);
    return found;
  }

  /**
   * Takes note of a file that appeared or changed; follows it when it is a log under one of the roots. True when the
   * file is followed or belongs to a run that the user removed.
   */
  async notice(path: string, root: ScanRoot): Promise<boolean> {
    const known = await this.#byFile.get(path);
    if (known !== undefined) {
      this.#loop.nudge(known);
      return true;
    }
    if (isConfigPath(this.host.fs, path)) return this.#configurator.notice(this.runs(), path);
    const found = await probeFile(new FolderNames(this.host.fs), path, root.path);
    if (found === undefined) return false;
    if (this.#removed.has(found.place.run) || this.#removed.has(path)) return true;
    const runs = await this.#followFound(found, root, this.host.fs);
    await this.#configure(runs, root.path);
    return runs.length > 0;
  }

  /** Forgets a run; its files stay as they are. */
  remove(id: RunId): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    for (const gone of [id, ...run.files.map(({ path }) => path)]) this.#removed.add(gone);
    this.#forget(run);
  }

  /** The user's name for a run, known now or later; `null` gives it back its own. */
  setName(id: RunId, name: string | null): void {
    if (name === null) this.#names.delete(id);
    else this.#names.set(id, name);
    const run = this.#runs.get(id);
    if (run === undefined) return;
    run.givenName = name;
    this.#emit({ kind: 'run', run });
  }

  /** The user's word on a plan, kept for the run even if the run is not there yet. `null` takes it back. */
  setPlan(id: RunId, facts: PlanFacts | null): void {
    if (facts === null) this.#facts.delete(id);
    else this.#facts.set(id, facts);
    const run = this.#runs.get(id);
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
    const law = this.#laws.get(run) ?? { watch: new LawWatch(), look: undefined };
    this.#laws.set(run, law);
    law.look ??= this.#lookAtLaw(run, law.watch).finally(() => {
      law.look = undefined;
    });
    return law.look;
  }

  async #lookAtLaw(run: TrackedRun, watch: LawWatch): Promise<void> {
    const fit = async (input: ForecastInput) => (await this.host.pool.run('forecast', { input, options: {} })).forecast;
    try {
      if (!(await watch.update(run, fit))) return;
      run.offCurve = watch.warnings;
      if (this.#runs.get(run.id) === run) this.#emit({ kind: 'run', run });
    } catch (error) {
      if (!(error instanceof CancelledError)) this.host.log.warn(`Forecasts of ${run.name}: ${messageOf(error)}`);
    }
  }

  /** Takes what the spectra of the checkpoints of a run warn of. */
  tellSpectra(run: TrackedRun, warnings: readonly Warning[]): void {
    run.spectral = warnings;
    if (this.#runs.get(run.id) === run) this.#emit({ kind: 'run', run });
  }

  /** Silences a warning or lets it be heard again: a kind in all runs (`id` null), or one warning of a run. */
  setMuted(id: RunId | null, key: string, muted: boolean): void {
    const full = id === null ? key : `${id} ${key}`;
    if (muted) this.#mutes.add(full);
    else this.#mutes.delete(full);
    for (const run of this.#runs.values()) if (id === null || run.id === id) this.#emit({ kind: 'run', run });
  }

  /**
   * What each format would read in a log, to choose from. Throws `file.notFound`, and `argument.invalid` for a source that
   * has no bytes.
   */
  async previewFormats(path: string): Promise<FormatPreview[]> {
    const run = await this.#byFile.get(path);
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
    if (choice === null) this.#choices.delete(path);
    else this.#choices.set(path, choice);
    const run = await this.#byFile.get(path);
    const old = run?.files.find((file) => file.path === path);
    if (run === undefined || !(old instanceof FollowedFile)) return;
    const { format, roles } = readingOf(choice ?? undefined);
    const part = run.partOf(old);
    run.detach(old);
    run.attach(new FollowedFile(old.fs, path, format, false, roles), part);
    await this.#loop.read(run);
    this.#changed(run, true);
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
    const run = this.#runs.get(id);
    if (run === undefined) throw new LosslineError('run.unknown', `There is no run ${id}.`);
    await this.#loop.read(run);
    return this.#forecaster.now(run, options, signal);
  }

  /** Constants of a run as the memory keeps them, see `Forecaster.learnFrom`. Throws `run.unknown`. */
  async learnFrom(id: RunId, series?: SeriesName, until?: number): Promise<LearntRun | null> {
    const run = this.#runs.get(id);
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

  /** The runs that a found file holds. */
  async #followFound(found: FoundLog, root: ScanRoot, fs: FileSystem): Promise<TrackedRun[]> {
    if (found.isStore !== true) {
      const run = await this.#follow(found, root, fs);
      return run === undefined ? [] : [run];
    }
    return this.#followStore(found.path, root, fs).catch((error: unknown) => {
      this.host.log.info(`${found.path}: ${messageOf(error)}`);
      return [];
    });
  }

  /** Follows the runs of a database, and those that are added to it. Throws what `RunStore.open` throws. */
  async #followStore(path: string, root: ScanRoot, fs: FileSystem): Promise<TrackedRun[]> {
    const known = this.#stores.get(path);
    const store = known ?? (await RunStore.open(fs, path));
    this.#stores.set(path, store);
    const follow = (file: StoreRun) =>
      this.#followSeries({ id: file.path, name: file.name, file }, file.group === '' ? root.name : file.group);
    const runs: TrackedRun[] = [];
    for (const file of store.runs.values()) runs.push(await follow(file));
    if (known === undefined) store.onRun = (file) => void follow(file);
    return runs;
  }

  /** Follows a log as a run or as part of one; `undefined` when it is none after all. */
  async #follow(found: FoundLog, root: ScanRoot, fs: FileSystem, name?: string): Promise<TrackedRun | undefined> {
    const known = this.#byFile.get(found.path);
    if (known !== undefined) return known;
    const following = this.#take(found, root, fs, name);
    this.#byFile.set(found.path, following);
    const run = await following.catch(() => undefined);
    if (run === undefined || !this.#runs.has(run.id)) this.#byFile.delete(found.path);
    return run;
  }

  async #take(found: FoundLog, root: ScanRoot, fs: FileSystem, name?: string): Promise<TrackedRun | undefined> {
    const { format, roles } = readingOf(this.#choices.get(found.path));
    const file = new FollowedFile(fs, found.path, format, false, roles);
    if (this.#isOutdone(found)) return this.#runs.get(found.place.run);
    await file.poll();
    // A table or a text that merely looks like a log is one only when it holds a loss.
    if (!found.certain && !hasLoss(file)) return undefined;
    const older = found.place.hasParts ? await olderParts(fs, found.path) : [];
    // From here to where the run is kept nothing is awaited: logs of one run may arrive together.
    const { id, part, place, run: home } = homeOf(this.#runs, found.place, file);
    const run = home ?? this.#newRun(id, name ?? runName(root.path, id), root.name);
    if (home === undefined) run.folder = place.folder;
    run.userFacts ??= this.#facts.get(run.id) ?? null;
    if (id === found.path) for (const path of older) run.attach(new FollowedFile(fs, path, undefined, true), part);
    this.#replaceState(run, found);
    run.attach(file, part);
    run.isLaidOut ||= place.trust === 'sure';
    for (const removed of [run.id, found.path]) this.#removed.delete(removed);
    if (home === undefined) this.#runs.set(run.id, run);
    await this.#loop.read(run);
    this.#loop.add(run);
    if (home === undefined) this.#emit({ kind: 'run', run });
    this.#forecaster.later(run);
    return run;
  }

  /** True for a checkpoint's state when that of a later checkpoint is read: it holds the same and more. */
  #isOutdone({ path, place }: FoundLog): boolean {
    const state = path.endsWith(STATE) ? this.#stateOf(this.#runs.get(place.run)) : undefined;
    return state !== undefined && checkpointStep(state.path) >= checkpointStep(path);
  }

  #replaceState(run: TrackedRun, { path }: FoundLog): void {
    const state = path.endsWith(STATE) ? this.#stateOf(run) : undefined;
    if (state === undefined) return;
    run.detach(state);
    this.#byFile.delete(state.path);
  }

  #stateOf(run: TrackedRun | undefined): Followed | undefined {
    return run?.files.find((file) => file.path.endsWith(STATE));
  }

  #newRun(id: RunId, name: string, source: string): TrackedRun {
    const run = new TrackedRun(id, name, source);
    run.givenName = this.#names.get(id) ?? null;
    run.mutes = this.#mutes;
    this.#planner.adopt(run);
    return run;
  }

  /** Gives runs the settings that lie beside their logs. */
  async #configure(runs: readonly TrackedRun[], top: string): Promise<void> {
    this.#skip(await this.#configurator.configure(runs, top));
  }

  #skip(skipped: readonly Skipped[]): void {
    const others = this.skipped.filter((known) => !skipped.some(({ path }) => path === known.path));
    this.skipped = [...others, ...skipped].slice(-MAX_SKIPPED);
  }

  async #followSeries({ id, name, file }: RemoteRun, group: string): Promise<TrackedRun> {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    const run = this.#newRun(id, name, group);
    run.userFacts = this.#facts.get(id) ?? null;
    run.attach(file);
    this.#removed.delete(id);
    this.#runs.set(id, run);
    await this.#loop.read(run);
    this.#loop.add(run);
    this.#emit({ kind: 'run', run });
    this.#forecaster.later(run);
    return run;
  }

  #forget(run: TrackedRun): void {
    this.#runs.delete(run.id);
    this.#loop.remove(run);
    for (const { path } of run.files) {
      this.#byFile.delete(path);
      this.host.remote?.release(path);
    }
    this.#forecaster.cancel(run);
    this.#emit({ kind: 'removed', run });
  }

  #changed(run: TrackedRun, restructured: boolean): void {
    run.touch(restructured);
    if (this.#runs.get(run.id) !== run) return;
    const step = run.lastStep();
    if (step !== null) run.pace.observe(this.host.clock.now(), step);
    this.#emit({ kind: 'run', run });
    this.#forecaster.later(run);
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
