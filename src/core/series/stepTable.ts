import type { Span } from './series';

/** One row of a table of series: a step, and the value of each series at it; `undefined` where it has none. */
export interface StepRow {
  readonly step: number;
  readonly values: readonly (number | undefined)[];
}

/**
 * Lays series side by side: one row per step, in rising order. A series with several values at one step makes that many
 * rows of it. Yields the same row object again and again. Nothing for empty series.
 */
export function* stepRows(series: readonly (readonly Span[])[]): Generator<StepRow> {
  const cursors = series.map((spans) => new Cursor(spans));
  const values: (number | undefined)[] = series.map(() => undefined);
  for (;;) {
    let step = Number.POSITIVE_INFINITY;
    for (const cursor of cursors) step = Math.min(step, cursor.step);
    if (step === Number.POSITIVE_INFINITY) return;
    for (const [i, cursor] of cursors.entries()) values[i] = cursor.step === step ? cursor.take() : undefined;
    yield { step, values };
  }
}

/** A place in the points of one series. */
class Cursor {
  /** Step of the next point; infinite behind the last one. */
  step = Number.POSITIVE_INFINITY;
  #span = 0;
  #row = 0;

  constructor(readonly spans: readonly Span[]) {
    this.#settle();
  }

  take(): number {
    const value = this.spans[this.#span]!.values[this.#row++]!;
    this.#settle();
    return value;
  }

  #settle(): void {
    while (this.#span < this.spans.length && this.#row >= this.spans[this.#span]!.steps.length) {
      this.#span++;
      this.#row = 0;
    }
    this.step = this.spans[this.#span]?.steps[this.#row] ?? Number.POSITIVE_INFINITY;
  }
}
