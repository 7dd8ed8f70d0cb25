import type { RecordSink, SeriesHandle } from '../format';
import { forgetBytes, rowKernel } from './rowKernel';
import { CellKind, type RowCell, type RowTemplate, templateOf } from './rowTemplate';

/** A series that rows of one shape have a value of. */
export interface RowColumn {
  /** Index of its cell in the claim. */
  readonly cell: number;
  readonly handle: SeriesHandle;
  readonly scale: number;
  /** What the general reader kept of the row that is claimed, if it is to be compared. */
  readonly value?: number;
  /** Least number that is kept. */
  readonly least?: number;
  /** Numbers above this are milliseconds of a quantity in seconds. */
  readonly mostSeconds?: number;
}

/**
 * What a reader says of a row it has read: a row that differs from it in nothing but these cells does nothing but give
 * these columns their points.
 */
export interface RowClaim {
  readonly cells: readonly RowCell[];
  /** Cell of the step; -1 when rows are counted. */
  readonly step: number;
  /** Cell of the epoch that steps may begin anew with. */
  readonly epoch?: number;
  readonly columns: readonly RowColumn[];
  /** Position before which times may differ. */
  readonly times?: number;
}

/** What holds of the row that is claimed and must hold of those that repeat it. */
export interface RowPlace {
  /** The steps rise, from this one on. */
  readonly above?: number;
  /** The epoch is this one, and its steps count from `base` on. */
  readonly epoch?: number;
  readonly base?: number;
}

interface Shape {
  readonly claim: RowClaim;
  readonly template: RowTemplate;
}

/** Rows below which the general reader is as fast. */
const LEAST_ROWS = 8;
/** Shapes that are remembered: writers alternate between a few kinds of rows. */
const MAX_SHAPES = 4;
/** What a claim costs, and a new shape, in rows that could be read in the time. */
const CLAIM_COST = 1;
const SHAPE_COST = 32;
/** Rows that the reader may lose before claims are ignored for a while, and those that it must have won to go on. */
const CREDIT = 64;
const PROFIT = 4 * CREDIT;
/** Claims that are then ignored: more each time. */
const LEAST_PAUSE = 64;
const GREATEST_PAUSE = 4096;
const NO_BYTES: Uint8Array = new Uint8Array(0);

/**
 * Reads the rows that repeat the shape of the one before them, many at a time. Logs are monotonous: nearly every record
 * has the bytes of the last one but for its numbers. The general reader of a format reads a row and claims what such
 * rows mean; those that follow are compared and read by a kernel, and their numbers go to the series by the column. The
 * last of them is left to the general reader, so that its state is what it would have been.
 */
export class RepeatedRows {
  readonly #shapes: Shape[] = [];
  #bytes = NO_BYTES;
  #shape: Shape | undefined;
  #place: RowPlace = {};
  #credit = CREDIT;
  #pause = LEAST_PAUSE;
  #ignored = 0;
  /** Rows that `read` gave to the sink, and the step of the last one as logged. */
  count = 0;
  lastStep = 0;

  /** Takes the chunk that claims and reads are about; it must not change until `release`. */
  take(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#shape = undefined;
    forgetBytes();
  }

  /** Lets go of the chunk. */
  release(): void {
    this.take(NO_BYTES);
  }

