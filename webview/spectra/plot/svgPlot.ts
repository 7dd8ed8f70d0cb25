import { svgElement } from '../../shared/icons';
import { linearTicks, logTicks } from '../../shared/ticks';
import { hasBar } from '../measures';
import { markerShape } from './markers';
import type { Palette } from './palette';
import type { PlotAxis, PlotModel, PlotPoint, PlotSeries } from './plotModel';

/** A drawn plot, and where its points are. */
export interface DrawnPlot {
  readonly svg: SVGElement;
  readonly spots: readonly Spot[];
}

/** A point on the drawing. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly series: PlotSeries;
  readonly point: PlotPoint;
}

const MARGIN = { left: 56, right: 14, top: 10, bottom: 36 };
const FONT = 11;
const CAP = 3;
const TICK_GAP = { x: 70, y: 34 };

type Place = (value: number) => number;

/** Draws a plot as an SVG of its own: the same in the page and in a saved file. */
export function svgPlot(model: PlotModel, palette: Palette, width: number, height: number): DrawnPlot {
  const svg = svgElement('svg', {
    viewBox: `0 0 ${width} ${height}`,
    width: String(width),
    height: String(height),
    role: 'img',
    'aria-label': model.alt,
    'font-family': palette.fontFamily,
    'font-size': String(FONT),
  });
  const area = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
  const x = placer(model.x, area.left, area.right);
  const y = placer(model.y, area.bottom, area.top);
  drawAxes(svg, model, palette, { area, x, y });
  for (const level of model.levels) drawLevel(svg, level, palette, { area, y });
  const spots: Spot[] = [];
  const clip = svgElement('svg', {
    x: String(area.left - 6),
    y: String(area.top - 6),
    width: String(area.right - area.left + 12),
    height: String(area.bottom - area.top + 12),
    viewBox: `${area.left - 6} ${area.top - 6} ${area.right - area.left + 12} ${area.bottom - area.top + 12}`,
  });
  for (const series of model.series) spots.push(...drawSeries(clip, series, palette, { x, y }));
  svg.append(clip);
  return { svg, spots };
}

function placer({ log, min, max }: PlotAxis, from: number, to: number): Place {
  const scale = (value: number): number => (log ? Math.log(Math.max(value, min / 10)) : value);
  const [low, high] = [scale(min), scale(max)];
  return (value) => from + ((scale(value) - low) / (high - low || 1)) * (to - from);
}

interface Frame {
  readonly area: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly x: Place;
  readonly y: Place;
}

function drawAxes(svg: SVGElement, model: PlotModel, palette: Palette, { area, x, y }: Frame): void {
  const label = (text: string, attributes: Record<string, string>): void => {
    const element = svgElement('text', { fill: palette.muted, ...attributes });
    element.textContent = text;
    svg.append(element);
  };
  for (const value of ticksOf(model.y, (area.bottom - area.top) / TICK_GAP.y)) {
    const at = round(y(value));
    line(svg, [area.left, at, area.right, at], { stroke: palette.grid });
    label(model.y.format(value), { x: String(area.left - 8), y: String(at + 4), 'text-anchor': 'end' });
  }
  for (const value of ticksOf(model.x, (area.right - area.left) / TICK_GAP.x)) {
    const at = round(x(value));
    line(svg, [at, area.top, at, area.bottom], { stroke: palette.grid });
    label(model.x.format(value), { x: String(at), y: String(area.bottom + 16), 'text-anchor': 'middle' });
  }
  label(model.x.label, { x: String(area.right), y: String(area.bottom + 31), 'text-anchor': 'end' });
}

function ticksOf(axis: PlotAxis, count: number): readonly number[] {
  if (axis.ticks !== undefined) {
    const every = Math.ceil(axis.ticks.length / Math.max(1, count));
    return axis.ticks.filter((_, i) => i % every === 0);
  }
  const { values } = (axis.log ? logTicks : linearTicks)(axis.min, axis.max, Math.max(2, count));
  return values.filter((value) => value >= axis.min && value <= axis.max);
}

function drawLevel(
  svg: SVGElement,
  { y: value, label }: PlotModel['levels'][number],
  palette: Palette,
  { area, y }: Omit<Frame, 'x'>,
): void {
  const at = round(y(value));
  if (at < area.top || at > area.bottom) return;
  line(svg, [area.left, at, area.right, at], { stroke: palette.text, 'stroke-dasharray': '6 4', 'stroke-width': '1' });
  const text = svgElement('text', {
    x: String(area.right - 4),
    y: String(at - 5),
    'text-anchor': 'end',
    fill: palette.text,
    stroke: palette.background,
    'stroke-width': '3',
    'paint-order': 'stroke',
  });
  text.textContent = label;
  svg.append(text);
}

function drawSeries(svg: SVGElement, series: PlotSeries, palette: Palette, { x, y }: Pick<Frame, 'x' | 'y'>): Spot[] {
  const colour = palette.colour(series.colour);
  const group = svgElement('g', { opacity: series.faded ? '0.25' : '1', 'data-series': series.key });
  const spots = series.points.map((point) => ({ x: x(point.x), y: y(point.value), series, point }));
  if (series.scattered !== true && spots.length > 1) {
    const path = spots.map((spot, i) => `${i === 0 ? 'M' : 'L'}${round(spot.x)} ${round(spot.y)}`).join('');
    const dash: Record<string, string> = series.dash === '' ? {} : { 'stroke-dasharray': series.dash };
    const width = String(series.width + (palette.highContrast ? 0.5 : 0));
    group.append(svgElement('path', { d: path, fill: 'none', stroke: colour, 'stroke-width': width, ...dash }));
  }
  const bars = spots.filter(({ point }) => hasBar(point)).map((spot) => barOf(spot, y));
  if (bars.length > 0)
    group.append(svgElement('path', { class: 'bars', d: bars.join(''), stroke: colour, fill: 'none' }));
  for (const spot of spots) {
    // A value whose error is not known is drawn hollow.
    const marker = spot.point.error === null && series.marker !== 'none' ? 'ring' : series.marker;
    const shape = markerShape(marker, spot.x, spot.y, colour, palette.background);
    if (shape !== null) group.append(shape);
  }
  svg.append(group);
  return spots;
}

/** A bar from one end of the interval to the other, with caps, as a piece of a path. */
function barOf({ x, point: { value, error } }: Spot, y: Place): string {
  const [at, low, high] = [round(x), round(y(value - error!)), round(y(value + error!))];
  const cap = (height: number): string => `M${round(x - CAP)} ${height}H${round(x + CAP)}`;
  return `M${at} ${low}V${high}${cap(low)}${cap(high)}`;
}

function line(svg: SVGElement, [x1, y1, x2, y2]: readonly number[], attributes: Record<string, string>): void {
  const ends = { x1: round(x1!), y1: round(y1!), x2: round(x2!), y2: round(y2!) };
  const places = Object.fromEntries(Object.entries(ends).map(([name, value]) => [name, String(value)]));
  svg.append(svgElement('line', { ...places, ...attributes }));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
