/** Milliseconds of the past that the pace is measured over. */
const WINDOW = 3 * 60_000;
/** Shortest stretch in milliseconds that gives a pace. */
const SHORTEST = 2_000;

/** Speed of a live run, from the moments at which its log grew. */
export class Pace {
  readonly #seen: { at: number; step: number }[] = [];

  /** Notes that the run stood at `step` at clock time `at` (milliseconds). A step that falls back starts anew. */
  observe(at: number, step: number): void {
    if (this.#seen.length > 0 && step < this.#seen[this.#seen.length - 1]!.step) this.#seen.length = 0;
    this.#seen.push({ at, step });
    while (this.#seen.length > 2 && at - this.#seen[0]!.at > WINDOW) this.#seen.shift();
  }

  /** Steps per millisecond; `null` before the run has been seen to move. */
  get stepsPerMs(): number | null {
    const first = this.#seen[0];
    const last = this.#seen.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < SHORTEST || last.step <= first.step)
      return null;
    return (last.step - first.step) / (last.at - first.at);
  }
}
