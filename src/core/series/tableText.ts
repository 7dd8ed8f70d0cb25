import { axisOf } from '../formats/keys';
import type { ConfigValue, StepUnit } from '../model';
import type { StepRow } from './stepTable';

/** The series of one run side by side. */
export interface RunTable {
  readonly unit: StepUnit;
  readonly names: readonly string[];
  readonly config: ReadonlyMap<string, ConfigValue>;
  rows(): Iterable<StepRow>;
}

/** Ways to write a table down. */
export type TableStyle = 'csv' | 'jsonl';

/** The lines of `table`, each with its line feed. Numbers are written so that they read back to the last digit. */
export function tableLines(table: RunTable, style: TableStyle): Iterable<string> {
  return style === 'csv' ? csvLines(table) : jsonLines(table);
}

/** RFC 4180 with a header and line feeds; what is not finite is `nan`, `inf` or `-inf`, what is missing is empty. */
function* csvLines(table: RunTable): Generator<string> {
  const names = columnsOf(table);
  yield `${[axisName(table), ...names.map(({ name }) => quoted(name))].join(',')}\n`;
  for (const { step, values } of table.rows()) {
    yield `${step},${names.map(({ index }) => cell(values[index])).join(',')}\n`;
  }
}

/** One object per row, the hyperparameters before them under `config`; what is not finite is a text. */
function* jsonLines(table: RunTable): Generator<string> {
  const names = columnsOf(table);
  if (table.config.size > 0) yield `${JSON.stringify({ config: Object.fromEntries(table.config) })}\n`;
  const axis = JSON.stringify(axisName(table));
  const keys = names.map(({ name }) => JSON.stringify(name));
  for (const { step, values } of table.rows()) {
    let line = `{${axis}: ${step}`;
    for (const [i, { index }] of names.entries()) {
      const value = values[index];
      if (value !== undefined) line += `, ${keys[i]}: ${Number.isFinite(value) ? String(value) : `"${value}"`}`;
    }
    yield `${line}}\n`;
  }
}

/** The x-axis has the name of its unit, or `step` when a reader would take another column for it. */
function axisName({ unit, names }: RunTable): string {
  const own = axisOf(unit);
  if (own === undefined) return 'step';
  return names.every((name) => name === unit || (axisOf(name)?.rank ?? Number.POSITIVE_INFINITY) > own.rank)
    ? unit
    : 'step';
}

/** The columns beside the x-axis: a series that is the x-axis itself is none. */
function columnsOf(table: RunTable): { name: string; index: number }[] {
  const axis = axisName(table);
  return table.names.map((name, index) => ({ name, index })).filter(({ name }) => name !== axis);
}

function cell(value: number | undefined): string {
  if (value === undefined) return '';
  if (Number.isNaN(value)) return 'nan';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
}

export function quoted(name: string): string {
  return /[",\r\n;\t|]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
