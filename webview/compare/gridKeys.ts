import type { RunId } from '../../src/core/model';

/** What a hand does with the table. `select` adds to what is selected or takes its place. */
export interface GridActions {
  readonly sort: (column: string) => void;
  readonly tick: (run: RunId) => void;
  readonly open: (run: RunId) => void;
  readonly pin: (run: RunId) => void;
  readonly hide: (runs: readonly RunId[]) => void;
  readonly select: (runs: readonly RunId[], mode: 'only' | 'toggle' | 'all') => void;
  readonly toggleGroup: (key: string) => void;
  readonly hover: (run: RunId | null) => void;
  /** Other lines have come into view. */
  readonly scrolled: () => void;
}

/** A cell of the table: line and column, counted from 0. */
export interface Place {
  readonly index: number;
  readonly column: number;
}

/** The row of the heads, as the line of a place. */
export const HEAD = -1;
const PAGE = 10;

/** Where a key leads from a place, within the heads and so many lines and columns; `null` for a key that does not move. */
export function moveOf(key: string, { index, column }: Place, size: { lines: number; columns: number }): Place | null {
  const moves: Readonly<Record<string, Place>> = {
    ArrowUp: { index: index - 1, column },
    ArrowDown: { index: index + 1, column },
    PageUp: { index: Math.max(0, index - PAGE), column },
    PageDown: { index: index + PAGE, column },
    Home: { index: 0, column },
    End: { index: size.lines - 1, column },
    ArrowLeft: { index, column: column - 1 },
    ArrowRight: { index, column: column + 1 },
  };
  const move = Object.hasOwn(moves, key) ? moves[key] : undefined;
  if (move === undefined) return null;
  return {
    index: Math.max(HEAD, Math.min(move.index, size.lines - 1)),
    column: Math.max(0, Math.min(move.column, size.columns - 1)),
  };
}

/** Does what a key means on the row of a run; false for a key that means nothing there. */
export function runKey({ key, ctrlKey, metaKey }: KeyboardEvent, run: RunId, actions: GridActions): boolean {
  const plain: Readonly<Record<string, () => void>> = {
    ' ': () => actions.tick(run),
    enter: () => actions.open(run),
    p: () => actions.pin(run),
    h: () => actions.hide([run]),
    s: () => actions.select([run], 'toggle'),
    escape: () => actions.select([], 'only'),
  };
  const withControl: Readonly<Record<string, () => void>> = {
    ' ': () => actions.select([run], 'toggle'),
    a: () => actions.select([], 'all'),
  };
  const keys = ctrlKey || metaKey ? withControl : plain;
  const name = key.toLowerCase();
  if (!Object.hasOwn(keys, name)) return false;
  keys[name]!();
  return true;
}
