import { Chart, LinearScale, LogarithmicScale } from 'chart.js';
import { drawScene } from './decor';
import type { Context2d } from './frame';
import type { Axis, Scene } from './scene';
import type { Theme } from './theme';
import { linearTicks, logTicks, type Ticks, timeTicks } from './ticks';

// Axes, layout and sizes are Chart.js's. Lines are drawn in `lines.ts`: Chart.js would make an object for every point.
Chart.register(LinearScale, LogarithmicScale);

/** How a plot writes its axes. */
export interface PlotFormat {
  readonly x: (value: number, ticks: Ticks, isTime: boolean) => string;
  readonly y: (value: number, ticks: Ticks, isTime: boolean) => string;
  /** Pixels from one tick to the next, about. */
  readonly yTickGap: number;
}

/** Room for the labels of the y-axis: the same in every plot of a column, so that their x-axes agree. */
const AXIS_WIDTH = 58;
const PADDING = { left: 0, right: 14, top: 14, bottom: 0 };
const X_TICK_GAP = 90;
const FONT_SIZE = 11;

/** Draws scenes on a canvas. Nothing is animated and nothing is kept but the last scene. */
export class PlotChart {
  readonly #chart: Chart<'line'>;
  #ticks: { x: Ticks; y: Ticks } = { x: { values: [], step: 0 }, y: { values: [], step: 0 } };
  #frame: { scene: Scene; theme: Theme; xLabels: boolean } | null = null;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly format: PlotFormat,
  ) {
    this.#chart = new Chart<'line'>(canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        events: [],
        layout: { padding: PADDING },
        scales: { x: this.#xScale(), y: this.#yScale() },
      },
      plugins: [{ id: 'scene', beforeDatasetsDraw: (chart) => this.#paint(chart.ctx) }],
    });
  }

  /** Shows a scene; `xLabels` are left out where a plot below carries them. */
  draw(scene: Scene, theme: Theme, xLabels: boolean): void {
    this.#frame = { scene, theme, xLabels };
    const scales = this.#chart.options.scales as Record<'x' | 'y', Record<string, unknown>>;
    for (const name of ['x', 'y'] as const) {
      const { min, max, log } = scene[name];
      Object.assign(scales[name], { type: log ? 'logarithmic' : 'linear', min, max });
      scales[name].grid = { color: theme.grid, drawTicks: false };
      scales[name].ticks = {
        ...(scales[name].ticks as object),
        color: theme.muted,
        font: { family: theme.fontFamily, size: FONT_SIZE },
      };
    }
    (scales.x.ticks as { display: boolean }).display = xLabels;
    this.#chart.update('none');
  }

  /** The plotting area in pixels of the canvas element. */
  get area(): { left: number; right: number; top: number; bottom: number } {
    const { left, right, top, bottom } = this.#chart.chartArea ?? { left: 0, right: 0, top: 0, bottom: 0 };
    return { left, right, top, bottom };
  }

  xAt(pixel: number): number {
    return this.#chart.scales.x?.getValueForPixel(pixel) ?? Number.NaN;
  }

  pixelOfX(value: number): number {
    return this.#chart.scales.x?.getPixelForValue(value) ?? Number.NaN;
  }

  pixelOfY(value: number): number {
    return this.#chart.scales.y?.getPixelForValue(value) ?? Number.NaN;
  }

  /** Draws what is shown once more, grid and labels too, on something else than the canvas. */
  drawOn(context: Context2d): void {
    this.#drawAxes(context);
    this.#paint(context);
  }

  resize(): void {
    this.#chart.resize();
  }

  dispose(): void {
    this.#chart.destroy();
  }

  #drawAxes(context: Context2d): void {
    const { x, y } = this.#chart.scales;
    if (this.#frame === null || x === undefined || y === undefined) return;
    const { theme } = this.#frame;
    const { left, right, top, bottom } = this.area;
    context.strokeStyle = theme.grid;
    context.lineWidth = 1;
    context.setLineDash([]);
    const line = (from: readonly [number, number], to: readonly [number, number]): void => {
      context.beginPath();
      context.moveTo(...from);
      context.lineTo(...to);
      context.stroke();
    };
    context.font = `${FONT_SIZE}px ${theme.fontFamily}`;
    context.fillStyle = theme.muted;
    context.textAlign = 'center';
    context.textBaseline = 'top';
    for (const value of this.#ticks.x.values) {
      const at = x.getPixelForValue(value);
      line([at, top], [at, bottom]);
      if (this.#frame.xLabels) context.fillText(this.#label('x')(value), at, bottom + 6);
    }
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const value of this.#ticks.y.values) {
      const at = y.getPixelForValue(value);
      line([left, at], [right, at]);
      context.fillText(this.#label('y')(value), left - 8, at);
    }
  }

  #paint(context: Context2d): void {
    const { x, y } = this.#chart.scales;
    if (this.#frame === null || x === undefined || y === undefined) return;
    drawScene({
      ...this.#frame,
      context,
      area: this.area,
      x: (value) => x.getPixelForValue(value),
      y: (value) => y.getPixelForValue(value),
      fontSize: FONT_SIZE,
    });
  }

  #xScale(): object {
    return {
      type: 'linear',
      border: { display: false },
      ticks: { autoSkip: false, maxRotation: 0, align: 'inner', padding: 6, callback: this.#label('x') },
      afterBuildTicks: (scale: { ticks: { value: number }[]; width: number; chart: Chart }) => {
        scale.ticks = this.#makeTicks('x', (scale.chart.width - AXIS_WIDTH) / X_TICK_GAP);
      },
      afterFit: (scale: { paddingLeft: number; paddingRight: number }) => {
        scale.paddingLeft = 0;
        scale.paddingRight = 0;
      },
    };
  }

  #yScale(): object {
    return {
      type: 'linear',
      border: { display: false },
      ticks: { autoSkip: false, maxRotation: 0, padding: 8, callback: this.#label('y') },
      afterBuildTicks: (scale: { ticks: { value: number }[]; chart: Chart }) => {
        scale.ticks = this.#makeTicks('y', scale.chart.height / this.format.yTickGap);
      },
      afterFit: (scale: { width: number }) => {
        scale.width = AXIS_WIDTH;
      },
    };
  }

  #makeTicks(name: 'x' | 'y', count: number): { value: number }[] {
    const axis: Axis | undefined = this.#frame?.scene[name];
    if (axis === undefined) return [];
    const make = axis.log ? logTicks : axis.time ? timeTicks : linearTicks;
    this.#ticks[name] = make(axis.min, axis.max, Math.max(2, count));
    return this.#ticks[name].values.map((value) => ({ value }));
  }

  #label(name: 'x' | 'y'): (value: number | string) => string {
    return (value) => this.format[name](Number(value), this.#ticks[name], this.#frame?.scene[name].time === true);
  }
}
