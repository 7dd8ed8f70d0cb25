import type { RecordSink, SeriesHandle } from '../format';
import { forgetBytes, rowKernel } from './rowKernel';
import { CellKind, type RowCell, type RowTemplate, templateOf } from './rowTemplate';

/** A series that rows of one shape have a value of. */
export interface RowColumn {
  /** Index of its cell in the claim. */
  readonly cell: number;
  readonly handle: SeriesHandle;
  readonly scale: number;
  /** Cell of its step, where a row has several. */
  readonly step?: number;
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
  /** Cells of the steps after it, each greater than the one before, and those that repeat the step in another cell. */
  readonly later?: readonly number[];
  readonly twins?: readonly (readonly [cell: number, step: number])[];
  /** Cell of the epoch that steps may begin anew with. */
  readonly epoch?: number;
  readonly columns: readonly RowColumn[];
  /** Lines of the row, where they may be many, and how many of them are records. */
  readonly lines?: number;
  readonly records?: number;
  /** Rows at the end that its state depends on; 1 unless said. */
  readonly memory?: number;
  /** The step as logged is less than this. */
  readonly below?: number;
  /** Whether the general reader keeps back what it has read of such a row until it reads the next one. */
  readonly held?: boolean;
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
  /** Whether several columns belong to one series. */
  readonly hasTurns: boolean;
  /** Rows that are read at a time: few where the claim holds of few, as of those of one short epoch. */
  reach: number;
}

