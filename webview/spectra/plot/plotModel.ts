import type { Estimate } from '../../../src/protocol/spectra';

/** How an axis is laid out. */
export interface PlotAxis {
  readonly label: string;
  readonly log: boolean;
  readonly min: number;
  readonly max: number;
  readonly format: (value: number) => string;
  /** Ticks that are set by the data, such as layers; absent: round values. */
  readonly ticks?: readonly number[];
}

export interface PlotPoint extends Estimate {
  readonly x: number;
  /** For the card. */
  readonly title?: string;
}

export type Marker = 'none' | 'circle' | 'square' | 'diamond' | 'triangle' | 'ring';

/** A line through its points, with a bar at each that has an error. */
export interface PlotSeries {
  readonly key: string;
  readonly label: string;
  /** Colour of the theme's palette, by place; -1 the text, -2 small print. */
  readonly colour: number;
  readonly marker: Marker;
  readonly dash: string;
  readonly width: number;
  readonly faded: boolean;
  readonly points: readonly PlotPoint[];
  /** No line, points alone. */
  readonly scattered?: boolean;
}

/** A drawing on two axes, as plain data. */
export interface PlotModel {
  readonly title: string;
  /** Says in a sentence what is drawn. */
  readonly alt: string;
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  readonly series: readonly PlotSeries[];
  /** Horizontal lines. */
  readonly levels: readonly { readonly y: number; readonly label: string }[];
}

/** An axis over values with a little room; `null` when there are none that it can show. */
export function axisOver(
  values: readonly number[],
  options: {
    readonly label: string;
    readonly log: boolean;
    readonly format: (value: number) => string;
    readonly room?: number;
  },
): PlotAxis | null {
  const shown = values.filter((value) => Number.isFinite(value) && (!options.log || value > 0));
  if (shown.length === 0) return null;
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const { label, log, format, room = 0.06 } = options;
  if (log) {
    const margin = Math.max((high / low) ** room, low === high ? 2 : 1);
    return { label, log, format, min: low / margin, max: high * margin };
  }
  const margin = (high - low) * room || Math.abs(high) * 0.1 || 1;
  return { label, log, format, min: low - margin, max: high + margin };
}

/** Values of points with the ends of their bars. */
export function reachOf(series: readonly PlotSeries[]): number[] {
  return series.flatMap(({ points }) =>
    points.flatMap(({ value, error }) => (error === null ? [value] : [value - error, value, value + error])),
  );
}
