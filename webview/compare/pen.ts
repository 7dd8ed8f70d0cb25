/** How a line is drawn. */
export interface Stroke {
  readonly colour: string;
  readonly width: number;
  readonly alpha?: number;
  readonly dash?: readonly number[];
}

/** How a text is set. */
export interface Lettering {
  readonly colour: string;
  readonly size: number;
  readonly align?: 'left' | 'center' | 'right';
  /** Of the letters, `middle` unless given. */
  readonly baseline?: 'top' | 'middle' | 'bottom';
  readonly bold?: boolean;
  /** Edge of this colour around the letters, for texts that stand over lines. */
  readonly halo?: string;
}

/** A rectangle in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Draws in pixels, on the screen or into a file: charts know no other way. */
export interface Pen {
  /** A line through points; it breaks where a value is not finite. */
  line(xs: ArrayLike<number>, ys: ArrayLike<number>, stroke: Stroke): void;
  /** The area between two lines over the same xs. */
  area(xs: ArrayLike<number>, lows: ArrayLike<number>, highs: ArrayLike<number>, colour: string, alpha: number): void;
  rect(box: Box, colour: string, alpha: number): void;
  dot(x: number, y: number, radius: number, colour: string, hollow: boolean): void;
  text(text: string, x: number, y: number, lettering: Lettering): void;
  /** Draws nothing outside of the box. */
  clip(box: Box, draw: () => void): void;
}

/** Letters of `size` pixels are about this wide, on average. */
const LETTER = 0.56;

/** The text, cut with an ellipsis to about `width` pixels. */
export function fitted(text: string, width: number, size: number): string {
  const most = Math.max(1, Math.floor(width / (size * LETTER)));
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}
