import { CancelSource } from '../cancel';
import { checkpointBytes } from '../checkpoints/around';
import { discoverCheckpoints } from '../checkpoints/discoverCheckpoints';
import { CancelledError, messageOf } from '../errors';
import { runFactsOf } from '../hints/runFacts';
import { nearestPoint } from '../series/nearestPoint';
import type { FileSystem } from '../sources/fileSystem';
import { isRemote } from '../sources/location';
import { analyseCheckpoint, type CheckpointReport } from '../spectra/analyseCheckpoint';
import { type CheckpointPoint, checkpointPoint } from '../spectra/laws/checkpointPoint';
import { layerWarnings } from '../spectra/laws/layerWarnings';
import type { SpectraCache } from '../spectra/spectraCache';
import type { Engine } from './engine';
import type { JobPool } from './jobs';
import { folderOf, ownsFolder } from './runConfigs';
import { runState } from './runState';
import type { TrackedRun } from './trackedRun';

/** What the watch works with: a pool of one thread, made when there is work and given back after it. */
export interface SpectraWorkplace {
  readonly makePool: () => JobPool;
  /** Bytes that may be kept of one matrix. */
  readonly budget: number;
  readonly cache: SpectraCache;
  /** Called with the path of each checkpoint that was measured: its measures are in the cache. */
  readonly onMeasured?: (path: string) => void;
}

/** Milliseconds between two looks into the folder of a run, and for which a checkpoint must not have grown. */
const LOOK_PAUSE = 30_000;
const SETTLE = 10_000;

/** Checkpoints of one run that are kept as points. */
const MAX_POINTS = 200;

/** What is known of the checkpoints of one run. */
interface Watched {
  lookedAt: number;
  /** A look is planned. */
  isDue: boolean;
  /** Bytes of checkpoints that were seen and not yet analysed; those that were are `null`. */
  readonly seen: Map<string, number | null>;
  points: CheckpointPoint[];
}

interface Found {
  readonly run: TrackedRun;
  readonly path: string;
  readonly step: number;
}

/**
 * Measures the checkpoints that live runs write, one at a time on one thread, and gives the runs what they warn of. Off until it is
 * switched on, because a checkpoint may cost minutes of a core on the machine that trains; switched off it stops at once, and goes on
 * later where it was. Of the checkpoints that are there already only the newest is measured, to compare with.
 */
export class SpectraWatch {
  readonly #watched = new WeakMap<TrackedRun, Watched>();
  readonly #queue: Found[] = [];
  readonly #listening: { dispose(): void };
  #timers: { dispose(): void }[] = [];
  #enabled = false;
  #cancel: CancelSource | undefined;

