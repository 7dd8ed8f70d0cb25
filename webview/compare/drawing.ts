import type { RunId } from '../../src/core/model';
import type { Theme } from '../shared/theme';
import type { Look } from './colours';
import type { Pen } from './pen';

/** What a chart is made for. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  readonly palette: readonly string[];
  readonly lookOf: (run: RunId) => Look;
}

/** Something drawn near the pointer. */
export interface Hit {
  readonly run: RunId;
  readonly x: number;
  readonly y: number;
  /** What it shows there, for people. */
  readonly text: string;
}

/** A finished chart: can be drawn again and again, on a screen or into a file, and knows what is where. */
export interface Drawing {
  readonly draw: (pen: Pen) => void;
  /** Draws what stays in full strength while the rest is dimmed for a run that is pointed at: the axes. */
  readonly frame: (pen: Pen) => void;
  /** Draws one run over the rest. */
  readonly highlight: (pen: Pen, run: RunId) => void;
  /** What is drawn nearest to a place, if it is near enough to be meant. */
  readonly near: (x: number, y: number) => Hit | null;
  /** Runs that it shows. */
  readonly runs: readonly RunId[];
  /** What it leaves out, and why; empty when it shows all. */
  readonly note: string;
}

/** Nothing but a sentence that says why. */
export function emptyDrawing(reason: string, { width, height, theme }: Canvas): Drawing {
  return {
    draw: (pen) => pen.text(reason, width / 2, height / 2, { colour: theme.muted, size: 13, align: 'center' }),
    frame: () => undefined,
    highlight: () => undefined,
    near: () => null,
    runs: [],
    note: '',
  };
}
