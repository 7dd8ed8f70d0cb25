import type { ConfigValue } from '../../src/core/model';
import { UNKNOWN } from '../../src/core/report/numbers';
import { formatDuration } from '../../src/core/report/time';
import type { CompareRow } from '../../src/protocol/compare';
import { formatChange, formatInterval, formatLoss, formatNumber, formatPercent } from '../shared/numbers';
import { type Entry, finalOf, progressOf, settingOf } from './entry';
import { columnTexts, stateTexts } from './texts';

/** What a cell says to sorting, filters and exports; `null` is unknown and comes last. */
export type Cell = number | string | boolean | null;

/** Columns with a drawing of their own; all others show their text. */
export type ColumnKind = 'text' | 'number' | 'state' | 'progress' | 'spark' | 'forecast' | 'finish' | 'warnings';

/** What the cells of a column depend on beside their run. */
export interface ColumnContext {
  readonly pinned: Entry | null;
}

/** A column of the table. */
export interface Column {
  readonly id: string;
  readonly label: string;
  readonly title: string;
  /** Pixels. */
  readonly width: number;
  readonly kind: ColumnKind;
  readonly value: (entry: Entry, context: ColumnContext) => Cell;
  readonly text: (entry: Entry, context: ColumnContext) => string;
  /** The greatest value is the most interesting one: it comes first at the first click. */
  readonly greatestFirst?: boolean;
}

type Facts = Omit<Column, 'label' | 'title'>;

const beats = ({ standing }: Entry, { pinned }: ColumnContext): number | null =>
  standing === null ? null : pinned === null ? standing.chanceBeatsRival : standing.chanceBeatsPinned;

const change = (entry: Entry, { pinned }: ColumnContext): number | null => {
  const [value, base] = [finalOf(entry), pinned === null ? null : finalOf(pinned)];
  return value === null || base === null ? null : value - base;
};

/** False where nothing more can be gained: `null` without a standing. */
function worth({ standing }: Entry): Cell {
  return standing === null ? null : standing.isWorthFinishing ? 'yes' : 'no';
}

const FIXED: readonly Facts[] = [
  { id: 'name', width: 190, kind: 'text', value: ({ row }) => row.name, text: ({ row }) => row.name },
  {
    id: 'state',
    width: 82,
    kind: 'state',
    value: ({ row }) => row.state,
    text: ({ row }) => stateTexts[row.state].label,
  },
  {
    id: 'progress',
    width: 88,
    kind: 'progress',
    value: progressOf,
    text: (entry) => formatPercent(progressOf(entry)),
    greatestFirst: true,
  },
  { id: 'curve', width: 92, kind: 'spark', value: ({ row }) => row.loss, text: ({ row }) => formatLoss(row.loss) },
  { id: 'loss', width: 62, kind: 'number', value: ({ row }) => row.loss, text: ({ row }) => formatLoss(row.loss) },
  {
    id: 'validation',
    width: 72,
    kind: 'number',
    value: ({ row }) => row.bestValidation?.value ?? null,
    text: ({ row }) => formatLoss(row.bestValidation?.value),
  },
  { id: 'final', width: 222, kind: 'forecast', value: finalOf, text: ({ row }) => finalText(row) },
  {
    id: 'change',
    width: 76,
    kind: 'number',
    value: change,
    text: (entry, context) => changeText(change(entry, context)),
  },
  {
    id: 'rank',
    width: 50,
    kind: 'number',
    value: ({ standing }) => standing?.rank ?? null,
    text: ({ standing }) => (standing === null ? UNKNOWN : `${standing.rank}`),
  },
  {
    id: 'best',
    width: 64,
    kind: 'number',
    value: ({ standing }) => standing?.chanceBest ?? null,
    text: ({ standing }) => formatPercent(standing?.chanceBest),
    greatestFirst: true,
  },
  {
    id: 'beats',
    width: 72,
    kind: 'number',
    value: beats,
    text: (entry, context) => formatPercent(beats(entry, context)),
    greatestFirst: true,
  },
  { id: 'finish', width: 68, kind: 'finish', value: worth, text: (entry) => `${worth(entry) ?? UNKNOWN}` },
  {
    id: 'warnings',
    width: 80,
    kind: 'warnings',
    value: ({ row }) => row.warnings.length,
    text: ({ row }) => (row.warnings.length === 0 ? UNKNOWN : `${row.warnings.length}`),
    greatestFirst: true,
  },
  {
    id: 'left',
    width: 86,
    kind: 'number',
    value: ({ row }) => (row.state === 'live' ? row.etaMs : null),
    text: ({ row }) => (row.state === 'live' && row.etaMs !== null ? formatDuration(row.etaMs) : UNKNOWN),
  },
  { id: 'step', width: 82, kind: 'number', value: ({ row }) => row.step, text: ({ row }) => configText(row.step) },
  { id: 'source', width: 110, kind: 'text', value: ({ row }) => row.source, text: ({ row }) => row.source },
];

/** A difference of losses with as many decimals in each row; more where it would be 0. */
function changeText(value: number | null): string {
  if (value === null || Math.abs(value) < 1e-4 || Math.abs(value) >= 100) return formatChange(value);
  return `${value < 0 ? '\u2212' : '+'}${Math.abs(value).toFixed(4)}`;
}

/** Columns that every comparison can show, in their order. */
export const FIXED_COLUMNS: readonly Column[] = FIXED.map((facts) => ({ ...facts, ...columnTexts[facts.id]! }));

/** Name of the column of a hyperparameter. */
export function configColumnId(key: string): string {
  return `config:${key}`;
}

/** The hyperparameter that a column shows; `null` for the others. */
export function configKeyOf(id: string): string | null {
  return id.startsWith('config:') ? id.slice('config:'.length) : null;
}

/** The column of a hyperparameter. */
export function configColumn(key: string): Column {
  const value = (entry: Entry): Cell => settingOf(entry, key) ?? null;
  return {
    id: configColumnId(key),
    label: key,
    title: key,
    width: Math.min(150, Math.max(72, 22 + 7 * key.length)),
    kind: 'number',
    value,
    text: (entry) => configText(value(entry)),
  };
}

/** A hyperparameter as a table shows it. */
export function configText(value: ConfigValue | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  return typeof value === 'number' ? formatNumber(value, 6) : String(value);
}

function finalText({ end }: CompareRow): string {
  if (end.finalLoss === null) return UNKNOWN;
  return formatInterval({ value: end.finalLoss.value, interval: end.finalLoss.interval80 });
}
