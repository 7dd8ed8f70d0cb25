import { UNKNOWN } from '../../src/core/report/numbers';
import { formatLoss, formatLr, formatStep } from '../shared/numbers';
import type { Point } from '../shared/scene';
import { curvePoints, rolesOf } from './plotModel';
import { interpolate, lowerIndex } from './points';
import type { RunData } from './runData';
import { stepAxis } from './stepAxis';
import type { Range } from './zoom';

/** The drawn values by step: the text twin of the chart, and what is exported. */
export interface ValueTable {
  readonly columns: readonly string[];
  /** Unknown values are `null`. */
  readonly rows: readonly (readonly (number | null)[])[];
}

interface Column {
  readonly name: string;
  /** The points that make rows of their own. */
  readonly points: readonly Point[];
}

/**
 * Every drawn step in `range`, ascending: tokens and seconds where the log says them, the value of each series, each other run and
 * the other schedule that has a point there, the law with its intervals.
 */
export function valueTable(data: RunData, range: Range): ValueTable {
  const columns = [...seriesColumns(data), ...otherColumns(data)];
  const forecast = data.forecast?.forecast ?? null;
  const curve = forecast?.curve ?? null;
  const steps = new Set<number>();
  for (const { points } of columns) for (const { x } of points) steps.add(x);
  for (const step of curve?.steps ?? []) if (step > (forecast?.seen.step ?? 0)) steps.add(step);
  const visible = [...steps].filter((step) => step >= range[0] && step <= range[1]).sort((a, b) => a - b);
  const bands = curve === null ? [] : [curve.values, curve.low80, curve.high80, curve.low95, curve.high95];
  const law = curve === null ? [] : ['law', 'low_80', 'high_80', 'low_95', 'high_95'];
  const axes = AXES.filter(({ kind }) => data.run?.axes[kind] != null).map(({ kind, name, digits }) => {
    const { at } = stepAxis(kind, data.run?.axes);
    return { name, at: (step: number) => Number(at(step).toFixed(digits)) };
  });
  return {
    columns: ['step', ...axes.map(({ name }) => name), ...columns.map(({ name }) => name), ...law],
    rows: visible.map((step) => [
      step,
      ...axes.map(({ at }) => at(step)),
      ...columns.map(({ points }) => valueAt(points, step)),
      ...bands.map((values) => interpolate(curve!.steps, values, step)),
    ]),
  };
}

/** The other axes of the chart: both are read off between logged points. */
const AXES = [
  { kind: 'tokens', name: 'tokens', digits: 0 },
  { kind: 'time', name: 'seconds', digits: 3 },
] as const;

function seriesColumns(data: RunData): Column[] {
  const { main, validation, lr, extra } = rolesOf(data);
  return [main, validation, lr, ...extra].flatMap((each) => {
    if (each === null) return [];
    const smooth = each.smooth === null ? [] : [{ name: `${each.name} smoothed`, points: each.smooth }];
    return [{ name: each.name, points: each.raw }, ...smooth];
  });
}

function otherColumns({ overlays, whatIf }: RunData): Column[] {
  const runs = overlays.map(({ name, points }) => ({ name: `loss of ${name}`, points }));
  if (whatIf === null) return runs;
  return [...runs, { name: 'what if', points: curvePoints(whatIf.curve.steps, whatIf.curve.values) }];
}

function valueAt(points: readonly Point[], step: number): number | null {
  const point = points[lowerIndex(points, step)];
  return point?.x === step ? point.y : null;
}

/** Rows that a person can read through, equally spaced over all of them, ends included. */
export function thinned<T>(rows: readonly T[], most: number): T[] {
  if (rows.length <= most) return [...rows];
  return Array.from({ length: most }, (_, index) => rows[Math.round((index * (rows.length - 1)) / (most - 1))]!);
}

/** A cell of the table as text. */
export function cellText(column: string, value: number | null): string {
  if (value === null) return UNKNOWN;
  if (column === 'step' || column === 'tokens') return formatStep(value);
  return column.startsWith('learning_rate') ? formatLr(value) : formatLoss(value);
}

/** The table as CSV (RFC 4180): numbers in full, unknown ones empty. Names that a spreadsheet would run are defused. */
export function toCsv({ columns, rows }: ValueTable): string {
  const quoted = columns.map((name) => {
    const safe = /^[=+\-@\t\r]/.test(name) ? `'${name}` : name;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  const lines = rows.map((row) => row.map((value) => (value === null ? '' : String(value))).join(','));
  return `${[quoted.join(','), ...lines].join('\r\n')}\r\n`;
}

/** A name that every file system takes. */
export function fileName(run: string, ending: string): string {
  const clean = run.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+|[.-]+$/g, '');
  return `${clean.slice(0, 80) || 'run'}-loss.${ending}`;
}