/** Lines below which the general reader is as fast. */
const LEAST_LINES = 8;
/** Rows read at a time: at least what is worth it, at most more than the kernel takes. */
const LEAST_REACH = LEAST_LINES;
const GREATEST_REACH = 1 << 16;
/** Shapes that are remembered: writers alternate between a few kinds of rows. */
const MAX_SHAPES = 8;
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
  /** Records that `read` gave to the sink, and the step of the last one as logged. */
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
    const begins = () => start;
    if (this.recognise(begins, end, place)) return;
    this.learn(start, end, claim());
    this.recognise(begins, end, place);
  }

  /**
   * Whether a row that ends at `end` has a shape that was claimed before: then it is claimed again. `begins` tells where
   * a row of so many lines begins.
   */
  recognise(begins: (lines: number) => number | undefined, end: number, place: RowPlace): boolean {
    this.#place = place;
    this.#shape = undefined;
    for (const [i, shape] of this.#shapes.entries()) {
      const start = begins(shape.claim.lines ?? 1);
      if (start === undefined || !this.#fits(shape, start, end)) continue;
      if (i > 0) {
        this.#shapes.splice(i, 1);
        this.#shapes.unshift(shape);
      }
      this.#shape = shape;
      this.#pay(CLAIM_COST);
      return true;
    }
    return false;
  }

  /** Remembers the shape of the row [start, end), of which `claim` holds. */
  learn(start: number, end: number, claim: RowClaim | undefined): void {
    this.#pay(SHAPE_COST);
    if (claim === undefined) return;
    const template = templateOf(this.#bytes, start, end, claim.cells);
    if (template === undefined) return;
    const hasTurns = new Set(claim.columns.map(({ handle }) => handle)).size < claim.columns.length;
    const shape = { claim, template, hasTurns, reach: GREATEST_REACH };
    if (!this.#fits(shape, start, end) || !agrees(shape)) return;
    this.#shapes.unshift(shape);
    if (this.#shapes.length > MAX_SHAPES) this.#shapes.pop();
  }

  #pay(cost: number): void {
    this.#credit -= cost;
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
   * where to go on. `counted` is the number of the first row, where rows are counted; `settle` makes the general reader
   * give the sink what it keeps back.
   */
  read(at: number, sink: RecordSink, counted = 0, settle?: () => void): number {
    this.count = 0;
    const shape = this.#shape;
    if (shape === undefined) return at;
    const kernel = rowKernel();
    const { code, cells } = shape.template;
    let rows = kernel.read(code, cells, this.#bytes, at, shape.reach);
    const least = Math.max(3, LEAST_LINES / (shape.claim.lines ?? 1));
    if (rows < least) return at;
    const placed = this.#countPlaced(shape, rows);
    shape.reach = placed < rows ? Math.max(LEAST_REACH, 2 * placed) : Math.min(GREATEST_REACH, 4 * shape.reach);
    if (placed < least) return at;
    const { claim } = shape;
    const wanted = placed + 1 - (claim.memory ?? 1);
    if (wanted < rows) rows = kernel.read(code, cells, this.#bytes, at, wanted);
    const given = rows - 1;
    this.count = given * (claim.records ?? 1);
    if (claim.step >= 0) this.lastStep = kernel.values(shape.template.places[claim.step]!, rows)[given - 1]!;
    if (claim.held) settle?.();
    emit(shape, given, counted, this.#place.base ?? 0, sink);
    this.#credit = Math.min(PROFIT, this.#credit + given * (claim.lines ?? 1));
    if (this.#credit === PROFIT) this.#pause = LEAST_PAUSE;
    return kernel.last;
  }

  /** Number of rows at the beginning of those just read that stand where the claim holds. */
  #countPlaced({ claim, template }: Shape, rows: number): number {
    const { above, epoch } = this.#place;
    const values = (cell: number, count: number) => rowKernel().values(template.places[cell]!, count);
    const steps = [claim.step, ...(claim.later ?? [])];
    let rising = rows;
    if (above !== undefined)
      rising = countRising(
        steps.map((step) => values(step, rows)),
        above,
        claim.below,
      );
    for (const [twin, step] of claim.twins ?? []) rising = countSame(values(twin, rising), values(step, rising));
    return epoch === undefined || claim.epoch === undefined ? rising : countEqual(values(claim.epoch, rising), epoch);
  }

  #fits({ template }: Shape, start: number, end: number): boolean {
    const kernel = rowKernel();
    return kernel.read(template.code, template.cells, this.#bytes, start, 1) === 1 && kernel.end === end;
  }
}

/** Whether the kernel has read what the general reader has. */
function agrees({ claim, template }: Shape): boolean {
  return claim.columns.every(({ cell, scale, value }) => {
    const read = rowKernel().values(template.places[cell]!, 1)[0]!;
    return value === undefined || read * scale === value;
  });
}

/** Number of rows at the beginning in which all `steps`, one after another, rise between `least` and `below`. */
function countRising(steps: readonly Float64Array[], least: number, below = Number.POSITIVE_INFINITY): number {
  const rows = steps[0]!.length;
  let last = least;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]![row]!;
      if (!(step > last && step < below)) return row;
      last = step;
    }
  }
  return rows;
}

/** Number of values at the beginning of `a` that `b` has too. */
function countSame(a: Float64Array, b: Float64Array): number {
  const other = a.findIndex((each, i) => each !== b[i]);
  return other < 0 ? a.length : other;
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

function emit(
  { claim, template, hasTurns }: Shape,
  count: number,
  counted: number,
  base: number,
  sink: RecordSink,
): void {
  const kernel = rowKernel();
  const steps = new Map<number, Float64Array>();
  for (const cell of [claim.step, ...(claim.later ?? [])]) {
    const numbers =
      cell < 0
        ? Float64Array.from({ length: count }, (_, row) => counted + row)
        : kernel.values(template.places[cell]!, count);
    // A copy where numbers are shifted: one of them may be a column too.
    steps.set(cell, base === 0 ? numbers : numbers.map((step) => step + base));
  }
  const parts: Part[] = [];
  for (const column of claim.columns) {
    if (column.handle < 0) continue;
    const place = template.places[column.cell]!;
    const numbers = kernel.values(place, count);
    const values = steps.has(column.cell) ? numbers.slice() : numbers;
    const isOptional = claim.cells[column.cell]!.kind === CellKind.Optional;
    const own = steps.get(column.step ?? claim.step)!;
    const scaled = scale(values, column);
    const kept = keptRows(scaled, column, isOptional ? kernel.present(place, count) : undefined);
    parts.push({ column, steps: own, values: scaled, kept });
  }
  if (sink.append === undefined) {
    emitByRow(parts, count, sink);
    return;
  }
  let last: { readonly part: Part; readonly steps: Float64Array } | undefined;
  for (const part of hasTurns ? inTurn(parts) : parts) {
    const { kept } = part;
    if (kept === undefined) sink.append(part.column.handle, part.steps, part.values);
    else {
      // The array of the series before, where that has the same steps.
      const isSame = last?.part.steps === part.steps && equalMarks(last.part.kept!, kept);
      const steps = isSame ? last!.steps : keepMarked(part.steps, kept);
      last = { part, steps };
      sink.append(part.column.handle, steps, keepMarked(part.values, kept));
    }
  }
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

/** The numbers as logged turned into those that are kept, in place. */
function scale(values: Float64Array, { scale: factor, mostSeconds }: RowColumn): Float64Array {
  if (factor !== 1) for (let i = 0; i < values.length; i++) values[i]! *= factor;
  if (mostSeconds !== undefined) {
    for (let i = 0; i < values.length; i++) if (values[i]! > mostSeconds) values[i]! /= 1000;
  }
  return values;
}

/** Parts of which several belong to one series as one, their rows in turn. */
function inTurn(parts: readonly Part[]): readonly Part[] {
  const bySeries = new Map<SeriesHandle, Part[]>();
  for (const part of parts) bySeries.set(part.column.handle, [...(bySeries.get(part.column.handle) ?? []), part]);
  return [...bySeries.values()].map((same) => {
    if (same.length === 1) return same[0]!;
    const hasGaps = same.some(({ kept }) => kept !== undefined);
    const size = same.length * same[0]!.steps.length;
    const whole = {
      column: same[0]!.column,
      steps: new Float64Array(size),
      values: new Float64Array(size),
      kept: hasGaps ? new Uint8Array(size).fill(1) : undefined,
    };
    for (const [turn, { steps, values, kept }] of same.entries()) {
      for (let row = 0, to = turn; row < steps.length; row++, to += same.length) {
        whole.steps[to] = steps[row]!;
        whole.values[to] = values[row]!;
        if (kept !== undefined) whole.kept![to] = kept[row]!;
      }
    }
    return whole;
  });
}
