import { Column } from './column';

/**
 * The steps of one series. Series of one log mostly have the same steps: as long as each step is the one that the
 * leading series of the log has just got, nothing is stored but the count.
 */
export class StepColumn {
  #leader: StepColumn | undefined;
  #own: Column | undefined;
  #length = 0;
  #last = Number.NEGATIVE_INFINITY;
  /** The array that was appended last. */
  #appended: Float64Array | undefined;

  constructor(leader?: StepColumn) {
    this.#leader = leader;
    if (leader === undefined) this.#own = new Column();
  }

  get length(): number {
    return this.#length;
  }

  /** The step that was pushed last; `-Infinity` before the first. */
  get last(): number {
    return this.#last;
  }

  /** True while the steps are those of the leading series. */
  get shared(): boolean {
    return this.#own === undefined;
  }

  push(step: number): void {
    const leader = this.#leader;
    if (leader !== undefined && (leader.#length !== this.#length + 1 || leader.#last !== step)) this.#part();
    this.#own?.push(step);
    this.#length++;
    this.#last = step;
  }

  /** Appends all of `steps`, which are copied; the same array object means the same steps. */
  append(steps: Float64Array): void {
    const leader = this.#leader;
    const count = steps.length;
    if (count === 0) return;
    if (leader !== undefined && (leader.#length !== this.#length + count || leader.#appended !== steps)) this.#part();
    this.#own?.append(steps);
    this.#appended = steps;
    this.#length += count;
    this.#last = steps[count - 1]!;
  }

  /** Step of row `index`; `NaN` outside [0, length). */
  at(index: number): number {
    if (index < 0 || index >= this.#length) return Number.NaN;
    return (this.#own ?? this.#leader!).at(index);
  }

  /** The steps [from, to) without copying; valid until the next `push` or `truncate`. */
  view(from = 0, to = this.#length): Float64Array<ArrayBuffer> {
    return (this.#own ?? this.#leader!).view(from, Math.min(to, this.#length));
  }

  /** As `Column.copy`. */
  copy(from = 0, to = this.#length): Float64Array<ArrayBuffer> {
    return (this.#own ?? this.#leader!).copy(from, to);
  }

  /** Forgets everything from `length` on. Of a log, the leading series is never cut shorter than the others. */
  truncate(length: number): void {
    if (length >= this.#length) return;
    this.#own?.truncate(length);
    this.#length = Math.max(0, length);
    this.#last = this.#length === 0 ? Number.NEGATIVE_INFINITY : this.at(this.#length - 1);
  }

  /** Goes on with steps of its own. */
  #part(): void {
    const shared = this.view();
    this.#own = new Column();
    this.#own.append(shared);
    this.#leader = undefined;
  }
}
