import { MAX_SMOOTHING } from './smoothingSlider';
export const AXIS_KINDS = ['step', 'tokens', 'time'] as const;
export type AxisKind = (typeof AXIS_KINDS)[number];

/** What a run panel remembers while it is hidden and over restarts: how the user looks at a run, never data. */
export interface UiState {
  /** Run that was shown; `null`: the one that changed last. */
  readonly run: string | null;
  readonly window: readonly [number, number] | null;
  readonly smoothing: number;
  readonly logX: boolean;
  readonly logY: boolean;
  /** The y-axis shows every value instead of the part that matters. */
  readonly wholeY: boolean;
  /** What the x-axis counts. */
  readonly axis: AxisKind;
  /** Series that are drawn beside those of every run, and other runs whose loss is drawn. */
  readonly series: readonly string[];
  readonly overlays: readonly string[];
  /** Keys of series that are switched off. */
  readonly hidden: readonly string[];
  /** Ids of sections that are open. */
  readonly open: readonly string[];
}

export const DEFAULT_UI_STATE: UiState = {
  run: null,
  window: null,
  smoothing: 0.9,
  logX: false,
  logY: false,
  wholeY: false,
  axis: 'step',
  series: [],
  overlays: [],
  hidden: [],
  open: ['plan'],
};

/** Reads a stored state part by part: what an older version stored wrongly or not at all becomes the default. */
export function readUiState(stored: unknown): UiState {
  const from = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
  const flag = (name: 'logX' | 'logY' | 'wholeY'): boolean =>
    typeof from[name] === 'boolean' ? from[name] : DEFAULT_UI_STATE[name];
  const names = (name: 'hidden' | 'open' | 'series' | 'overlays'): readonly string[] =>
    Array.isArray(from[name]) ? from[name].filter((each) => typeof each === 'string') : DEFAULT_UI_STATE[name];
  return {
    run: typeof from.run === 'string' && from.run !== '' ? from.run : null,
    window: readWindow(from.window),
    smoothing:
      typeof from.smoothing === 'number' && from.smoothing >= 0 && from.smoothing <= MAX_SMOOTHING
        ? from.smoothing
        : DEFAULT_UI_STATE.smoothing,
    logX: flag('logX'),
    logY: flag('logY'),
    wholeY: flag('wholeY'),
    axis: AXIS_KINDS.find((kind) => kind === from.axis) ?? DEFAULT_UI_STATE.axis,
    series: names('series'),
    overlays: names('overlays'),
    hidden: names('hidden'),
    open: names('open'),
  };
}

function readWindow(value: unknown): readonly [number, number] | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [from, to] = value as unknown[];
  return Number.isFinite(from) && Number.isFinite(to) && (to as number) > (from as number)
    ? [from as number, to as number]
    : null;
}
