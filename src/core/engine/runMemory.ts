import type { RunId } from '../model';
import { type LearntRun, MAX_LEARNT } from '../prior/learntRun';

/**
 * The user's finished runs, from which forecasts of later ones learn. Empty and off until somebody turns it on; what it
 * holds depends on the runs alone, not on the order in which they came.
 */
export class RunMemory {
  /** Whether finished runs are taken in. */
  learns = false;
  /** Counts the changes. */
  revision = 0;
  readonly #runs = new Map<RunId, LearntRun>();
  #forgotten: ReadonlySet<RunId> = new Set();
  #listener: (learnt: readonly LearntRun[]) => void = () => undefined;

  /** All learnt runs, by id. */
  get runs(): LearntRun[] {
    return [...this.#runs.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Calls back with all runs whenever one was learnt. One listener. */
  onDidLearn(listener: (learnt: readonly LearntRun[]) => void): void {
    this.#listener = listener;
  }

  /** Replaces everything, as kept from an earlier session; runs in `forgotten` are never learnt. */
  restore(runs: readonly LearntRun[], forgotten: readonly RunId[] = []): void {
    this.#runs.clear();
    this.#forgotten = new Set(forgotten);
    for (const run of runs.slice(0, MAX_LEARNT)) this.#runs.set(run.id, run);
    this.revision++;
  }

  /** Takes in a finished run. Beyond `MAX_LEARNT` runs a new one is not taken. False when nothing is new. */
  learn(run: LearntRun): boolean {
    const known = this.#runs.get(run.id);
    if (this.#forgotten.has(run.id) || (known === undefined && this.#runs.size >= MAX_LEARNT)) return false;
    if (JSON.stringify(known) === JSON.stringify(run)) return false;
    this.#runs.set(run.id, run);
    this.revision++;
    this.#listener(this.runs);
    return true;
  }

  /** What a forecast of `run` may learn from: every other run. */
  historyFor(run: RunId): LearntRun[] {
    return this.runs.filter(({ id }) => id !== run);
  }
}
