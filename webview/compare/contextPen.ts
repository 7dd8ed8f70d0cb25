import type { Context2d } from '../shared/frame';
import type { Theme } from '../shared/theme';
import type { Box, Lettering, Pen, Stroke } from './pen';

/** Draws on a canvas, or into the text of an SVG. */
export class ContextPen implements Pen {
  constructor(
    readonly context: Context2d,
    readonly theme: Theme,
  ) {}

  line(xs: ArrayLike<number>, ys: ArrayLike<number>, { colour, width, alpha = 1, dash = [] }: Stroke): void {
    const { context } = this;
    context.beginPath();
    let isDown = false;
    for (let i = 0; i < xs.length; i++) {
      const [x, y] = [xs[i]!, ys[i]!];
      if (!Number.isFinite(x) || !Number.isFinite(y)) isDown = false;
      else if (isDown) context.lineTo(x, y);
      else {
        context.moveTo(x, y);
        isDown = true;
      }
    }
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.globalAlpha = alpha;
    context.lineJoin = 'round';
    context.setLineDash([...dash]);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  area(xs: ArrayLike<number>, lows: ArrayLike<number>, highs: ArrayLike<number>, colour: string, alpha: number): void {
    const { context } = this;
    context.beginPath();
    for (let i = 0; i < xs.length; i++) context.lineTo(xs[i]!, highs[i]!);
    for (let i = xs.length - 1; i >= 0; i--) context.lineTo(xs[i]!, lows[i]!);
    context.closePath();
    context.fillStyle = colour;
    context.globalAlpha = alpha;
    context.fill();
    context.globalAlpha = 1;
  }

  rect({ left, top, right, bottom }: Box, colour: string, alpha: number): void {
    this.context.globalAlpha = alpha;
    this.context.fillStyle = colour;
    this.context.fillRect(left, top, right - left, bottom - top);
    this.context.globalAlpha = 1;
  }

  dot(x: number, y: number, radius: number, colour: string, hollow: boolean): void {
    const { context } = this;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = hollow ? this.theme.background : colour;
    context.fill();
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.stroke();
  }

  text(text: string, x: number, y: number, lettering: Lettering): void {
    const { context } = this;
    const { colour, size, align = 'left', baseline = 'middle', bold = false, halo } = lettering;
    context.font = `${bold ? '600 ' : ''}${size}px ${this.theme.fontFamily}`;
    context.fillStyle = colour;
    context.textAlign = align;
    context.textBaseline = baseline;
    if (halo !== undefined) {
      context.strokeStyle = halo;
      context.lineWidth = 4;
      context.lineJoin = 'round';
      context.strokeText(text, x, y);
    }
    context.fillText(text, x, y);
  }

  clip({ left, top, right, bottom }: Box, draw: () => void): void {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    draw();
    context.restore();
  }
}
