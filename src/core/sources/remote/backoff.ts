/** Milliseconds to wait after the first, second, … failure in a row: the first try again is at once. */
const PAUSES = [0, 1000, 2000, 4000, 8000, 16_000, 30_000, 60_000];

/** When to try again after failures. Time is an argument: milliseconds of any clock. */
export class Backoff {
  #failures = 0;
  #until = Number.NEGATIVE_INFINITY;

  /** Pauses are divided by `haste`: 1 unless a test has no time. */
  constructor(readonly haste = 1) {}

  /** Milliseconds to wait from `now`; 0 when a try is due. */
  wait(now: number): number {
    return Math.max(0, this.#until - now);
  }

  /** Takes note of a failure. `atLeast`: the next try is not before that many milliseconds. */
  fail(now: number, atLeast = 0): void {
    const pause = PAUSES[Math.min(this.#failures, PAUSES.length - 1)]!;
    this.#failures++;
    this.#until = now + Math.max(pause, atLeast) / this.haste;
  }

  /** Takes note of a success: the next failure counts as the first. */
  succeed(): void {
    this.#failures = 0;
    this.#until = Number.NEGATIVE_INFINITY;
  }
}
