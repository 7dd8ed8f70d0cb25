import { LinearScale, LogarithmicScale, type Scale } from 'chart.js';
import { sharpen } from './canvas';
import { drawScene } from './decor';
import type { Context2d } from './frame';
import type { Axis, Scene } from './scene';
import type { Theme } from './theme';
import { linearTicks, logTicks, type Ticks, timeTicks } from './ticks';

// The geometry of the axes is Chart.js's: its scales, and nothing else of it. Its charts would lay out, animate and make an
// object for every point, which takes longer than all the drawing here, and twice the code.

/** How a plot writes its axes. */
export interface PlotFormat {
  readonly x: (value: number, ticks: Ticks, isTime: boolean) => string;
  readonly y: (value: number, ticks: Ticks, isTime: boolean) => string;
  /** Pixels from one tick to the next, about. */
  readonly yTickGap: number;
}

interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Shown {
  readonly scene: Scene;
  readonly theme: Theme;
  readonly xLabels: boolean;
  readonly area: Area;
  readonly x: Scale;
  readonly y: Scale;
  readonly ticks: { readonly x: Ticks; readonly y: Ticks };
}

/** Room for the labels of the y-axis: the same in every plot of a column, so that their x-axes agree. */
const AXIS_WIDTH = 58;
const RIGHT = 14;
const TOP = 14;
/** Room below the plot, with and without labels of the x-axis. */
const LABELLED = 24;
const UNLABELLED = 6;
const X_TICK_GAP = 90;
const FONT_SIZE = 11;
/** A label of the x-axis that is nearer than this to an end stands inside of it. */
const INSIDE = 12;

/** Draws scenes on a canvas. Nothing is animated and nothing is kept but the last scene. */
export class PlotChart {
  #size: { readonly width: number; readonly height: number } | null = null;
  #shown: Shown | null = null;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly format: PlotFormat,
  ) {}

  /** Shows a scene; `xLabels` are left out where a plot below carries them. */
  draw(scene: Scene, theme: Theme, xLabels: boolean): void {
    const context = this.canvas.getContext('2d');
    this.#size ??= { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
    const { width, height } = this.#size;
    if (context === null || width === 0 || height === 0) return;
    sharpen(this.canvas, this.#size);
    const bottom = height - (xLabels ? LABELLED : UNLABELLED);
    const area = { left: AXIS_WIDTH, right: width - RIGHT, top: TOP, bottom };
    const ticks = {
      x: ticksOf(scene.x, (area.right - area.left) / X_TICK_GAP),
      y: ticksOf(scene.y, height / this.format.yTickGap),
    };
    const [x, y] = [scaleOf('x', scene.x, area), scaleOf('y', scene.y, area)];
    this.#shown = { scene, theme, xLabels, area, x, y, ticks };
    context.clearRect(0, 0, width, height);
    this.drawOn(context);
  }

  /** The plotting area in pixels of the canvas element. */
  get area(): Area {
    return this.#shown?.area ?? { left: 0, right: 0, top: 0, bottom: 0 };
  }

  xAt(pixel: number): number {
    return this.#shown?.x.getValueForPixel(pixel) ?? Number.NaN;
  }

  pixelOfX(value: number): number {
    return this.#shown?.x.getPixelForValue(value) ?? Number.NaN;
  }

  pixelOfY(value: number): number {
    return this.#shown?.y.getPixelForValue(value) ?? Number.NaN;
  }

  /** The canvas has another size now: it is measured when it is next drawn on. */
  resize(): void {
    this.#size = null;
  }

  /** Draws what is shown: on the canvas, or once more on something else. */
  drawOn(context: Context2d): void {
    if (this.#shown === null) return;
    const { scene, theme, area, x, y } = this.#shown;
    this.#drawAxes(context, this.#shown);
    drawScene({
      context,
      scene,
      theme,
      area,
      x: (value) => x.getPixelForValue(value),
      y: (value) => y.getPixelForValue(value),
      fontSize: FONT_SIZE,
    });
  }

  #drawAxes(context: Context2d, { scene, theme, xLabels, area, x, y, ticks }: Shown): void {
    const { left, right, top, bottom } = area;
    context.strokeStyle = theme.grid;
    context.lineWidth = 1;
    context.setLineDash([]);
    context.font = `${FONT_SIZE}px ${theme.fontFamily}`;
    context.fillStyle = theme.muted;
    context.textBaseline = 'top';
    context.beginPath();
    for (const value of ticks.x.values) {
      const at = Math.round(x.getPixelForValue(value)) + 0.5;
      context.moveTo(at, top);
      context.lineTo(at, bottom);
      if (!xLabels) continue;
      context.textAlign = at < left + INSIDE ? 'left' : at > right - INSIDE ? 'right' : 'center';
      context.fillText(this.format.x(value, ticks.x, scene.x.time === true), at, bottom + 7);
    }
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const value of ticks.y.values) {
      const at = Math.round(y.getPixelForValue(value)) + 0.5;
      context.moveTo(left, at);
      context.lineTo(right, at);
      context.fillText(this.format.y(value, ticks.y, false), left - 8, at);
    }
    context.stroke();
  }
}

function ticksOf(axis: Axis, count: number): Ticks {
  const make = axis.log ? logTicks : axis.time ? timeTicks : linearTicks;
  return make(axis.min, axis.max, Math.max(2, count));
}

/** A scale of Chart.js over an area. It needs no chart for what it is asked here. */
function scaleOf(name: 'x' | 'y', { min, max, log }: Axis, area: Area): Scale {
  const config = { id: name, type: log ? 'logarithmic' : 'linear' };
  const scale: Scale = log ? new LogarithmicScale(config) : new LinearScale(config);
  const options = { axis: name, reverse: false, offset: false, alignToPixels: false };
  Object.assign(scale, area, { axis: name, options, min, max, ticks: [] });
  scale.configure();
  return scale;
}
