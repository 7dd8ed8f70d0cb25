import type { StepUnit } from '../../model';
import { axisOf, normalizeLabel } from '../keys';

/** Rows that a survey looks at, and distinct values it remembers of one column. */
export const MAX_SURVEY_ROWS = 2000;
const MAX_DISTINCT = 2000;
/** Share of the rows that must carry a column for it to be the x-axis, when another one does. */
const COVERAGE = 0.9;
/** A table of fewer rows cannot be told from a log that restarts. */
const MIN_TABLE_ROWS = 8;

/** Columns that name a run: a table in which they change holds rows of several runs. */
const RUN_LABELS =
  /^(?:run|run_?name|run_?id|model|model_name|experiment|experiment_name|exp|exp_name|trial|trial_?(?:id|name)|config_name|method|id)$/;

interface ColumnFacts {
  readonly label: string;
  numbers: number;
  falls: number;
  last: number;
  readonly distinct: Set<number>;
  readonly texts: Set<string>;
  texted: number;
}

/** What the first rows of a table say: which column is the x-axis, and whether the rows are one run at all. */
export class TableSurvey {
  rows = 0;
  /** Columns that fell in the row at hand, and whether an epoch rose in it. */
  #fallen: ColumnFacts[] = [];
  #isNewEpoch = false;
  readonly #columns: ColumnFacts[] = [];

  /** Names a column before any row: a table of which only the header is there. */
  column(column: number, label: string): void {
    this.#facts(column, label);
  }

  number(column: number, label: string, value: number): void {
    const facts = this.#facts(column, label);
    facts.numbers++;
    if (value < facts.last) this.#fallen.push(facts);
    if (value === facts.last + 1 && axisOf(label)?.unit === 'epoch') this.#isNewEpoch = true;
    facts.last = value;
    if (facts.distinct.size < MAX_DISTINCT) facts.distinct.add(value);
  }

  text(column: number, label: string, text: string): void {
    const facts = this.#facts(column, label);
    facts.texted++;
    if (facts.texts.size < MAX_DISTINCT) facts.texts.add(text);
  }

  /** A step that falls as the epoch rises begins anew with each epoch. */
  endRow(): void {
    this.rows++;
    this.#countFalls();
  }

  #countFalls(): void {
    if (!this.#isNewEpoch) for (const facts of this.#fallen) facts.falls++;
    this.#fallen = [];
    this.#isNewEpoch = false;
  }

  /**
   * The column that is the x-axis: the one preferred by name among those that nearly every row carries, else among
   * all. `undefined` when no column can be one.
   */
  axis(): { column: number; unit: StepUnit } | undefined {
    const found = this.#columns
      .map((facts, column) => ({ facts, column, axis: facts === undefined ? undefined : axisOf(facts.label) }))
      .filter(({ axis, facts }) => axis !== undefined && (facts.numbers > 0 || this.rows === 0))
      .sort((a, b) => a.axis!.rank - b.axis!.rank);
    const best = found.find(({ facts }) => facts.numbers >= COVERAGE * this.rows) ?? found[0];
    return best === undefined ? undefined : { column: best.column, unit: best.axis!.unit };
  }

  /** The column of whole epochs beside steps, -1 without. */
  epochColumn(): number {
    if (this.axis()?.unit !== 'step') return -1;
    return this.#columns.findIndex((facts) => {
      if (facts === undefined || facts.numbers === 0 || axisOf(facts.label)?.unit !== 'epoch') return false;
      return [...facts.distinct].every(Number.isInteger);
    });
  }

  /** The words seen in a column. */
  words(column: number): ReadonlySet<string> {
    return this.#columns[column]?.texts ?? new Set();
  }

  /** Why the rows are not the course of one run; `undefined` when they can be. */
  notOneRun(): string | undefined {
    // Of rows that measure nothing.
    this.#countFalls();
    const axis = this.axis();
    const x = axis === undefined ? undefined : this.#columns[axis.column]!;
    const named = this.#columns.find(
      (facts) => facts !== undefined && facts.texts.size > 1 && RUN_LABELS.test(normalizeLabel(facts.label)),
    );
    if (named !== undefined && (x === undefined || x.falls > 0)) {
      return `the column ${named.label} names ${named.texts.size} runs`;
    }
    const first = this.#columns[0];
    if (x === undefined && first !== undefined && this.rows >= 2 && first.texts.size > this.rows / 2 && isName(first)) {
      return `there is no step, and the column ${first.label} names each row`;
    }
    if (x !== undefined && this.rows >= MIN_TABLE_ROWS && x.falls > this.rows / 4 && x.distinct.size < this.rows / 3) {
      return `${x.label} goes back ${x.falls} times in ${this.rows} rows`;
    }
    return undefined;
  }

  #facts(column: number, label: string): ColumnFacts {
    this.#columns[column] ??= {
      label,
      numbers: 0,
      falls: 0,
      last: Number.NEGATIVE_INFINITY,
      distinct: new Set(),
      texts: new Set(),
      texted: 0,
    };
    return this.#columns[column];
  }
}

/** Names begin with a letter; dates and durations do not. */
function isName(facts: ColumnFacts): boolean {
  for (const text of facts.texts) if (!/^[A-Za-z]/.test(text)) return false;
  return true;
}
