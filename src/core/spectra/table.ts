import { formatNumber, UNKNOWN } from '../report/numbers';
import type { Estimate } from './spectrum';

/** A column of a table in text. */
export type Column<T> = readonly [title: string, cell: (row: T) => string];

/** A table as lines: the first column to the left, the others to the right, each as wide as its widest cell. */
export function tableLines<T>(columns: readonly Column<T>[], rows: readonly T[]): string[] {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, c) => Math.max(...cells.map((row) => row[c]!.length)));
  return cells.map((row) =>
    row
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** A value with as many digits as asked for, and its error where these digits show it. */
export function withError(estimate: Estimate | null | undefined, significant: number): string {
  if (estimate === null || estimate === undefined) return UNKNOWN;
  const text = formatNumber(estimate.value, significant);
  const { error } = estimate;
  const shown = error !== null && error >= Math.abs(estimate.value) * 10 ** -significant;
  return shown ? `${text} ± ${formatNumber(error, 2)}` : text;
}
