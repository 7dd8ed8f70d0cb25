import { UNKNOWN } from '../../src/core/report/numbers';
import { formatLoss, formatLr, formatStep } from '../shared/numbers';
import type { Point } from '../shared/scene';
import { texts } from '../shared/texts';
import { rolesOf } from './plotModel';
import { interpolate, lowerIndex } from './points';
import type { RunData } from './runData';
import type { Range } from './zoom';

/** The drawn values by step: the text twin of the chart, and what is exported. */
export interface ValueTable {
  readonly columns: readonly string[];
  /** Unknown values are `null`. */
  readonly rows: readonly (readonly (number | null)[])[];
}

/** Every drawn step in `range`, ascending, with the value of each series that has a point there. */
export function valueTable(data: RunData, range: Range): ValueTable {
  const { main, validation, lr, extra } = rolesOf(data);
  const series: { name: string; points: readonly Point[] }[] = [];
  if (main !== null) series.push({ name: main.name, points: main.raw });
  if (main?.smooth) series.push({ name: `${main.name} ${texts.legend.smooth}`, points: main.smooth });
  for (const each of [validation, lr, ...extra]) if (each !== null) series.push({ name: each.name, points: each.raw });
  const curve = data.forecast?.forecast?.curve ?? null;
  const steps = new Set<number>();
  for (const { points } of series) for (const { x } of points) steps.add(x);
  for (const step of curve?.steps ?? []) if (step > (data.forecast?.forecast?.seen.step ?? 0)) steps.add(step);
  const visible = [...steps].filter((step) => step >= range[0] && step <= range[1]).sort((a, b) => a - b);
  const bands = curve === null ? [] : [curve.values, curve.low80, curve.high80, curve.low95, curve.high95];
  const law = curve === null ? [] : ['law', 'low_80', 'high_80', 'low_95', 'high_95'];
  return {
    columns: ['step', ...series.map(({ name }) => name), ...law],
    rows: visible.map((step) => [
      step,
      ...series.map(({ points }) => valueAt(points, step)),
      ...bands.map((values) => interpolate(curve!.steps, values, step)),
    ]),
  };
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
  if (column === 'step') return formatStep(value);
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
