import { sharpen } from '../shared/canvas';
import type { Context2d } from '../shared/frame';
import { formatLoss, formatPercent } from '../shared/numbers';
import type { Theme } from '../shared/theme';
import { linearTicks } from '../shared/ticks';
import { type BackTestModel, type Saying, type SayingsRange, sayingsRange } from './backTestModel';

const LEFT = 52;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 20;
const FONT_SIZE = 11;
const DOT = 3.5;
const ARROW = 5;

/** Draws what was said of the final loss after each share of the run, with its 80 % interval, over what came. */
export function drawBackTest(canvas: HTMLCanvasElement, model: BackTestModel, theme: Theme): void {
  const size = sharpen(canvas);
  const context = canvas.getContext('2d');
  if (context === null || size.width === 0) return;
  context.clearRect(0, 0, size.width, size.height);
  paintBackTest(context, model, { ...size, theme });
}

/** The same on any context. What lies beyond the axis is an arrow at its edge with the value. */
export function paintBackTest(
  context: Context2d,
  model: BackTestModel,
  { width, height, theme }: { readonly width: number; readonly height: number; readonly theme: Theme },
): void {
  const range = sayingsRange(model);
  if (range === null) return;
  const margin = (range.high - range.low || Math.abs(range.high) || 1) * 0.12;
  const [low, high] = [range.low - margin, range.high + margin];
  const frame: PlotFrame = {
    context,
    theme,
    height,
    x: (share) => LEFT + share * (width - LEFT - RIGHT),
    y: (value) => TOP + ((high - Math.min(high, Math.max(low, value))) / (high - low)) * (height - TOP - BOTTOM),
  };
  context.font = `${FONT_SIZE}px ${theme.fontFamily}`;
  context.setLineDash([]);
  context.lineWidth = 1;
  paintAxes(frame, linearTicks(low, high, 4).values);
  if (model.reference !== null) paintReference(frame, model.reference);
  for (const saying of model.sayings) paintSaying(frame, saying, { low, high });
}

interface PlotFrame {
  readonly context: Context2d;
  readonly theme: Theme;
  readonly height: number;
  readonly x: (share: number) => number;
  /** Within the plot: values beyond the axis are at its edge. */
  readonly y: (value: number) => number;
}

function paintAxes({ context, theme, height, x, y }: PlotFrame, values: readonly number[]): void {
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const value of values) {
    line(context, theme.grid, [x(0), y(value)], [x(1), y(value)]);
    context.fillStyle = theme.muted;
    context.fillText(formatLoss(value), LEFT - 6, y(value));
  }
  context.textBaseline = 'alphabetic';
  context.textAlign = 'center';
  for (const share of [0.2, 0.4, 0.6, 0.8]) context.fillText(formatPercent(share), x(share), height - 5);
}

function paintReference({ context, theme, x, y }: PlotFrame, { value, label }: { value: number; label: string }): void {
  context.setLineDash([6, 4]);
  line(context, theme.series.validation, [x(0), y(value)], [x(1), y(value)]);
  context.setLineDash([]);
  context.textAlign = 'right';
  context.fillStyle = theme.series.validation;
  context.fillText(`${label} ${formatLoss(value)}`, x(1), y(value) - 4);
}

function paintSaying(
  { context, theme, x, y }: PlotFrame,
  { share, value, interval80 }: Saying,
  { low, high }: SayingsRange,
): void {
  const at = x(share);
  context.lineWidth = 2;
  line(context, theme.series.forecast, [at, y(interval80[0])], [at, y(interval80[1])]);
  context.fillStyle = theme.series.forecast;
  const side = value > high ? -1 : value < low ? 1 : 0;
  context.beginPath();
  if (side === 0) context.arc(at, y(value), DOT, 0, 2 * Math.PI);
  else {
    const tip = y(value) + side * ARROW;
    context.moveTo(at, tip);
    context.lineTo(at - ARROW, tip - side * 1.5 * ARROW);
    context.lineTo(at + ARROW, tip - side * 1.5 * ARROW);
    context.closePath();
  }
  context.fill();
  if (side === 0) return;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(formatLoss(value), at + 2 * ARROW, y(value));
  context.textBaseline = 'alphabetic';
}

function line(
  context: Context2d,
  colour: string,
  from: readonly [number, number],
  to: readonly [number, number],
): void {
  context.strokeStyle = colour;
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}
