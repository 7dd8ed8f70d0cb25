import type { ConfigValue, RunId } from '../../src/core/model';
import type { Cell, Column, ColumnContext } from './columns';
import { type Entry, finalOf } from './entry';

/** By which column the table is sorted. */
export interface Sorting {
  readonly column: string;
  readonly descending: boolean;
}

/** Entries in the order of a column; what is unknown comes last either way, and equals keep their order. */
export function sorted(
  entries: readonly Entry[],
  column: Column,
  descending: boolean,
  context: ColumnContext,
): Entry[] {
  const cells = new Map(entries.map((entry) => [entry, column.value(entry, context)]));
  const sign = descending ? -1 : 1;
  return [...entries].sort((a, b) => {
    const [first, second] = [cells.get(a)!, cells.get(b)!];
    if (isUnknown(first) || isUnknown(second)) return Number(isUnknown(first)) - Number(isUnknown(second));
    return sign * compareCells(first, second);
  });
}

function isUnknown(cell: Cell): boolean {
  return cell === null || (typeof cell === 'number' && Number.isNaN(cell));
}

/** Numbers before texts, texts as people count: `run 9` before `run 10`. */
export function compareCells(a: Cell, b: Cell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'number') return -1;
  if (typeof b === 'number') return 1;
  return COLLATOR.compare(String(a), String(b));
}

const COLLATOR = new Intl.Collator('en', { numeric: true });

/** Runs that share the value of a hyperparameter. */
export interface Group {
  /** Value as text, unique among the groups. */
  readonly key: string;
  readonly value: ConfigValue | undefined;
  readonly entries: readonly Entry[];
  readonly final: Summary | null;
}

/** Mean and spread of the known ends of a group, the best of them, and how many there are. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  /** Standard deviation with n − 1; `null` for a single one. */
  readonly sd: number | null;
  readonly best: number;
}

/** The entries by the values of a column, in the order of those values; entries keep theirs. */
export function grouped(entries: readonly Entry[], column: Column, context: ColumnContext): Group[] {
  const groups = new Map<Cell, Entry[]>();
  for (const entry of entries) {
    const value = column.value(entry, context);
    const members = groups.get(value) ?? [];
    members.push(entry);
    groups.set(value, members);
  }
  return [...groups]
    .sort(([a], [b]) => Number(a === null) - Number(b === null) || compareCells(a, b))
    .map(([value, members]) => ({
      key: JSON.stringify(value),
      value,
      entries: members,
      final: summaryOf(members),
    }));
}

/** Mean and standard deviation of the ends of some runs; `null` without any. */
export function summaryOf(entries: readonly Entry[]): Summary | null {
  const finals = entries.map(finalOf).filter((value) => value !== null);
  const count = finals.length;
  if (count === 0) return null;
  const mean = finals.reduce((sum, value) => sum + value, 0) / count;
  const squares = finals.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, sd: count < 2 ? null : Math.sqrt(squares / (count - 1)), best: Math.min(...finals) };
}

/** A line of the table. */
export type Line =
  | { readonly kind: 'run'; readonly entry: Entry }
  | { readonly kind: 'group'; readonly group: Group; readonly isOpen: boolean };

/** Lines of the table: groups with the runs of those that are open, or the runs alone. */
export function linesOf(
  groups: readonly Group[] | null,
  entries: readonly Entry[],
  closed: ReadonlySet<string>,
): Line[] {
  const run = (entry: Entry): Line => ({ kind: 'run', entry });
  if (groups === null) return entries.map(run);
  return groups.flatMap((group): Line[] => {
    const isOpen = !closed.has(group.key);
    return [{ kind: 'group', group, isOpen }, ...(isOpen ? group.entries.map(run) : [])];
  });
}

/** Runs drawn before the user has ticked any. */
const FIRST_DRAWN = 12;

/** The runs that are drawn: those ticked, else the first of the table. */
export function drawnRuns(ticked: readonly RunId[] | null, entries: readonly Entry[]): RunId[] {
  if (ticked === null) return entries.slice(0, FIRST_DRAWN).map(({ id }) => id);
  const shown = new Set(entries.map(({ id }) => id));
  return ticked.filter((id) => shown.has(id));
}
