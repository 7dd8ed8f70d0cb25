import type { RecordSink, SeriesHandle } from '../format';
import type { RowClaim, RowColumn } from '../rows/repeatedRows';
import { CellKind, digitCells, type RowCell, timeCells } from '../rows/rowTemplate';
import type { FieldReader, Variation } from './fields';

const NO_VARIATION: Variation = {};

/**
 * What a grammar says of the line at hand: that a later one which differs in nothing but what is named here, and has a
 * greater step, or belongs to a record with a greater step, does the same. Such lines are then read many at a time. The
 * state after the last of them must not depend on those before it. Places are those of the scanner.
 */
export class LineRecord {
  isClaimed = false;
  step = 0;
  /** Where the step stands; -1 when the line belongs to the step that lines before it gave. */
  stepAt = -1;
  /** What is added to the number there. */
  base = 0;
  #kind = CellKind.Integer;
  #grouped = false;
  #held = false;
  #below: number | undefined;
  #memory = 1;
  #more: ((record: LineRecord) => void) | undefined;
  readonly #twins: number[] = [];
  readonly #readers: FieldReader[] = [];
  readonly #variations: Variation[] = [];
  readonly #numbers: (RowCell & { readonly column?: Omit<RowColumn, 'cell'> })[] = [];
  /** Beginnings and ends. */
  readonly #ignored: number[] = [];
  readonly #lists: readonly unknown[][] = [this.#twins, this.#readers, this.#variations, this.#numbers, this.#ignored];

  /** Forgets what was said: another line is read. */
  reset(): void {
    this.isClaimed = false;
  }

  /** Claims the line, whose step is the integer at `stepAt` and those before its epoch. */
  claim(step: number, stepAt = -1, base = 0): this {
    this.isClaimed = true;
    this.step = step;
    this.stepAt = stepAt;
    this.base = base;
    this.#kind = CellKind.Integer;
    this.#grouped = false;
    this.#held = false;
    this.#below = undefined;
    this.#memory = 1;
    this.#more = undefined;
    // To set a length costs more than to look at it.
    for (const list of this.#lists) if (list.length > 0) list.length = 0;
    return this;
  }

  /** The step was read as any number, with commas between thousands if `grouped`. */
  anyStep(grouped = false): this {
    this.#kind = CellKind.Number;
    this.#grouped = grouped;
    return this;
  }

  /** The numbers of the line that `fields` has read went to their series. */
  fields(fields: FieldReader, variation = NO_VARIATION): this {
    this.#readers.push(fields);
    this.#variations.push(variation);
    return this;
  }

  /** The number at `from`, times `scale`, went to a series as `value`; commas may stand between its thousands if `grouped`. */
  point(from: number, handle: SeriesHandle, value: number, { scale = 1, grouped = false } = {}): this {
    this.#numbers.push({ kind: CellKind.Number, from, grouped, column: { handle, scale, value } });
    return this;
  }

  /** As `point`, of a whole number. */
  integer(from: number, handle: SeriesHandle, value: number): this {
    this.#numbers.push({ kind: CellKind.Integer, from, column: { handle, scale: 1, value } });
    return this;
  }

  /** The number at `from` means nothing. */
  number(from: number, grouped = false): this {
    this.#numbers.push({ kind: CellKind.Number, from, grouped });
    return this;
  }

  /** The whole number at `from` means nothing. */
  whole(from: number): this {
    this.#numbers.push({ kind: CellKind.Integer, from });
    return this;
  }

  /** The whole number at `from` repeats the step. */
  twin(from: number): this {
    this.#twins.push(from);
    return this;
  }

  /** The step as logged is less than `step`: other lines mean more. */
  below(step: number): this {
    this.#below = step;
    return this;
  }

  /** What is read next depends on the last two such lines. */
  remembersTwo(): this {
    this.#memory = 2;
    return this;
  }

  /** More is said by `tell`, once it is needed. */
  more(tell: (record: LineRecord) => void): this {
    this.#more = tell;
    return this;
  }

  /** The digits in [from, to) mean nothing. */
  digits(from: number, to: number): this {
    this.#ignored.push(from, to);
    return this;
  }

  /** At [from, to) a bar is drawn. */
  drawing(from: number, to: number): this {
    this.#numbers.push({ kind: CellKind.Drawing, from, to });
    return this;
  }

  /** The points of the line are kept back until a later line is read, or the grammar is told to finish. */
  hold(): this {
    this.#held = true;
    return this;
  }

  /** All that was said of the line which begins at `start`; `undefined` when a series is not known yet. */
  claimed(bytes: Uint8Array, start: number): RowClaim | undefined {
    const { stepAt } = this;
    this.#more?.(this);
    const cells: RowCell[] = stepAt < 0 ? [] : [{ kind: this.#kind, from: stepAt, grouped: this.#grouped }];
    const columns: RowColumn[] = [];
    for (const { column, ...cell } of this.#numbers) {
      const isStep = cell.from === stepAt;
      if (column !== undefined) columns.push({ ...column, cell: isStep ? 0 : cells.length });
      if (!isStep) cells.push(cell);
    }
    const twins = this.#twins.map((from) => [cells.push({ kind: CellKind.Integer, from }) - 1, 0] as const);
    for (const [i, fields] of this.#readers.entries()) {
      if (!fields.addTo(cells, columns, stepAt, this.#variations[i]!)) return undefined;
    }
    const first = cells.reduce((least, { from }) => Math.min(least, from), stepAt < 0 ? bytes.length : stepAt);
    const digits: RowCell[] = [];
    for (let i = 0; i < this.#ignored.length; i += 2)
      digits.push(...digitCells(bytes, this.#ignored[i]!, this.#ignored[i + 1]!));
    const times = timeCells(bytes, start, cells.length === 0 ? start : first);
    const free = times.filter(({ from }) => digits.every((cell) => cell.from !== from));
    return {
      cells: [...cells, ...digits, ...free],
      step: stepAt < 0 ? -1 : 0,
      twins,
      columns,
      memory: this.#memory,
      held: this.#held,
      ...(this.#below !== undefined && { below: this.#below }),
    };
  }
}

/** Gives the fields of a line whose step stands at `stepAt` to the sink, and claims it. */
export function emitRecord(
  { record, sink }: { readonly record: LineRecord; readonly sink: RecordSink },
  fields: FieldReader,
  step: number,
  stepAt: number,
): LineRecord {
  fields.emit(sink, step);
  return record.claim(step, stepAt).fields(fields);
}