  constructor(
    readonly engine: Engine,
    readonly place: SpectraWorkplace,
  ) {
    this.#listening = engine.onDidChange(({ kind, run }) => {
      if (kind === 'run') void this.#note(run);
    });
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  set enabled(enabled: boolean) {
    if (enabled === this.#enabled) return;
    this.#enabled = enabled;
    if (!enabled) this.#cancel?.abort();
    else for (const run of this.engine.runs()) void this.#note(run);
    if (enabled) void this.#work();
  }

  dispose(): void {
    this.enabled = false;
    this.#listening.dispose();
    for (const timer of this.#timers) timer.dispose();
    this.#timers = [];
  }

  /** A run moved: looks for checkpoints, now and then. */
  async #note(run: TrackedRun): Promise<void> {
    const { fs, clock, log } = this.engine.host;
    const now = clock.now();
    const known = this.#watched.get(run);
    if (!this.#enabled || known?.isDue === true) return;
    const pause = known === undefined ? 0 : known.lookedAt + LOOK_PAUSE - now;
    if (known !== undefined && pause > 0) {
      known.isDue = true;
      this.#later(pause, () => {
        known.isDue = false;
        void this.#note(run);
      });
      return;
    }
    const folder = this.#folderOf(run);
    // The last checkpoint comes with the end of a run; runs that have ended before are not looked at.
    if (folder === undefined || (known === undefined && runState(run, now) !== 'live')) return;
    const watched = known ?? { lookedAt: now, isDue: false, seen: new Map<string, number | null>(), points: [] };
    watched.lookedAt = now;
    this.#watched.set(run, watched);
    try {
      await this.#look(fs, run, folder, watched, known === undefined);
    } catch (error) {
      log.info(`Checkpoints of ${run.name}: ${messageOf(error)}`);
    }
  }

  #folderOf(run: TrackedRun): string | undefined {
    const { fs } = this.engine.host;
    const [first] = run.files;
    if (first === undefined || isRemote(first.path) || !ownsFolder(fs, run, this.engine.runs())) return undefined;
    return folderOf(fs, run);
  }

  async #look(fs: FileSystem, run: TrackedRun, folder: string, watched: Watched, isFirst: boolean): Promise<void> {
    const { checkpoints } = await discoverCheckpoints(fs, folder);
    const stepped = checkpoints.flatMap(({ path, step }) => (step === null ? [] : [{ run, path, step }]));
    const fresh = stepped.filter(({ path }) => !watched.seen.has(path));
    for (const [i, found] of fresh.entries()) {
      const isOld = isFirst && i < fresh.length - 1;
      watched.seen.set(found.path, isOld ? null : await checkpointBytes(fs, found.path));
      if (!isOld) this.#later(SETTLE, () => void this.#settle(found, watched));
    }
  }

  /** Queues a checkpoint once it has stopped growing. */
  async #settle(found: Found, watched: Watched): Promise<void> {
    const bytes = await checkpointBytes(this.engine.host.fs, found.path);
    if (bytes === null || bytes === 0) {
      watched.seen.delete(found.path);
      return;
    }
    if (bytes !== watched.seen.get(found.path)) {
      watched.seen.set(found.path, bytes);
      this.#later(SETTLE, () => void this.#settle(found, watched));
      return;
    }
    this.#queue.push(found);
    void this.#work();
  }

  #later(milliseconds: number, work: () => void): void {
    const timer = this.engine.host.clock.after(milliseconds, () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
      work();
    });
    this.#timers.push(timer);
  }

  async #work(): Promise<void> {
    if (this.#cancel !== undefined || this.#queue.length === 0 || !this.#enabled) return;
    const cancel = new CancelSource();
    this.#cancel = cancel;
    const pool = this.place.makePool();
    try {
      for (let next = this.#queue[0]; next !== undefined && !cancel.aborted; next = this.#queue[0]) {
        await this.#analyse(next, pool, cancel);
        this.#queue.shift();
      }
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
    } finally {
      pool.dispose();
      this.#cancel = undefined;
      // Switched on again while it stopped.
      if (cancel.aborted) void this.#work();
    }
  }

  /** Rejects with `CancelledError` only; a checkpoint that cannot be read is noted and left. */
  async #analyse({ run, path, step }: Found, pool: JobPool, signal: CancelSource): Promise<void> {
    const { fs, log } = this.engine.host;
    const { budget, cache } = this.place;
    if (this.engine.run(run.id) !== run) return;
    try {
      const report = await analyseCheckpoint(fs, pool, path, { budget, cache, signal });
      if (signal.aborted) throw new CancelledError();
      this.#take(run, report, step);
      this.place.onMeasured?.(path);
    } catch (error) {
      if (signal.aborted || error instanceof CancelledError) throw new CancelledError();
      log.warn(`${path}: ${messageOf(error)}`);
    }
  }

  #take(run: TrackedRun, report: CheckpointReport, named: number): void {
    const watched = this.#watched.get(run)!;
    const step = report.step ?? named;
    const point = checkpointPoint(report, { step, ...settingAt(run, report, step) });
    const others = watched.points.filter((other) => other.step !== step);
    watched.points = [...others, point].sort((a, b) => a.step - b.step).slice(-MAX_POINTS);
    const total = run.plan().plan.totalSteps?.value ?? null;
    this.engine.tellSpectra(run, layerWarnings(watched.points, total));
  }
}

/** Learning rate and decay at a step: the optimizer's own where the checkpoint has it, else what the run logged and was started with. */
function settingAt(
  run: TrackedRun,
  { paramGroups }: CheckpointReport,
  step: number,
): Pick<CheckpointPoint, 'learningRate' | 'weightDecay'> {
  const rates = paramGroups.flatMap(({ lr }) => lr ?? []);
  const decays = paramGroups.flatMap(({ weightDecay }) => weightDecay ?? []);
  const configured = runFactsOf(run).settings.get('weightDecay');
  return {
    learningRate:
      rates.length > 0 ? Math.max(...rates) : (nearestPoint(run.spans('learning_rate'), step)?.value ?? null),
    weightDecay: decays.length > 0 ? Math.max(...decays) : typeof configured === 'number' ? configured : null,
  };
}
