import { formatNumber } from '../shared/numbers';
import { diverging, inkOn, sequential } from './colourScale';
import type { MatrixKey } from './data';
import { differenceMap, type MapCell, type MapModel, type MapRow, shareOf } from './mapModel';
import { formatEstimate } from './measures';
import { texts } from './texts';

/** A cell as it is painted. */
export interface CellPaint {
  readonly state: MapCell['state'];
  /** `null`: not filled. */
  readonly colour: string | null;
  readonly ink: string;
  readonly text: string;
  /** Lines of the card; the first one is the heading. They are read out together. */
  readonly lines: readonly string[];
  readonly key: MatrixKey | null;
  /** Worst severity found. */
  readonly mark: 'error' | 'warning' | 'info' | null;
}

export interface MapLegend {
  readonly stops: readonly string[];
  readonly low: string;
  readonly high: string;
  /** Under which end it says that this end deserves a look. */
  readonly worse: 'low' | 'high' | null;
  readonly middle: string;
}

/** A heat map ready to be painted, on the page or into a file. */
export interface MapDrawing {
  readonly title: string;
  readonly columns: MapModel['columns'];
  readonly rows: readonly { readonly label: string; readonly cells: readonly CellPaint[] }[];
  readonly legend: MapLegend | null;
}

const STOPS = Array.from({ length: 11 }, (_, i) => i / 10);

/** A map of values. */
export function valueDrawing(model: MapModel, title: string): MapDrawing {
  const { measure, range } = model;
  const rows = model.rows.map((row) =>
    drawnRow(row, (cell, c) => {
      const share = cell.value === null ? 0 : shareOf(model, cell.value.value);
      const value = cell.value === null ? '' : `${measure.title} ${formatEstimate(cell.value)}`;
      return paint(cell, placeOf(row, model.columns[c]!.title), {
        colour: cell.value === null ? null : sequential(share),
        text: cell.value === null ? '' : shortNumber(cell.value.value),
        value,
      });
    }),
  );
  const legend = range && {
    stops: STOPS.map(sequential),
    low: formatNumber(range[0], 3),
    high: formatNumber(range[1], 3),
    worse: measure.worse,
    middle: '',
  };
  return { title, columns: model.columns, rows, legend };
}

/** A map of ratios between two maps: blue is less, orange more. */
export function ratioDrawing(first: MapModel, other: MapModel, title: string): MapDrawing {
  const { logs } = differenceMap(first, other);
  const reach = Math.max(0.01, ...logs.flat().map((value) => Math.abs(value ?? 0)));
  const rows = first.rows.map((row, r) =>
    drawnRow(row, (cell, c) => {
      const log = logs[r]![c] ?? null;
      return paint(
        { ...cell, state: log === null ? refusedState(cell) : 'value' },
        placeOf(row, first.columns[c]!.title),
        {
          colour: log === null ? null : diverging(0.5 + log / (2 * reach)),
          text: log === null ? '' : shortNumber(Math.exp(log)),
          value: log === null ? '' : `${first.measure.title} × ${formatNumber(Math.exp(log), 3)}`,
        },
      );
    }),
  );
  const legend = {
    stops: STOPS.map(diverging),
    low: `× ${formatNumber(Math.exp(-reach), 3)}`,
    high: `× ${formatNumber(Math.exp(reach), 3)}`,
    worse: null,
    middle: texts.compare.same,
  };
  return { title, columns: first.columns, rows, legend };
}

/** A row whose cells are painted when they are first looked at: most rows of a large map are out of view. */
function drawnRow(row: MapRow, paintOf: (cell: MapCell, column: number) => CellPaint): MapDrawing['rows'][number] {
  let made: CellPaint[] | null = null;
  return {
    label: row.label,
    get cells() {
      made ??= row.cells.map(paintOf);
      return made;
    },
  };
}

function refusedState({ state }: MapCell): MapCell['state'] {
  return state === 'value' ? 'waiting' : state;
}

function placeOf({ layer, label }: MapRow, column: string): string {
  return layer === null ? texts.map.outsideCell(column) : texts.map.cell(label, column);
}

function paint(
  cell: MapCell,
  place: string,
  { colour, text, value }: { readonly colour: string | null; readonly text: string; readonly value: string },
): CellPaint {
  const { tensor, count, state, key } = cell;
  const said = {
    value,
    none: texts.map.none,
    waiting: texts.map.waiting,
    refused: tensor?.refused ?? texts.map.refused,
  }[state];
  const lines = [place, said];
  if (tensor !== null) lines.push(count > 1 ? `${tensor.name}, ${texts.map.of(count)}` : tensor.name);
  const findings = tensor?.findings ?? [];
  lines.push(...findings.map(({ severity, evidence }) => `${texts.severities[severity]}: ${evidence}`));
  return {
    state,
    colour,
    ink: colour === null ? '' : inkOn(colour),
    text,
    lines,
    key,
    mark: findings[0]?.severity ?? null,
  };
}

/** At most four or five characters: `0.43`, `12`, `1.3k`. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return value.toExponential(0).replace('e+', 'e');
  if (size >= 1e3) return `${Number((value / 1e3).toPrecision(2))}k`;
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(size >= 99.95 ? 0 : 1).replace(/\.0$/, '');
  return size !== 0 && size < 0.01 ? value.toExponential(0) : value.toFixed(2);
}
