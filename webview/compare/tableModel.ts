import type { RunId } from '../../src/core/model';
import { type Column, type ColumnContext, configColumn, configKeyOf, FIXED_COLUMNS } from './columns';
import { brushTest, type Dimension, dimensionOf } from './dimension';
import { type CompareData, type Entry, entriesOf } from './entry';
import { parseFilter } from './filter';
import { differingKeys, tellingKeys } from './hyperparameters';
import { drawnRuns, type Group, grouped, type Line, linesOf, sorted } from './order';
import type { UiState } from './state';
import { planTexts, texts } from './texts';

/** Everything that the page shows of its runs, by how the user looks at them. */
export interface TableModel {
  /** Runs that are not hidden. */
  readonly entries: readonly Entry[];
  /** Those that pass the filter and the brushes, in the order of the table. */
  readonly shown: readonly Entry[];
  readonly lines: readonly Line[];
  readonly groups: readonly Group[] | null;
  readonly columns: readonly Column[];
  readonly context: ColumnContext;
  readonly pinned: Entry | null;
  /** Runs whose curves are drawn, in the order of the table. */
  readonly drawn: readonly RunId[];
  readonly selected: readonly Entry[];
  readonly faults: readonly string[];
  readonly hiddenCount: number;
  /** Keys of all hyperparameters, those that differ first. */
  readonly keys: { readonly differing: readonly string[]; readonly shared: readonly string[] };
  /** Ends of the common scale of all intervals; `null` without any. */
  readonly scale: readonly [number, number] | null;
  readonly passes: (entry: Entry) => boolean;
}

/** Makes the model of the page; in a narrow one the final loss stands next to the name. O(runs · columns). */
export function tableModel(data: CompareData, ui: UiState, isNarrow = false): TableModel {
  const all = entriesOf(data);
  const hidden = new Set(ui.hidden);
  for (const run of data.hidden) if (!ui.revealed.includes(run)) hidden.add(run);
  const entries = all.filter(({ id }) => !hidden.has(id));
  const pinned = all.find(({ id }) => id === ui.pinned) ?? null;
  const context = { pinned };
  const keys = { differing: differingKeys(data.configs), shared: Object.keys(data.configs.shared).sort() };
  const filter = parseFilter(ui.filter, [...keys.differing, ...keys.shared], context);
  const inBrushes = brushTest(ui.brushes, columnById, context);
  const passes = (entry: Entry): boolean => filter.matches(entry) && inBrushes(entry);
  const sorting = columnById(ui.sorting.column) ?? columnById('final')!;
  const passing = sorted(entries.filter(passes), sorting, ui.sorting.descending, context);
  const groupColumn = ui.group === null ? undefined : columnById(ui.group);
  const groups = groupColumn === undefined ? null : grouped(passing, groupColumn, context);
  const shown = groups === null ? passing : groups.flatMap((group) => group.entries);
  const selected = new Set(ui.selected);
  return {
    entries,
    shown,
    lines: linesOf(groups, shown, new Set(ui.closed)),
    groups,
    columns: isNarrow ? narrowed(shownColumns(ui, data, entries, pinned)) : shownColumns(ui, data, entries, pinned),
    context,
    pinned,
    drawn: drawnRuns(ui.ticked, shown),
    selected: shown.filter(({ id }) => selected.has(id)),
    faults: filter.faults,
    hiddenCount: all.length - entries.length,
    keys,
    scale: scaleOfEnds(shown),
    passes,
  };
}

/** A column by its id, a hyperparameter's too; `undefined` for an unknown one. */
export function columnById(id: string): Column | undefined {
  const key = configKeyOf(id);
  if (key === null) return FIXED_COLUMNS.find((column) => column.id === id);
  const column = configColumn(key);
  return Object.hasOwn(planTexts, key) ? { ...column, label: planTexts[key]! } : column;
}

/** Groups beyond the columns of hyperparameters. */
const GROUP_COLUMNS = ['state', 'source'];

