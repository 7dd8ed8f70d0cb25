import type { SeriesHandle } from '../formats/format';
import { canonicalSeries } from '../formats/keys';
import type { SeriesName, StepUnit } from '../model';
import { FileLog } from './fileLog';

/** What the user said of the keys of a log; absent: as the format reads it. */
export interface SeriesRoles {
  /** The log's own name of the training loss. */
  readonly loss?: string;
  /** The log's own name of the optimizer step. */
  readonly step?: string;
}

/**
 * A log in which the user has named the loss and the step. The values of one record come one after another with one step: they are held
 * until the next record begins or `settle` is called, so that another of them can be the step. A record without that key
 * stands at the last step before it; records before the first are left out.
 */
export class RoledLog extends FileLog {
  #stepHandle: SeriesHandle = -1;
  #place = Number.NaN;
  #step = Number.NaN;
  readonly #columns: { handle: SeriesHandle; steps: Float64Array; values: Float64Array }[] = [];
  readonly #held: { handle: SeriesHandle; value: number }[] = [];

  constructor(
    file: string,
    readonly roles: SeriesRoles,
  ) {
    super(file);
  }

  override series(label: string, name?: SeriesName): SeriesHandle {
    const handle = super.series(label, this.#nameOf(label, name));
    if (label === this.roles.step) this.#stepHandle = handle;
    return handle;
  }

  override stepUnit(unit: StepUnit): void {
    super.stepUnit(this.roles.step === undefined ? unit : 'step');
  }

  override point(handle: SeriesHandle, step: number, value: number): void {
    if (this.roles.step === undefined) {
      super.point(handle, step, value);
      return;
    }
    if (this.#columns.length > 0) this.settle();
    const begins = step !== this.#place || this.#held.some((held) => held.handle === handle);
    if (begins) this.settle();
    this.#place = step;
    this.#held.push({ handle, value });
  }

  override append(handle: SeriesHandle, steps: Float64Array, values: Float64Array): void {
    if (this.roles.step === undefined) {
      super.append(handle, steps, values);
      return;
    }
    if (this.#held.length > 0 || this.#columns.some((column) => column.handle === handle)) this.settle();
    // Copies: the reader fills its arrays again.
    this.#columns.push({ handle, steps: steps.slice(), values: values.slice() });
  }

  override settle(): void {
    const own = this.#held.find(({ handle }) => handle === this.#stepHandle)?.value;
    if (own !== undefined && Number.isFinite(own)) this.#step = own;
    for (const { handle, value } of this.#held) this.#emit(handle, this.#step, value);
    this.#held.length = 0;
    this.#place = Number.NaN;
    if (this.#columns.length > 0) this.#settleColumns();
  }

  /** Many records at once, column by column. */
  #settleColumns(): void {
    const own = this.#columns.find(({ handle }) => handle === this.#stepHandle);
    const chosen = new Map(Array.from(own?.steps ?? [], (place, i) => [place, own!.values[i]!]));
    const before = this.#step;
    for (const { handle, steps, values } of this.#columns) {
      this.#step = before;
      for (const [i, place] of steps.entries()) {
        this.#step = chosen.get(place) ?? this.#step;
        this.#emit(handle, this.#step, values[i]!);
      }
    }
    this.#columns.length = 0;
  }

  #emit(handle: SeriesHandle, step: number, value: number): void {
    if (handle !== this.#stepHandle && Number.isFinite(step)) super.point(handle, step, value);
  }

  /** Another series that means the training loss keeps its own name beside the one that the user chose. */
  #nameOf(label: string, name: SeriesName | undefined): SeriesName | undefined {
    const { loss } = this.roles;
    if (loss === undefined) return name;
    if (label === loss) return 'train_loss';
    return (name ?? canonicalSeries(label).name) === 'train_loss' ? label : name;
  }
}
