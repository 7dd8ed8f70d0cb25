import { sharpen } from '../shared/canvas';
import { withAlpha } from '../shared/colour';
import { diamond } from '../shared/decor';
import type { ColourRole } from '../shared/scene';
import type { Theme } from '../shared/theme';

/** What floats over the plots, in pixels of the overlay. */
export interface Overlay {
  readonly size: { readonly width: number; readonly height: number };
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly cursor: number | null;
  readonly brush: readonly [number, number] | null;
  readonly handles: readonly Handle[];
  readonly dots: readonly {
    readonly x: number;
    readonly y: number;
    readonly role: ColourRole;
    readonly diamond: boolean;
  }[];
}

/** A line that can be dragged. */
export interface Handle {
  readonly x: number;
  readonly label: string;
  readonly active: boolean;
}

const DOT = 4;
/** Overlays on which nothing is drawn. */
const blank = new WeakSet<HTMLCanvasElement>();
const GRIP = { width: 10, height: 22, radius: 4 };

/** Draws crosshair, dots and brush on a canvas of their own: moving the pointer never redraws the curves. */
export function paintOverlay(canvas: HTMLCanvasElement, overlay: Overlay, theme: Theme): void {
  const { width, height } = sharpen(canvas, overlay.size);
  const context = canvas.getContext('2d');
  if (context === null) return;
  const isBlank = overlay.cursor === null && overlay.brush === null && overlay.handles.length === 0;
  // Touching a canvas costs a frame its painting, even when nothing comes of it.
  if (isBlank && blank.has(canvas)) return;
  blank.delete(canvas);
  context.clearRect(0, 0, width, height);
  if (isBlank) blank.add(canvas);
  if (overlay.brush !== null) paintBrush(context, overlay, theme);
  for (const handle of overlay.handles) paintHandle(context, handle, { overlay, theme });
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

/** A line over both plots with a grip at its foot. */
function paintHandle(
  context: CanvasRenderingContext2D,
  { x, label, active }: Handle,
  { overlay, theme }: { readonly overlay: Overlay; readonly theme: Theme },
): void {
  const at = Math.round(Math.min(overlay.right, Math.max(overlay.left, x))) + 0.5;
  context.strokeStyle = theme.series.extra;
  context.fillStyle = theme.series.extra;
  context.lineWidth = active ? 2 : 1;
  context.beginPath();
  context.moveTo(at, overlay.top);
  context.lineTo(at, overlay.bottom);
  context.stroke();
  const middle = overlay.bottom - GRIP.height;
  context.beginPath();
  context.roundRect(at - GRIP.width / 2, middle - GRIP.height / 2, GRIP.width, GRIP.height, GRIP.radius);
  context.fill();
  context.strokeStyle = theme.background;
  context.lineWidth = 1;
  for (const side of [-1.5, 1.5]) {
    context.beginPath();
    context.moveTo(at + side, middle - 4);
    context.lineTo(at + side, middle + 4);
    context.stroke();
  }
  const isLeft = at > (overlay.left + overlay.right) / 2;
  context.font = `11px ${theme.fontFamily}`;
  context.textBaseline = 'top';
  context.textAlign = isLeft ? 'right' : 'left';
  context.lineWidth = 4;
  context.lineJoin = 'round';
  const text = at + (isLeft ? -8 : 8);
  context.strokeText(label, text, overlay.top + 6);
  context.fillStyle = theme.series.extra;
  context.fillText(label, text, overlay.top + 6);
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
