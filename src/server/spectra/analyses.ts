import type { JobPool } from '../../core/engine/jobs';
import type { FileSystem } from '../../core/sources/fileSystem';
import type { TensorReport } from '../../core/spectra/analyseTensors';
import { type ComparisonOptions, compareCheckpoints } from '../../core/spectra/compareCheckpoints';
import type { SpectraCache } from '../../core/spectra/spectraCache';
import type { CheckpointComparison } from '../../protocol/spectra';
import { Analysis } from './analysis';

/** Where analyses are made: threads of their own, so that forecasts do not wait for them. */
export interface Workshop {
  readonly fs: FileSystem;
  /** Bytes that each job may keep of a matrix. */
  readonly budget: number;
  /** A pool of as many threads as are given, or of the usual number. */
  readonly makePool: (threads?: number) => JobPool;
  /** What was measured before. */
  readonly cache: SpectraCache;
}

type Listener = (analysis: Analysis, found: readonly TensorReport[]) => void;

/**
 * The analyses of checkpoints, one at a time. Each belongs to the panels that hold it: when the last one lets go, it is
 * cancelled and forgotten.
 */
export class Analyses {
  readonly #analyses = new Map<string, Analysis>();
  readonly #holders = new Map<string, Set<object>>();
  readonly #listeners = new Set<Listener>();
  readonly #measuredListeners = new Set<(path: string) => void>();
  readonly #queue: Analysis[] = [];
  #working = false;

  constructor(readonly workshop: Workshop) {}

  /** The analysis of `path`, which from now on is held by `holder`. */
  hold(path: string, holder: object): Analysis {
    const known = this.#analyses.get(path);
    const analysis = known ?? new Analysis(path, (changed, found) => this.#tell(changed, found));
    this.#analyses.set(path, analysis);
    this.#holders.set(path, (this.#holders.get(path) ?? new Set()).add(holder));
    return analysis;
  }

  /** `holder` needs none of them any more. */
  release(holder: object): void {
    for (const [path, holders] of this.#holders) {
      if (!holders.delete(holder) || holders.size > 0) continue;
      this.#analyses.get(path)?.cancel();
      this.#analyses.delete(path);
      this.#holders.delete(path);
    }
  }

  /** Analyses are started in this order, after those that wait already. */
  start(analyses: readonly Analysis[]): void {
    this.#queue.push(...analyses.filter((analysis) => analysis.wait()));
    void this.#work();
  }

  onDidChange(listener: Listener): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Tells that a checkpoint was measured elsewhere: to analyse it now takes no time. */
  noticeMeasured(path: string): void {
    for (const listener of this.#measuredListeners) listener(path);
  }

  onDidMeasure(listener: (path: string) => void): { dispose(): void } {
    this.#measuredListeners.add(listener);
    return { dispose: () => this.#measuredListeners.delete(listener) };
  }

  /** Compares two checkpoints that were analysed. Rejects as the jobs do. */
  async compare(
    first: Analysis,
    other: Analysis,
    options: Omit<ComparisonOptions, 'budget'>,
  ): Promise<CheckpointComparison> {
    const { budget, makePool } = this.workshop;
    const pool = makePool();
    try {
      return await compareCheckpoints(pool, sideOf(first), sideOf(other), { budget, ...options });
    } finally {
      pool.dispose();
    }
  }

  #tell(analysis: Analysis, found: readonly TensorReport[]): void {
    for (const listener of this.#listeners) listener(analysis, found);
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    const { fs, budget, makePool, cache } = this.workshop;
    const pool = makePool();
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        await next.run(fs, pool, { budget, cache });
      }
    } finally {
      pool.dispose();
      this.#working = false;
    }
  }
}

function sideOf({ path, tensors }: Analysis) {
  return { path, report: { tensors: [...tensors.values()] } };
}
