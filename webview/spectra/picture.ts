import { svgElement } from '../shared/icons';
import type { MapDrawing } from './mapDrawing';
import type { Palette } from './plot/palette';

const PAD = 14;
const TITLE = 26;
const SHARP = 2;

/** A drawing with its title on the background of the theme, as the text of an SVG file. */
export function svgFile(drawing: SVGElement, title: string, palette: Palette): string {
  const [width, height] = ['width', 'height'].map((name) => Number(drawing.getAttribute(name)));
  const [wide, high] = [String(width! + 2 * PAD), String(height! + 2 * PAD + TITLE)];
  const file = svgElement('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${wide} ${high}`,
    width: wide,
    height: high,
  });
  file.append(svgElement('rect', { width: wide, height: high, fill: palette.background }));
  const heading = svgElement('text', {
    x: String(PAD),
    y: String(PAD + 12),
    fill: palette.text,
    'font-family': palette.fontFamily,
    'font-size': '13',
    'font-weight': '600',
  });
  heading.textContent = title;
  const inner = drawing.cloneNode(true) as SVGElement;
  inner.setAttribute('x', String(PAD));
  inner.setAttribute('y', String(PAD + TITLE));
  file.append(heading, inner);
  return new XMLSerializer().serializeToString(file);
}

/** The text of an SVG file as a picture of twice its size; base64 of a PNG. */
export async function pngOf(svg: string): Promise<string> {
  const image = new Image();
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * SHARP;
    canvas.height = image.naturalHeight * SHARP;
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/png').split(',')[1]!;
  } finally {
    URL.revokeObjectURL(address);
  }
}

const CELL = { width: 46, height: 22, label: 64, head: 20, legend: 44 };

/** A heat map as a drawing of its own, for files. */
export function mapSvg({ columns, rows, legend }: MapDrawing, palette: Palette): SVGElement {
  const width = CELL.label + columns.length * CELL.width;
  const height = CELL.head + rows.length * CELL.height + CELL.legend;
  const svg = svgElement('svg', {
    width: String(width),
    height: String(height),
    'font-family': palette.fontFamily,
    'font-size': '11',
  });
  const write = (text: string, x: number, y: number, attributes: Record<string, string> = {}): void => {
    const element = svgElement('text', { x: String(x), y: String(y), fill: palette.muted, ...attributes });
    element.textContent = text;
    svg.append(element);
  };
  const middle = { 'text-anchor': 'middle' };
  for (const [c, { label }] of columns.entries()) write(label, CELL.label + (c + 0.5) * CELL.width, 14, middle);
  rows.forEach(({ label, cells }, r) => {
    const y = CELL.head + r * CELL.height;
    write(label, CELL.label - 8, y + 15, { 'text-anchor': 'end' });
    cells.forEach(({ colour, ink, text, state }, c) => {
      const x = CELL.label + c * CELL.width;
      if (state === 'none') return;
      const place = {
        x: String(x + 0.5),
        y: String(y + 0.5),
        width: String(CELL.width - 1),
        height: String(CELL.height - 1),
      };
      svg.append(svgElement('rect', { ...place, fill: colour ?? 'none', stroke: colour ?? palette.muted }));
      const shown = state === 'refused' ? '×' : text;
      write(shown, x + CELL.width / 2, y + 15, { ...middle, fill: ink || palette.text });
    });
  });
  if (legend !== null) {
    const y = height - CELL.legend + 16;
    legend.stops.forEach((stop, i) => {
      svg.append(
        svgElement('rect', { x: String(CELL.label + i * 16), y: String(y), width: '16', height: '8', fill: stop }),
      );
    });
    write(legend.low, CELL.label, y + 21);
    write(legend.high, CELL.label + legend.stops.length * 16, y + 21, { 'text-anchor': 'end' });
  }
  return svg;
}
