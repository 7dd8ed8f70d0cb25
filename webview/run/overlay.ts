import { sharpen } from '../shared/canvas';
import { withAlpha } from '../shared/colour';
import { diamond } from '../shared/decor';
import type { ColourRole } from '../shared/scene';
import type { Theme } from '../shared/theme';

/** What floats over the plots, in pixels of the overlay. */
export interface Overlay {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly cursor: number | null;
  readonly brush: readonly [number, number] | null;
  readonly dots: readonly {
    readonly x: number;
    readonly y: number;
    readonly role: ColourRole;
    readonly diamond: boolean;
  }[];
}

const DOT = 4;

/** Draws crosshair, dots and brush on a canvas of their own: moving the pointer never redraws the curves. */
export function paintOverlay(canvas: HTMLCanvasElement, overlay: Overlay, theme: Theme): void {
  const { width, height } = sharpen(canvas);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.clearRect(0, 0, width, height);
  if (overlay.brush !== null) paintBrush(context, overlay, theme);
  const { cursor } = overlay;
  if (cursor === null || cursor < overlay.left - 1 || cursor > overlay.right + 1) return;
  context.strokeStyle = withAlpha(theme.foreground, theme.highContrast ? 1 : 0.55);
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(Math.round(cursor) + 0.5, overlay.top);
  context.lineTo(Math.round(cursor) + 0.5, overlay.bottom);
  context.stroke();
  for (const dot of overlay.dots) {
    if (dot.x < overlay.left - 1 || dot.x > overlay.right + 1) continue;
    context.fillStyle = theme.background;
    shape(context, dot, DOT + 2);
    context.fillStyle = theme.series[dot.role];
    shape(context, dot, DOT);
  }
}

function shape(context: CanvasRenderingContext2D, dot: Overlay['dots'][number], radius: number): void {
  if (dot.diamond) {
    diamond(context, dot.x, dot.y, radius + 1);
    return;
  }
  context.beginPath();
  context.arc(dot.x, dot.y, radius, 0, 2 * Math.PI);
  context.fill();
}

function paintBrush(context: CanvasRenderingContext2D, overlay: Overlay, theme: Theme): void {
  const from = Math.max(overlay.left, Math.min(...overlay.brush!));
  const to = Math.min(overlay.right, Math.max(...overlay.brush!));
  context.fillStyle = withAlpha(theme.focus, 0.18);
  context.fillRect(from, overlay.top, to - from, overlay.bottom - overlay.top);
  context.fillStyle = theme.focus;
  context.fillRect(from, overlay.top, 1, overlay.bottom - overlay.top);
  context.fillRect(to, overlay.top, 1, overlay.bottom - overlay.top);
}
