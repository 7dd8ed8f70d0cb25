import { sharpen } from '../shared/canvas';
import { withAlpha } from '../shared/colour';
import { formatCompact, formatLoss } from '../shared/numbers';
import type { Theme } from '../shared/theme';
import { quantile } from './points';

interface Residuals {
  readonly steps: readonly number[];
  readonly values: readonly number[];
  readonly sd: number;
}

const LEFT = 52;
const BOTTOM = 18;
const PADDING = 8;
const FONT_SIZE = 11;

/** Draws residuals by step around zero, over a band of one standard deviation. */
export function drawResiduals(canvas: HTMLCanvasElement, { steps, values, sd }: Residuals, theme: Theme): void {
  const { width, height } = sharpen(canvas);
  const context = canvas.getContext('2d');
  if (context === null || width === 0 || steps.length === 0) return;
  const size = Math.max(3 * sd, quantile(values.map(Math.abs), 0.98) * 1.1) || 1;
  const first = steps[0]!;
  const last = steps.at(-1)!;
  const x = (step: number): number => LEFT + ((step - first) / (last - first || 1)) * (width - LEFT - PADDING);
  const middle = (height - BOTTOM + PADDING) / 2;
  const y = (value: number): number => middle - Math.max(-1, Math.min(1, value / size)) * (middle - PADDING);
  context.clearRect(0, 0, width, height);
  context.fillStyle = withAlpha(theme.series.forecast, 0.16);
  context.fillRect(LEFT, y(sd), width - LEFT - PADDING, y(-sd) - y(sd));
  context.fillStyle = theme.grid;
  context.fillRect(LEFT, Math.round(middle), width - LEFT - PADDING, 1);
  context.fillStyle = withAlpha(theme.series.train, theme.highContrast ? 1 : 0.75);
  values.forEach((value, index) => {
    context.beginPath();
    context.arc(x(steps[index]!), y(value), 1.8, 0, 2 * Math.PI);
    context.fill();
  });
  context.fillStyle = theme.muted;
  context.font = `${FONT_SIZE}px ${theme.fontFamily}`;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  context.fillText(`+${formatLoss(sd, 2)}`, LEFT - 6, y(sd) - 1);
  context.fillText(`\u2212${formatLoss(sd, 2)}`, LEFT - 6, y(-sd) + 1);
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  context.fillText(formatCompact(first), LEFT, height - 3);
  context.textAlign = 'right';
  context.fillText(formatCompact(last), width - PADDING, height - 3);
}
