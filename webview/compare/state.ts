import type { RunId } from '../../src/core/model';
import { MAX_SMOOTHING } from '../shared/smoothingSlider';
import type { XAxis } from './curvesModel';
import type { Brush } from './dimension';
import type { Sorting } from './order';

/** What the charts show. */
export const VIEWS = ['curves', 'multiples', 'parallel', 'scatter', 'configs'] as const;
export type ViewName = (typeof VIEWS)[number];
export const X_AXES: readonly XAxis[] = ['step', 'tokens', 'fraction'];

/** What a compare panel remembers while it is hidden and over restarts: how the user looks at runs, never data. */
export interface UiState {
  /** Runs compared, as JSON; `null`: all. The host knows it by this name. */
  readonly subject: string | null;
  readonly view: ViewName;
  readonly axis: XAxis;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly whole: boolean;
  /** Part of the x-axis that the curves show; `null`: all of it. */
  readonly window: readonly [number, number] | null;
  readonly forecasts: boolean;
  /** Id of the column whose values the colours stand for; `null`: each run has its own. */
  readonly colour: string | null;
  readonly smoothing: number;
  readonly sorting: Sorting;
  /** Series whose ends are compared; `null`: of each run the one that it is forecast by. */
  readonly series: string | null;
  readonly filter: string;
  /** Id of the column that groups; `null`: none. */
  readonly group: string | null;
  readonly closed: readonly string[];
  /** Ids of the columns shown; `null`: the usual ones. */
  readonly columns: readonly string[] | null;
  /** Runs that are drawn; `null`: the first of the table. */
  readonly ticked: readonly RunId[] | null;
  readonly selected: readonly RunId[];
  /** Left out of this comparison, beside those that the Runs view hides. */
  readonly hidden: readonly RunId[];
  /** Shown here although the Runs view hides them. */
  readonly revealed: readonly RunId[];
  readonly pinned: RunId | null;
  readonly brushes: Readonly<Record<string, Brush>>;
  /** Column of the scatter's x-axis; `null`: the first that differs. */
  readonly scatter: string | null;
  /** Share of the height that the charts take. */
  readonly split: number;
}

export const DEFAULT_STATE: UiState = {
  subject: null,
  view: 'curves',
  axis: 'step',
  logX: false,
  logY: false,
  whole: false,
  window: null,
  forecasts: true,
  colour: null,
  smoothing: 0.9,
  sorting: { column: 'final', descending: false },
  series: null,
  filter: '',
  group: null,
  closed: [],
  columns: null,
  ticked: null,
  selected: [],
  hidden: [],
  revealed: [],
  pinned: null,
  brushes: {},
  scatter: null,
  split: 0.42,
};

export const SPLIT_RANGE: readonly [number, number] = [0.12, 0.8];

/** Reads a stored state part by part: what another version stored otherwise or not at all becomes the default. */
export function readState(stored: unknown): UiState {
  const from = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
  const state: Record<string, unknown> = {};
  for (const [name, usual] of Object.entries(DEFAULT_STATE)) {
    const value = from[name];
    state[name] = READERS[name as keyof UiState](value) ? value : usual;
  }
  return state as unknown as UiState;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const orNull = (test: (value: unknown) => boolean) => (value: unknown) => value === null || test(value);
const within = (low: number, high: number) => (value: unknown) =>
  typeof value === 'number' && value >= low && value <= high;

const READERS: { readonly [K in keyof UiState]: (value: unknown) => boolean } = {
  subject: orNull(isText),
  view: (value) => VIEWS.some((name) => name === value),
  axis: (value) => X_AXES.some((name) => name === value),
  logX: isFlag,
  logY: isFlag,
  whole: isFlag,
  window: orNull(isRange),
  forecasts: isFlag,
  colour: orNull(isText),
  smoothing: within(0, MAX_SMOOTHING),
  sorting: (value) => {
    const { column, descending } = (value ?? {}) as Record<string, unknown>;
    return isText(column) && isFlag(descending);
  },
  series: orNull(isText),
  filter: isText,
  group: orNull(isText),
  closed: isTexts,
  columns: orNull(isTexts),
  ticked: orNull(isTexts),
  selected: isTexts,
  hidden: isTexts,
  revealed: isTexts,
  pinned: orNull(isText),
  brushes: (value) => typeof value === 'object' && value !== null && Object.values(value).every(isBrush),
  scatter: orNull(isText),
  split: within(...SPLIT_RANGE),
};

function isBrush(value: unknown): value is Brush {
  const { range, values } = (value ?? {}) as Record<string, unknown>;
  return isTexts(values) || isRange(range);
}

function isRange(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[1] > value[0];
}

/** The runs that a subject names; `null`: all. */
export function runsOf(subject: string | null): RunId[] | null {
  if (subject === null) return null;
  try {
    const runs = JSON.parse(subject) as unknown;
    return isTexts(runs) ? (runs as RunId[]) : null;
  } catch {
    return null;
  }
}
