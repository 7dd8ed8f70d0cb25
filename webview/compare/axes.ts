import type { Theme } from '../shared/theme';
import type { Ticks } from '../shared/ticks';
import type { Box, Pen } from './pen';
import { type Scale, ticksOf } from './scale';

export const FONT_SIZE = 11;
const X_GAP = 90;
/** Pixels from one tick to the next; small plots have closer ones. */
const Y_GAP = 44;
const SMALL = { height: 160, gap: 26 };

/** One axis of a plot: its scale and how its ticks and its name are written. */
export interface AxisDrawing {
  readonly scale: Scale;
  readonly label: string;
  readonly write: (value: number, ticks: Ticks) => string;
}

/** Draws grid lines, ticks and the names of both axes around `area`. */
export function drawAxes(pen: Pen, area: Box, { x, y, theme }: { x: AxisDrawing; y: AxisDrawing; theme: Theme }): void {
  drawYAxis(pen, area, y, theme);
  const ticks = ticksOf(x.scale.domain, area.right - area.left, X_GAP);
  for (const value of ticks.values) drawXTick(pen, area, { at: x.scale.at(value), text: x.write(value, ticks) }, theme);
  drawXName(pen, area, x.label, theme);
}

/** The part of `drawAxes` on the left. */
export function drawYAxis(pen: Pen, area: Box, { scale, label, write }: AxisDrawing, theme: Theme): void {
  const height = area.bottom - area.top;
  const ticks = ticksOf(scale.domain, height, height < SMALL.height ? SMALL.gap : Y_GAP);
  for (const value of ticks.values) {
    const at = Math.round(scale.at(value)) + 0.5;
    if (at < area.top - 1 || at > area.bottom + 1) continue;
    pen.line([area.left, area.right], [at, at], { colour: theme.grid, width: 1 });
    pen.text(write(value, ticks), area.left - 8, at, { colour: theme.muted, size: FONT_SIZE, align: 'right' });
  }
  pen.text(label, area.left, area.top - 8, { colour: theme.muted, size: FONT_SIZE, baseline: 'bottom' });
}

/** A line up from the x-axis with what stands below it. */
export function drawXTick(pen: Pen, area: Box, { at, text }: { at: number; text: string }, theme: Theme): void {
  const x = Math.round(at) + 0.5;
  if (x < area.left - 1 || x > area.right + 1) return;
  pen.line([x, x], [area.top, area.bottom], { colour: theme.grid, width: 1 });
  const align = x > area.right - 20 ? 'right' : x < area.left + 10 ? 'left' : 'center';
  const place = align === 'right' ? area.right : x;
  pen.text(text, place, area.bottom + 6, { colour: theme.muted, size: FONT_SIZE, align, baseline: 'top' });
}

/** What the x-axis counts, at its end. */
export function drawXName(pen: Pen, area: Box, label: string, theme: Theme): void {
  pen.text(label, area.right, area.bottom + 22, {
    colour: theme.muted,
    size: FONT_SIZE,
    align: 'right',
    baseline: 'top',
  });
}
