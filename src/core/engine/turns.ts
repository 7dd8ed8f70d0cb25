import type { RunId } from '../model';

/**
 * Lets some runs at a time do something costly; the others wait. A free place goes to the run that is wanted most, else
 * to the one that has waited longest.
 */
export class Turns {
  readonly #waiting: { readonly run: RunId; readonly start: () => void }[] = [];
  #free: number;
  #wanted: readonly RunId[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Runs that go first, the most wanted one first. Those that have begun already are left to end. */
  prefer(runs: readonly RunId[]): void {
    this.#wanted = runs;
  }

  /** Does `work` when it is the turn of `run`, and passes on what comes of it. */
  async take<T>(run: RunId, work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((start) => this.#waiting.push({ run, start }));
    try {
      return await work();
    } finally {
      const next = this.#next();
      if (next === undefined) this.#free++;
      else next.start();
    }
  }

  #next(): { readonly start: () => void } | undefined {
    for (const run of this.#wanted) {
      const at = this.#waiting.findIndex((each) => each.run === run);
      if (at >= 0) return this.#waiting.splice(at, 1)[0];
    }
    return this.#waiting.shift();
  }
}
