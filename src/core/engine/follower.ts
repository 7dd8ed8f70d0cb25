import { messageOf } from '../errors';
import type { RunId } from '../model';
import type { FileSystem } from '../sources/fileSystem';
import type { Followed } from '../sources/followed';
import { FollowedFile } from '../sources/followedFile';
import type { RemoteRun } from '../sources/remoteSource';
import { olderParts } from '../sources/rotated';
import { RunStore, type StoreRun } from '../stores/runStore';
import { checkpointStep, type FoundLog } from './discovery';
import type { FollowLoop } from './followLoop';
import type { EngineHost } from './host';
import { readingOf } from './logChoice';
import { hasLoss, homeOf } from './runHome';
import { runName } from './runName';
import { TrackedRun } from './trackedRun';
import type { UserWords } from './userWords';

/** Folder in which runs are looked for. */
export interface ScanRoot {
  readonly path: string;
  readonly name: string;
}

/** What happens to runs, and who wants to know. */
export interface FollowerHooks {
  /** A run is being made and has no data yet. */
  readonly onMade: (run: TrackedRun) => void;
  /** A run has been read for the first time, or a log of it has. */
  readonly onRead: (run: TrackedRun, isNew: boolean) => void;
}

const STATE = 'trainer_state.json';

/** Makes followed runs of what was found: says to which run a log belongs, and which logs are none. */
export class Follower {
  readonly #runs = new Map<RunId, TrackedRun>();
  /** Runs by the files that are followed for them; those under way are promises. */
  readonly #byFile = new Map<string, Promise<TrackedRun | undefined>>();
  readonly #stores = new Map<string, RunStore>();
  readonly #removed = new Set<string>();

  constructor(
    readonly host: EngineHost,
    readonly loop: FollowLoop,
    readonly words: UserWords,
    readonly hooks: FollowerHooks,
  ) {}

  get runs(): ReadonlyMap<RunId, TrackedRun> {
    return this.#runs;
  }

  /** Whether `run` is followed still. */
  has(run: TrackedRun): boolean {
    return this.#runs.get(run.id) === run;
  }

  /** The run of a file; `undefined` when it is of none. */
  async runOf(path: string): Promise<TrackedRun | undefined> {
    return this.#byFile.get(path);
  }

  /** Whether the user removed the run of a file, or the file as a run. */
  isRemoved({ path, place }: FoundLog): boolean {
    return this.#removed.has(place.run) || this.#removed.has(path);
  }

  /** Forgets a run and what it was followed by, and remembers that the user did so. */
  remove(run: TrackedRun): void {
    const paths = run.files.map(({ path }) => path);
    for (const gone of [run.id, ...paths]) this.#removed.add(gone);
    this.#runs.delete(run.id);
    this.loop.remove(run);
    for (const path of paths) this.#byFile.delete(path);
  }

  /** The runs that a found file holds. */
  async followFound(found: FoundLog, root: ScanRoot, fs: FileSystem): Promise<TrackedRun[]> {
    if (found.isStore !== true) {
      const run = await this.follow(found, root, fs);
      return run === undefined ? [] : [run];
    }
    return this.followStore(found.path, root, fs).catch((error: unknown) => {
      this.host.log.info(`${found.path}: ${messageOf(error)}`);
      return [];
    });
  }

  /** Follows the runs of a database, and those that are added to it. Throws what `RunStore.open` throws. */
  async followStore(path: string, root: ScanRoot, fs: FileSystem): Promise<TrackedRun[]> {
    const known = this.#stores.get(path);
    const store = known ?? (await RunStore.open(fs, path));
    this.#stores.set(path, store);
    const follow = (file: StoreRun) =>
      this.followSeries({ id: file.path, name: file.name, file }, file.group === '' ? root.name : file.group);
    const runs: TrackedRun[] = [];
    for (const file of store.runs.values()) runs.push(await follow(file));
    if (known === undefined) store.onRun = (file) => void follow(file);
    return runs;
  }

  /** Follows a run whose series come from elsewhere than a log. */
  async followSeries({ id, name, file }: RemoteRun, group: string): Promise<TrackedRun> {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    const run = this.#newRun(id, name, group);
    run.attach(file);
    this.#removed.delete(id);
    this.#runs.set(id, run);
    await this.#read(run, true);
    return run;
  }

  /** Follows a log as a run or as part of one; `undefined` when it is none after all. */
  async follow(found: FoundLog, root: ScanRoot, fs: FileSystem, name?: string): Promise<TrackedRun | undefined> {
    const known = this.#byFile.get(found.path);
    if (known !== undefined) return known;
    const following = this.#take(found, root, fs, name);
    this.#byFile.set(found.path, following);
    const run = await following.catch(() => undefined);
    if (run === undefined || !this.#runs.has(run.id)) this.#byFile.delete(found.path);
    return run;
  }

  /** Reads a log from its beginning as the user's words on it say; `undefined` when it is no followed log. */
  async reread(path: string): Promise<TrackedRun | undefined> {
    const run = await this.runOf(path);
    const old = run?.files.find((file) => file.path === path);
    if (run === undefined || !(old instanceof FollowedFile)) return undefined;
    const { format, roles } = readingOf(this.words.choices.get(path));
    const part = run.partOf(old);
    run.detach(old);
    run.attach(new FollowedFile(old.fs, path, format, false, roles), part);
    await this.loop.read(run);
    return run;
  }

  async #take(found: FoundLog, root: ScanRoot, fs: FileSystem, name?: string): Promise<TrackedRun | undefined> {
    const { format, roles } = readingOf(this.words.choices.get(found.path));
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
    if (id === found.path) for (const path of older) run.attach(new FollowedFile(fs, path, undefined, true), part);
    this.#replaceState(run, found);
    run.attach(file, part);
    run.isLaidOut ||= place.trust === 'sure';
    for (const removed of [run.id, found.path]) this.#removed.delete(removed);
    if (home === undefined) this.#runs.set(run.id, run);
    await this.#read(run, home === undefined);
    return run;
  }

  async #read(run: TrackedRun, isNew: boolean): Promise<void> {
    await this.loop.read(run);
    this.loop.add(run);
    this.hooks.onRead(run, isNew);
  }

  #newRun(id: RunId, name: string, source: string): TrackedRun {
    const run = new TrackedRun(id, name, source);
    this.words.tell(run);
    this.hooks.onMade(run);
    return run;
  }

  /** True for a checkpoint's state when that of a later checkpoint is read: it holds the same and more. */
  #isOutdone({ path, place }: FoundLog): boolean {
    const state = path.endsWith(STATE) ? stateOf(this.#runs.get(place.run)) : undefined;
    return state !== undefined && checkpointStep(state.path) >= checkpointStep(path);
  }

  #replaceState(run: TrackedRun, { path }: FoundLog): void {
    const state = path.endsWith(STATE) ? stateOf(run) : undefined;
    if (state === undefined) return;
    run.detach(state);
    this.#byFile.delete(state.path);
  }
}

function stateOf(run: TrackedRun | undefined): Followed | undefined {
  return run?.files.find((file) => file.path.endsWith(STATE));
}
