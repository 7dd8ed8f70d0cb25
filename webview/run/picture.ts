import type { Theme } from '../shared/theme';
import type { HeaderModel } from './headerModel';
import type { Readout } from './readoutModel';

const MARGIN = 16;
const TITLE = 18;
const LINE = 20;

/** The plots with their title and legend as one picture; base64 of a PNG. */
export function toPng(
  plots: readonly HTMLCanvasElement[],
  { header, legend, theme }: { header: HeaderModel; legend: Readout; theme: Theme },
): string {
  const shown = plots.filter((plot) => plot.clientHeight > 0);
  const ratio = Math.max(1, shown[0]!.width / shown[0]!.clientWidth);
  const width = shown[0]!.clientWidth + 2 * MARGIN;
  const top = MARGIN + TITLE + 2 * LINE + 8;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round((top + shown.reduce((sum, plot) => sum + plot.clientHeight, 0) + MARGIN) * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, canvas.height);
  drawTitle(context, header, theme);
  drawLegend(context, { legend, theme, width });
  let y = top;
  for (const plot of shown) {
    context.drawImage(plot, MARGIN, y, plot.clientWidth, plot.clientHeight);
    y += plot.clientHeight;
  }
  return canvas.toDataURL('image/png').split(',')[1]!;
}

function drawTitle(
  context: CanvasRenderingContext2D,
  { name, headline, progressText }: HeaderModel,
  theme: Theme,
): void {
  context.textBaseline = 'alphabetic';
  context.fillStyle = theme.foreground;
  context.font = `600 15px ${theme.fontFamily}`;
  context.fillText(name, MARGIN, MARGIN + 14);
  context.font = `12px ${theme.fontFamily}`;
  context.fillStyle = theme.muted;
  const parts = [
    `${headline.title} ${headline.value} ${headline.spread}`.trim(),
    headline.sub || headline.reason,
    progressText,
  ];
  context.fillText(parts.filter((part) => part !== '').join(' · '), MARGIN, MARGIN + TITLE + LINE - 6);
}

function drawLegend(
  context: CanvasRenderingContext2D,
  { legend, theme, width }: { legend: Readout; theme: Theme; width: number },
): void {
  context.font = `12px ${theme.fontFamily}`;
  const y = MARGIN + TITLE + 2 * LINE - 6;
  let x = MARGIN;
  for (const { label, role, swatch } of legend.items) {
    const length = context.measureText(label).width + 40;
    if (x + length > width - MARGIN) break;
    context.strokeStyle = swatch === 'cross' ? theme.error : theme.series[role];
    context.globalAlpha = swatch === 'faint' ? 0.5 : 1;
    context.lineWidth = 2;
    context.setLineDash(swatch === 'dashed' || swatch === 'band' ? [5, 3] : []);
    context.beginPath();
    context.moveTo(x, y - 4);
    context.lineTo(x + 18, y - 4);
    context.stroke();
    context.globalAlpha = 1;
    context.setLineDash([]);
    context.fillStyle = theme.foreground;
    context.fillText(label, x + 24, y);
    x += length;
  }
}
