import type { LayerKind } from '../../src/protocol/spectra';
import type { KindChoice, MapMode } from './mapModel';
import { type MeasureId, measureOf } from './measures';
import { texts } from './texts';

/** What a spectra panel remembers while it is hidden and over restarts: how the user looks at it, never data. */
export interface UiState {
  /** Checkpoint that was opened; empty: the host knows it. */
  readonly path: string;
  /** Checkpoint whose matrices are shown; empty: the opened one. */
  readonly shown: string;
  readonly measure: MeasureId;
  /** `null`: steps as soon as two checkpoints are measured. */
  readonly mode: MapMode | null;
  readonly kind: KindChoice;
  /** Name of the matrix whose spectrum is shown. */
  readonly matrix: string | null;
  readonly compare: string | null;
  /** Kinds that are switched off in the trends. */
  readonly hidden: readonly string[];
  readonly sort: string;
  readonly descending: boolean;
  /** Ids of sections that are open. */
  readonly open: readonly string[];
}

export const DEFAULT_UI_STATE: UiState = {
  path: '',
  shown: '',
  measure: 'utilization',
  mode: null,
  kind: 'all',
  matrix: null,
  compare: null,
  hidden: [],
  sort: 'finding',
  descending: false,
  open: ['worst'],
};

/** Reads a stored state part by part: what an older version stored wrongly or not at all becomes the default. */
export function readUiState(stored: unknown): UiState {
  const from = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
  const text = <T extends string | null>(name: string, fallback: T): string | T =>
    typeof from[name] === 'string' ? (from[name] as string) : fallback;
  const names = (name: 'hidden' | 'open'): readonly string[] =>
    Array.isArray(from[name]) ? from[name].filter((each) => typeof each === 'string') : DEFAULT_UI_STATE[name];
  const kind = text('kind', 'all');
  return {
    path: text('path', ''),
    shown: text('shown', ''),
    measure: measureOf(text('measure', '')).id,
    mode: from.mode === 'kinds' || from.mode === 'steps' ? from.mode : null,
    kind: kind in texts.kinds ? (kind as LayerKind) : 'all',
    matrix: text('matrix', null),
    compare: text('compare', null),
    hidden: names('hidden'),
    sort: text('sort', DEFAULT_UI_STATE.sort),
    descending: from.descending === true,
    open: names('open'),
  };
}
