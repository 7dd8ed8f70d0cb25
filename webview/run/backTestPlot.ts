import { sharpen } from '../shared/canvas';
import type { Context2d } from '../shared/frame';
import { formatLoss, formatPercent } from '../shared/numbers';
import type { Theme } from '../shared/theme';
import { linearTicks } from '../shared/ticks';
import type { BackTestModel } from './backTestModel';

const LEFT = 52;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 20;
const FONT_SIZE = 11;
const DOT = 3.5;

/** Draws what was said of the final loss after each share of the run, with its 80 % interval, over what came. */
export function drawBackTest(canvas: HTMLCanvasElement, model: BackTestModel, theme: Theme): void {
  const size = sharpen(canvas);
  const context = canvas.getContext('2d');
  if (context === null || size.width === 0) return;
  context.clearRect(0, 0, size.width, size.height);
  paintBackTest(context, model, { ...size, theme });
}

/** The same on any context. */
export function paintBackTest(
  context: Context2d,
  { sayings, reference }: BackTestModel,
  { width, height, theme }: { readonly width: number; readonly height: number; readonly theme: Theme },
): void {
  const bounds = [...sayings.flatMap(({ interval80 }) => interval80), ...(reference === null ? [] : [reference.value])];
  if (bounds.length === 0) return;
  const [low, high] = [Math.min(...bounds), Math.max(...bounds)];
  const margin = (high - low || Math.abs(high) || 1) * 0.08;
  const x = (share: number): number => LEFT + share * (width - LEFT - RIGHT);
  const y = (value: number): number =>
    TOP + ((high + margin - value) / (high - low + 2 * margin)) * (height - TOP - BOTTOM);
  context.font = `${FONT_SIZE}px ${theme.fontFamily}`;
  context.setLineDash([]);
  context.lineWidth = 1;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const value of linearTicks(low - margin, high + margin, 4).values) {
    line(context, theme.grid, [x(0), y(value)], [x(1), y(value)]);
    context.fillStyle = theme.muted;
    context.fillText(formatLoss(value), LEFT - 6, y(value));
  }
  context.textBaseline = 'alphabetic';
  context.textAlign = 'center';
  for (const share of [0.2, 0.4, 0.6, 0.8]) context.fillText(formatPercent(share), x(share), height - 5);
  if (reference !== null) {
    context.setLineDash([6, 4]);
    line(context, theme.series.validation, [x(0), y(reference.value)], [x(1), y(reference.value)]);
    context.setLineDash([]);
    context.textAlign = 'right';
    context.fillStyle = theme.series.validation;
    context.fillText(`${reference.label} ${formatLoss(reference.value)}`, x(1), y(reference.value) - 4);
  }
  context.fillStyle = theme.series.forecast;
  for (const { share, value, interval80 } of sayings) {
    context.lineWidth = 2;
    line(context, theme.series.forecast, [x(share), y(interval80[0])], [x(share), y(interval80[1])]);
    context.beginPath();
    context.arc(x(share), y(value), DOT, 0, 2 * Math.PI);
    context.fill();
  }
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
