import type { RecordSink } from '../format';
import { RepeatedRows, type RowClaim } from './repeatedRows';

/** A line that was claimed. */
export interface ClaimedLine {
  readonly start: number;
  /** Byte after its line end. */
  readonly end: number;
  /** The step that it belongs to, and whether it gives it itself. */
  readonly step: number;
  readonly isPlaced: boolean;
  /** Added to the number that it gives as the step. */
  readonly base: number;
  /** Whether it is a record, and not only part of one. */
  readonly isRecord: boolean;
}

/** Lines about one step, and what was claimed of each. */
interface Part {
  readonly start: number;
  readonly base: number;
  readonly claims: (RowClaim | undefined)[];
  lines: number;
  records: number;
}

/** Lines that may be put together. */
const MAX_LINES = 256;

/**
 * Puts lines together to the rows that `RepeatedRows` reads: those from one record to the next that is like it. In most
 * formats each line is a row; in others a head and a line for each metric, or records of several kinds that take turns.
 */
export class RecordLines extends RepeatedRows {
  /** Where the lines begin that followed each other up to now, and what the last of them belongs to. */
  readonly #starts: number[] = [];
  #step = Number.NaN;
  #base = 0;
  /** What was read since the last row of a known shape. */
  readonly #parts: Part[] = [];
  /** Whether the lines up to now end with a row of a known shape. */
  #isKnown = false;
  /** Whether the lines at hand are claimed one by one: those before them were of no known shape. */
  #learns = true;

  override take(bytes: Uint8Array): void {
    super.take(bytes);
    this.break();
  }

  /** Something else was read: what follows is no part of the row. */
  break(): void {
    this.#starts.length = 0;
    this.#parts.length = 0;
    this.#step = Number.NaN;
  }

  override read(at: number, sink: RecordSink, counted = 0, settle?: () => void): number {
    const next = super.read(at, sink, counted, settle);
    if (next !== at) this.break();
    return next;
  }

  /** A line of the chunk was read, and what `claim` gives holds of it and of those like it. */
  line({ start, end, step, isPlaced, base, isRecord }: ClaimedLine, claim: () => RowClaim | undefined): void {
    if (isPlaced && step !== this.#step) {
      if (this.#isKnown) this.#parts.length = 0;
      else this.#endPart(start);
      if (!this.listens) {
        this.break();
        return;
      }
      this.#learns = !this.#isKnown;
      this.#step = step;
      this.#base = base;
      this.#parts.push({ start, base, claims: [], lines: 0, records: 0 });
    }
    const part = this.#parts.at(-1);
    if (part === undefined) return;
    if (this.#starts.length === MAX_LINES) this.#starts.shift();
    this.#starts.push(start);
    part.lines++;
    if (isRecord) part.records++;
    this.#isKnown = this.#recognise(end);
    if (this.#learns && !this.#isKnown) part.claims.push(claim());
  }

  #recognise(end: number): boolean {
    const place = { above: this.#step - this.#base, base: this.#base };
    return this.recognise((lines) => this.#starts.at(-lines), end, place);
  }

  /** A record is whole, and another begins at `end`: if one like it was read before, those from there on are a row. */
  #endPart(end: number): void {
    const last = this.#parts.at(-1);
    if (last === undefined) return;
    // A line of it was not claimed, because a row of a known shape was to be expected or had ended there.
    if (last.claims.length < last.lines) {
      this.#parts.length = 0;
      return;
    }
    const kind = kindOf(last);
    const same = this.#parts.findLastIndex((part, i) => i + 1 < this.#parts.length && kindOf(part) === kind);
    if (same >= 0) {
      const row = this.#parts.slice(same, -1);
      this.learn(row[0]!.start, last.start, together(row));
      this.#parts.splice(0, this.#parts.length - 1);
    }
    const lines = this.#parts.reduce((sum, { claims }) => sum + claims.length, 0);
    if (lines > MAX_LINES || end < last.start) this.#parts.length = 0;
  }
}

/** What tells records apart: their lines, and the series that each gives a point. */
function kindOf({ claims }: Part): string {
  return claims.map((claim) => claim?.columns.map(({ handle }) => handle).join() ?? '?').join(';');
}

/** What holds of lines holds of the row that they are. */
function together(parts: readonly Part[]): RowClaim | undefined {
  const cells: RowClaim['cells'][number][] = [];
  const columns: RowClaim['columns'][number][] = [];
  const steps: number[] = [];
  const twins: (readonly [cell: number, step: number])[] = [];
  for (const { claims, base } of parts) {
    let own = -1;
    for (const claim of claims) {
      if (claim === undefined || base !== parts[0]!.base) return undefined;
      const first = cells.length;
      cells.push(...claim.cells);
      for (const [cell, step] of claim.twins ?? []) twins.push([cell + first, step + first]);
      if (claim.step >= 0 && own >= 0) twins.push([claim.step + first, own]);
      else if (claim.step >= 0) own = claim.step + first;
      for (const column of claim.columns) columns.push({ ...column, cell: column.cell + first, step: own });
    }
    steps.push(own);
  }
  const claims = parts.flatMap((part) => part.claims);
  return {
    cells,
    step: steps[0]!,
    later: steps.slice(1),
    twins,
    columns,
    lines: claims.length,
    records: parts.reduce((sum, { records }) => sum + records, 0),
    memory: Math.max(...claims.map((claim) => claim?.memory ?? 1)),
    below: Math.min(...claims.map((claim) => claim?.below ?? Number.POSITIVE_INFINITY)),
    held: claims.some((claim) => claim?.held),
  };
}
