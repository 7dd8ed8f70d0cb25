import { formatLoss } from '../shared/numbers';
import { configKeyOf, configText } from './columns';
import { curvesChart } from './curvesChart';
import { dimensionOf } from './dimension';
import { type Canvas, type Drawing, emptyDrawing } from './drawing';
import { type Entry, finalOf } from './entry';
import { multiplesChart, multiplesHeight, type Panel } from './multiplesChart';
import { parallelChart } from './parallelChart';
import { scatterChart } from './scatterChart';
import type { UiState } from './state';
import { columnById, dimensionsOf, type TableModel } from './tableModel';
import { texts } from './texts';

/** Small plots beyond which none can be read. */
const MOST_PANELS = 60;

/** Columns that a scatter can have on its x-axis: hyperparameters that differ, those of the table first. */
export function scatterChoices({
  columns,
  entries,
  context,
  keys,
}: TableModel): (readonly [id: string, label: string])[] {
  const ids = [...columns.map(({ id }) => id), ...keys.differing.map((key) => `config:${key}`)];
  return [...new Set(ids)]
    .filter((id) => configKeyOf(id) !== null)
    .map((id) => columnById(id)!)
    .filter((column) => dimensionOf(column, entries, context) !== null)
    .map(({ id, label }) => [id, label] as const);
}

/** Entries whose curves are drawn, in the order of the table. */
function drawnEntries({ shown, drawn }: TableModel): Entry[] {
  const wanted = new Set(drawn);
  return shown.filter(({ id }) => wanted.has(id));
}

/** Small plots: one per group of the table when it is grouped, else one per drawn run. */
function panelsOf(model: TableModel): Panel[] {
  const drawn = drawnEntries(model);
  if (model.groups === null) {
    return drawn.slice(0, MOST_PANELS).map((entry) => {
      const final = finalOf(entry);
      return { title: final === null ? entry.row.name : `${formatLoss(final)}  ${entry.row.name}`, entries: [entry] };
    });
  }
  const wanted = new Set(drawn);
  return model.groups.slice(0, MOST_PANELS).map(({ value, entries, final }) => ({
    title: [
      value === null || value === undefined ? texts.group.unset : configText(value),
      final && texts.groupMean(formatLoss(final.mean)),
    ]
      .filter(Boolean)
      .join(' · '),
    entries: entries.filter((entry) => wanted.has(entry)),
  }));
}

/** Height that the chart wants in a room of this size. */
export function chartHeight(ui: UiState, model: TableModel, room: { width: number; height: number }): number {
  return ui.view === 'multiples' ? multiplesHeight(panelsOf(model).length, room.width, room.height) : room.height;
}

/** The chart that the user looks at. */
export function chartOf(ui: UiState, model: TableModel, canvas: Canvas): Drawing {
  if (model.shown.length === 0) return emptyDrawing(texts.filter.none, canvas);
  switch (ui.view) {
    case 'multiples':
      return multiplesChart(panelsOf(model), ui.axis, ui, canvas);
    case 'parallel': {
      const { entries, passes } = model;
      return parallelChart({ entries, dimensions: dimensionsOf(model), brushes: ui.brushes, isIn: passes }, canvas);
    }
    case 'scatter': {
      const id = ui.scatter ?? scatterChoices(model)[0]?.[0];
      return scatterChart(model.shown, id === undefined ? null : (columnById(id) ?? null), model.context, canvas);
    }
    default:
      return curvesChart(drawnEntries(model), ui.axis, ui, canvas);
  }
}
