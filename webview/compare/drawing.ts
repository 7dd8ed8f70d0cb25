import type { RunId } from '../../src/core/model';
import type { Theme } from '../shared/theme';
import type { Look } from './colours';
import type { Brush } from './dimension';
import type { Box, Pen } from './pen';

/** What a chart is made for. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  readonly palette: readonly string[];
  readonly lookOf: (run: RunId) => Look;
  /** Of a curve, in pixels. */
  readonly lineWidth: number;
}

/** Something drawn near the pointer. */
export interface Hit {
  readonly run: RunId;
  readonly x: number;
  readonly y: number;
  /** What it shows there, for people. */
  readonly text: string;
}

/** A drag over a chart that has begun. */
export interface Grab {
  readonly cursor: string;
  /** Where the drag has got to, to be drawn. */
  readonly box: (x: number, y: number) => Box;
  readonly choose: (x: number, y: number) => Choice;
  /** What it chooses counts while it goes on, not only at its end. */
  readonly isLive: boolean;
}

/** What a drag chooses: a part of an axis, or of the x-axis to be shown alone. */
export type Choice =
  | { readonly kind: 'brush'; readonly axis: string; readonly brush: Brush | null }
  | { readonly kind: 'window'; readonly window: readonly [number, number] | null };

export interface LegendItem {
  readonly text: string;
  readonly look: Look;
}

/** A part of a chart that takes little time to draw. */
export type Piece = (pen: Pen) => void;

/** A finished chart: can be drawn again and again, on a screen or into a file, and knows what is where. */
export interface Drawing {
  /** Drawn one over the other: all together are the chart. A screen may draw some of them in one frame and the rest in others. */
  readonly pieces: readonly Piece[];
  /** Draws what stays in full strength while the rest is dimmed for a run that is pointed at: the axes. */
  readonly frame: (pen: Pen) => void;
  /** Draws one run over the rest. */
  readonly highlight: (pen: Pen, run: RunId) => void;
  /** What is drawn nearest to a place, if it is near enough to be meant. */
  readonly near: (x: number, y: number) => Hit | null;
  /** What a drag from a place does; absent or `null`: nothing. */
  readonly grab?: (x: number, y: number) => Grab | null;
  /** Names of the runs beside their lines, for a picture that stands without the table; absent where the chart tells them. */
  readonly legend?: readonly LegendItem[];
  /** Runs that it shows. */
  readonly runs: readonly RunId[];
  /** What it leaves out, and why; empty when it shows all. */
  readonly note: string;
}

/** Pixels of a drag below which it is a click. */
export const LEAST_DRAG = 4;

/** Nothing but a sentence that says why. */
export function emptyDrawing(reason: string, { width, height, theme }: Canvas): Drawing {
  return {
    pieces: [(pen) => pen.text(reason, width / 2, height / 2, { colour: theme.muted, size: 13, align: 'center' })],
    frame: () => undefined,
    highlight: () => undefined,
    near: () => null,
    runs: [],
    note: '',
  };
}
