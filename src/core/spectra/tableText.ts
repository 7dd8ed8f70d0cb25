import { quoted } from '../series/tableText';
import type { TensorReport } from './analyseTensors';
import { tensorJson } from './report';

/** Matrices of one checkpoint in a table of several. */
export interface TableCheckpoint {
  readonly path: string;
  readonly step: number | null;
  readonly tensors: readonly TensorReport[];
}

/** Fields that are no numbers of the matrix, or lists without a fixed length. */
const LEFT_OUT = new Set(['aliases', 'shape', 'errors', 'sigma']);

/** Largest singular values in a row. */
const TOP = 8;

/** All matrices as comma-separated values, one row each, errors beside their values; empty where there is no value. */
export function spectraCsv(checkpoints: readonly TableCheckpoint[]): string {
  const rows = checkpoints.flatMap(({ path, step, tensors }) =>
    tensors.map((report) => new Map<string, unknown>([['checkpoint', path], ['step', step], ...cellsOf(report)])),
  );
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const lines = rows.map((row) => columns.map((column) => cellText(row.get(column))).join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

function cellsOf(report: TensorReport): [string, unknown][] {
  const json = tensorJson(report);
  const cells: [string, unknown][] = [];
  for (const [key, value] of Object.entries(json)) {
    if (key === 'dtype') cells.push(['rows', report.shape[0]], ['columns', report.shape[1]]);
    if (!LEFT_OUT.has(key)) cells.push(...nested(key, value));
  }
  for (const [key, error] of Object.entries(json.errors as Record<string, unknown>))
    cells.push([`${key}.error`, error]);
  const sigma = report.measures?.sigma ?? [];
  for (let k = 0; k < TOP; k++) {
    cells.push([`sigma${k + 1}`, sigma[k]?.value], [`sigma${k + 1}.error`, sigma[k]?.error]);
  }
  return cells;
}

/** A field, or those of an object under the names `key.field`; the value of an estimate has the name of its key. */
function nested(key: string, value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[key, value]];
  return Object.entries(value).map(([name, inner]) => [name === 'value' ? key : `${key}.${name}`, inner]);
}

function cellText(value: unknown): string {
  if (value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return '';
  return quoted(String(value));
}
