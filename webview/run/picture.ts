import type { PlotChart } from '../shared/chart';
import type { Context2d } from '../shared/frame';
import { SvgContext } from '../shared/svgContext';
import type { Theme } from '../shared/theme';
import type { Shown } from './commands';
import type { HeaderModel } from './headerModel';
import type { Readout } from './readoutModel';

const MARGIN = 16;
const TITLE = 18;
const LINE = 20;
const TOP = MARGIN + TITLE + 2 * LINE + 8;

/** Draws a picture of the plots with their title and legend in style pixels; `plot` draws one of them at its place. */
function compose(
  context: Context2d,
  { header, legend, theme, plots }: Shown,
  plot: (chart: PlotChart, x: number, y: number) => void,
): void {
  const { width, height } = sizeOf(plots);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, height);
  drawTitle(context, header, theme);
  drawLegend(context, { legend, theme, width });
  let y = TOP;
  for (const chart of plots) {
    plot(chart, MARGIN, y);
    y += chart.canvas.clientHeight;
  }
}

function sizeOf(plots: readonly PlotChart[]): { width: number; height: number } {
  const height = plots.reduce((sum, { canvas }) => sum + canvas.clientHeight, 0);
  return { width: plots[0]!.canvas.clientWidth + 2 * MARGIN, height: TOP + height + MARGIN };
}

function toCanvas(shown: Shown): HTMLCanvasElement {
  const first = shown.plots[0]!.canvas;
  const ratio = Math.max(1, first.width / first.clientWidth);
  const { width, height } = sizeOf(shown.plots);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  compose(context, shown, ({ canvas: drawn }, x, y) => {
    context.drawImage(drawn, x, y, drawn.clientWidth, drawn.clientHeight);
  });
  return canvas;
}

/** The plots with their title and legend as one picture; base64 of a PNG. */
export function toPng(shown: Shown): string {
  return toCanvas(shown).toDataURL('image/png').split(',')[1]!;
}

/** Puts the picture on the clipboard. Rejects where the editor does not allow it. */
export async function copyPicture(shown: Shown): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => toCanvas(shown).toBlob(resolve, 'image/png'));
  if (blob !== null) await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
}

/** The same as a drawing that can be enlarged and edited. */
export function toSvg(shown: Shown): string {
  const meter = document.createElement('canvas').getContext('2d')!;
  const svg = new SvgContext((text, font) => {
    meter.font = font;
    return meter.measureText(text).width;
  });
  compose(svg, shown, (chart, x, y) => {
    svg.parts.push(`<g transform="translate(${x} ${y})">`);
    chart.drawOn(svg);
    svg.parts.push('</g>');
  });
  return svg.file(sizeOf(shown.plots));
}

function drawTitle(context: Context2d, { name, headline, progressText }: HeaderModel, theme: Theme): void {
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
  context: Context2d,
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