/** Columns that the table can be grouped by: hyperparameters that it shows, and the one that groups it now. */
export function groupChoices({ columns }: TableModel, group: string | null): (readonly [id: string, label: string])[] {
  const keys = columns.filter(({ id }) => configKeyOf(id) !== null).map(({ id }) => id);
  const ids = [...keys, ...GROUP_COLUMNS, ...(group === null ? [] : [group])];
  return [...new Set(ids)].flatMap((id) => {
    const column = columnById(id);
    return column === undefined ? [] : [[id, column.label] as const];
  });
}

/** Columns whose values can be colours: those that can group, and the end. */
export function colourChoices(model: TableModel, colour: string | null): (readonly [id: string, label: string])[] {
  return [...groupChoices(model, colour), ['final', columnById('final')!.label] as const].map(
    ([id, label]) => [id, texts.colour.by(label)] as const,
  );
}

/** Columns that are shown only where they say something. */
function isTelling(id: string, entries: readonly Entry[], pinned: Entry | null): boolean {
  switch (id) {
    case 'source':
    case 'step':
    case 'left':
      return false;
    case 'validation':
      return entries.some(({ row }) => row.bestValidation !== null);
    case 'change':
      return pinned !== null;
    case 'finish':
      return entries.some(({ row }) => row.state !== 'finished');
    default:
      return true;
  }
}

function shownColumns(ui: UiState, data: CompareData, entries: readonly Entry[], pinned: Entry | null): Column[] {
  if (ui.columns !== null) {
    const chosen = new Set(['name', ...ui.columns]);
    const fixed = FIXED_COLUMNS.filter(({ id }) => chosen.has(id));
    const keys = ui.columns.filter((id) => configKeyOf(id) !== null);
    return [...fixed, ...keys.flatMap((id) => columnById(id) ?? [])];
  }
  const fixed = FIXED_COLUMNS.filter(({ id }) => isTelling(id, entries, pinned));
  return [...fixed, ...tellingKeys(data.configs).map((key) => columnById(`config:${key}`)!)];
}

/** Pixels of the name in a narrow page. */
const NARROW_NAME = 140;

/** The same columns with a short name and what matters most beside it. */
function narrowed(columns: readonly Column[]): Column[] {
  const [name, ...others] = columns;
  const first = others.filter(({ id }) => id === 'final');
  return [{ ...name!, width: NARROW_NAME }, ...first, ...others.filter(({ id }) => id !== 'final')];
}

/** Half-widths of a usual interval that the scale goes beyond the ends: one very wide interval must not flatten all others. */
const MOST_BEYOND = 3;

/** The range that holds nearly all ends and, where they are of a usual width, their intervals. */
function scaleOfEnds(entries: readonly Entry[]): readonly [number, number] | null {
  const ends = entries.flatMap(({ row }) => row.end.finalLoss ?? []);
  if (ends.length === 0) return null;
  const at = (values: number[], share: number): number =>
    values.sort((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;
  const beyond =
    MOST_BEYOND *
    at(
      ends.map(({ interval80 }) => (interval80[1] - interval80[0]) / 2),
      0.5,
    );
  const values = ends.map(({ value }) => value);
  const low = Math.max(Math.min(...ends.map(({ interval80 }) => interval80[0])), at(values, 0) - beyond);
  const high = Math.min(Math.max(...ends.map(({ interval80 }) => interval80[1])), at(values, 0.95) + beyond);
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

/** The axes of the parallel plot: hyperparameters that differ, as the table shows them, then the final loss. */
export function dimensionsOf({ columns, entries, context }: TableModel): Dimension[] {
  const telling = columns.filter(({ id }) => configKeyOf(id) !== null);
  const made = telling.flatMap((column) => dimensionOf(column, entries, context) ?? []);
  const final = dimensionOf(columnById('final')!, entries, context);
  return final === null ? [] : [...made, final];
}