  /** Whether a claim is worth making. */
  get listens(): boolean {
    if (this.#ignored === 0) return true;
    this.#ignored--;
    this.#shape = undefined;
    return false;
  }

  /**
   * The row [start, end) of the chunk, with its line end, was read, and what `claim` gives holds of it, and of rows at
   * such a `place`.
   */
  claim(start: number, end: number, claim: () => RowClaim | undefined, place: RowPlace = {}): void {
    this.#place = place;
    const known = this.#shapes.findIndex((shape) => this.#fits(shape, start, end));
    if (known === 0) this.#shape = this.#shapes[0];
    else if (known > 0) {
      this.#shape = this.#shapes.splice(known, 1)[0]!;
      this.#shapes.unshift(this.#shape);
    } else this.#learn(start, end, claim());
    this.#credit -= known < 0 ? SHAPE_COST : CLAIM_COST;
    if (this.#credit >= 0) return;
    this.#credit = CREDIT;
    this.#ignored = this.#pause;
    this.#pause = Math.min(GREATEST_PAUSE, this.#pause * 2);
  }

  /** Rows mean something else from now on: what was claimed before does not hold of them. */
  unlearn(): void {
    this.#shape = undefined;
    this.#shapes.length = 0;
  }

  /** Something else was read: no row is covered until the next claim. */
  disclaim(): void {
    this.#shape = undefined;
  }

  /**
   * Reads the rows at `at` of the chunk that the last claim covers and gives them to the sink, all but the last. Returns
   * where to go on. `counted` is the number of the first row, where rows are counted.
   */
  read(at: number, sink: RecordSink, counted = 0): number {
    this.count = 0;
    const shape = this.#shape;
    if (shape === undefined) return at;
    const kernel = rowKernel();
    const { code, cells } = shape.template;
    let rows = kernel.read(code, cells, this.#bytes, at);
    if (rows < LEAST_ROWS) return at;
    const placed = this.#countPlaced(shape, rows);
    if (placed < LEAST_ROWS) return at;
    if (placed < rows) rows = kernel.read(code, cells, this.#bytes, at, placed);
    this.count = rows - 1;
    if (shape.claim.step >= 0) this.lastStep = kernel.values(shape.template.places[shape.claim.step]!, rows)[rows - 2]!;
    emit(shape, this.count, counted, this.#place.base ?? 0, sink);
    this.#credit = Math.min(PROFIT, this.#credit + this.count);
    if (this.#credit === PROFIT) this.#pause = LEAST_PAUSE;
    return kernel.last;
  }

  /** Number of rows at the beginning of those just read that stand where the claim holds. */
  #countPlaced({ claim, template }: Shape, rows: number): number {
    const { above, epoch } = this.#place;
    const values = (cell: number, count: number) => rowKernel().values(template.places[cell]!, count);
    const rising = above === undefined ? rows : countRising(values(claim.step, rows), above);
    return epoch === undefined || claim.epoch === undefined ? rising : countEqual(values(claim.epoch, rising), epoch);
  }

  #fits({ template }: Shape, start: number, end: number): boolean {
    const kernel = rowKernel();
    return kernel.read(template.code, template.cells, this.#bytes, start, 1) === 1 && kernel.end === end;
  }

  #learn(start: number, end: number, claim: RowClaim | undefined): void {
    this.#shape = undefined;
    if (claim === undefined || new Set(claim.columns.map(({ handle }) => handle)).size < claim.columns.length) return;
    const template = templateOf(this.#bytes, start, end, claim.cells, claim.times);
    if (template === undefined) return;
    const shape = { claim, template };
    if (!this.#fits(shape, start, end) || !agrees(shape)) return;
    this.#shape = shape;
    this.#shapes.unshift(shape);
    if (this.#shapes.length > MAX_SHAPES) this.#shapes.pop();
  }
}

/** Whether the kernel has read what the general reader has. */
function agrees({ claim, template }: Shape): boolean {
  return claim.columns.every(({ cell, scale, value }) => {
    const read = rowKernel().values(template.places[cell]!, 1)[0]!;
    return value === undefined || read * scale === value;
  });
}

/** Number of steps at the beginning of `steps` that rise from above `least`. */
function countRising(steps: Float64Array, least: number): number {
  let last = least;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    if (!(step > last)) return i;
    last = step;
  }
  return steps.length;
}

/** Number of values at the beginning of `values` that are `value`. */
function countEqual(values: Float64Array, value: number): number {
  const other = values.findIndex((each) => each !== value);
  return other < 0 ? values.length : other;
}

/** Rows of a column that have a value, and their steps. */
interface Part {
  readonly column: RowColumn;
  readonly steps: Float64Array;
  readonly values: Float64Array;
  /** By row: whether it has a value that is kept; `undefined` when all have. */
  readonly kept: Uint8Array | undefined;
}

function emit({ claim, template }: Shape, count: number, counted: number, base: number, sink: RecordSink): void {
  const kernel = rowKernel();
  const steps =
    claim.step < 0
      ? Float64Array.from({ length: count }, (_, row) => counted + row)
      : kernel.values(template.places[claim.step]!, count);
  if (base !== 0) for (let i = 0; i < count; i++) steps[i]! += base;
  const parts: Part[] = [];
  for (const column of claim.columns) {
    if (column.handle < 0) continue;
    const place = template.places[column.cell]!;
    const values = kernel.values(place, count);
    scale(values, column);
    const isOptional = claim.cells[column.cell]!.kind === CellKind.Optional;
    const kept = keptRows(values, column, isOptional ? kernel.present(place, count) : undefined);
    parts.push({ column, steps, values, kept });
  }
  if (sink.append === undefined) {
    emitByRow(parts, count, sink);
    return;
  }
  let same: Part | undefined;
  for (const part of parts) {
    const whole = withoutGaps(part, same);
    if (part.kept !== undefined) same = { ...whole, kept: part.kept };
    sink.append(part.column.handle, whole.steps, whole.values);
  }
}

/** The rows that are kept. Their steps are the array of `same` if that keeps the same rows. */
function withoutGaps(part: Part, same: Part | undefined): Part {
  const { kept } = part;
  if (kept === undefined) return part;
  const steps = same !== undefined && equalMarks(same.kept!, kept) ? same.steps : keepMarked(part.steps, kept);
  return { ...part, kept: undefined, steps, values: keepMarked(part.values, kept) };
}

function keepMarked(values: Float64Array, marks: Uint8Array): Float64Array {
  const kept = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (marks[i] === 1) kept[count++] = values[i]!;
  return kept.subarray(0, count);
}

function equalMarks(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}

/** As the general reader would: row by row. */
function emitByRow(parts: readonly Part[], count: number, sink: RecordSink): void {
  for (let row = 0; row < count; row++) {
    for (const { column, steps, values, kept } of parts) {
      if (kept?.[row] !== 0) sink.point(column.handle, steps[row]!, values[row]!);
    }
  }
}

/** Whether each row has a value that is kept; `undefined` when all have. */
function keptRows(values: Float64Array, { least }: RowColumn, present?: Uint8Array): Uint8Array | undefined {
  if (least === undefined) return present?.includes(0) ? present : undefined;
  const kept = present ?? new Uint8Array(values.length).fill(1);
  for (let i = 0; i < values.length; i++) if (values[i]! < least) kept[i] = 0;
  return kept.includes(0) ? kept : undefined;
}
/** Turns the numbers as logged into those that are kept. */
function scale(values: Float64Array, { scale: factor, mostSeconds }: RowColumn): void {
  if (factor !== 1) for (let i = 0; i < values.length; i++) values[i]! *= factor;
  if (mostSeconds !== undefined) {
    for (let i = 0; i < values.length; i++) if (values[i]! > mostSeconds) values[i]! /= 1000;
  }
}
