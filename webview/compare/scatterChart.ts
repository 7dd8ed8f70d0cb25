import { formatLoss } from '../shared/numbers';
import { drawXName, drawXTick, drawYAxis } from './axes';
import { lookOf as slotLook } from './colours';
import type { Column, ColumnContext } from './columns';
import { type Dimension, dimensionOf } from './dimension';
import { type Canvas, type Drawing, emptyDrawing } from './drawing';
import { type Entry, finalOf } from './entry';
import type { Box, Pen } from './pen';
import { lossLabel, padded, type Scale, scaleOf } from './scale';
import { texts } from './texts';

const MARGIN = { left: 62, right: 24, top: 24, bottom: 44 };
const RADIUS = 4;
const REACH = 14;
/** Least pixels from one tick to the next. */
const TICK_GAP = 56;
/** Runs of one value stand beside each other, this many pixels apart, and no further out than that. */
const DODGE = 7;
const MOST_ASIDE = 21;
/** Runs at one place of the axis from which their mean is worth a mark. */
const LEAST_FOR_MEAN = 2;

interface Dot {
  readonly entry: Entry;
  /** Pixel of its value; `x` may stand a little aside. */
  readonly at: number;
  readonly x: number;
  readonly y: number;
}

/** Final losses over one hyperparameter, with 80 % intervals; hollow dots are forecasts, short bars the means of equal values. */
export function scatterChart(
  entries: readonly Entry[],
  column: Column | null,
  context: ColumnContext,
  canvas: Canvas,
): Drawing {
  const dimension = column && dimensionOf(column, entries, context);
  const ends = entries.filter((entry) => finalOf(entry) !== null);
  if (ends.length === 0) return emptyDrawing(texts.chart.noneLeft(texts.chart.noFinals), canvas);
  if (!dimension) return emptyDrawing(texts.chart.noneLeft(texts.chart.noNumbers), canvas);
  const { width, height, theme, palette } = canvas;
  const area = { left: MARGIN.left, top: MARGIN.top, right: width - MARGIN.right, bottom: height - MARGIN.bottom };
  const known = ends.filter((entry) => dimension.place(entry) !== null);
  const values = known.map((entry) => finalOf(entry)!);
  if (known.length === 0) return emptyDrawing(texts.chart.noneLeft(texts.chart.noNumbers), canvas);
  const y = scaleOf(
    padded({ min: Math.min(...values), max: Math.max(...values), log: false }, 0.12),
    area.bottom,
    area.top,
  );
  const dots = dotsOf(known, dimension, area, y);
  const colour = slotLook(0, palette).colour;
  const frame = (pen: Pen): void => drawPlaces(pen, area, { dimension, y, canvas });
  return {
    frame,
    pieces: [
      frame,
      (pen) =>
        pen.clip({ ...area, left: area.left - MOST_ASIDE, right: area.right + MOST_ASIDE }, () => {
          for (const dot of dots) drawDot(pen, dot, { y, colour, alpha: 0.5 });
          for (const { at, mean } of meansOf(dots)) {
            pen.line([at - 12, at + 12], [y.at(mean), y.at(mean)], { colour: theme.foreground, width: 2 });
          }
        }),
    ],
    highlight: (pen, run) => {
      const dot = dots.find(({ entry }) => entry.id === run);
      if (dot !== undefined) drawDot(pen, dot, { y, colour: theme.foreground, alpha: 1 });
    },
    near: (px, py) => {
      const dot = dots.reduce<Dot | null>(
        (best, each) => (distance(each, px, py) < (best ? distance(best, px, py) : REACH) ? each : best),
        null,
      );
      return dot && { run: dot.entry.id, x: dot.x, y: dot.y, text: formatLoss(finalOf(dot.entry)) };
    },
    runs: dots.map(({ entry }) => entry.id),
    note:
      known.length === ends.length ? '' : texts.chart.leftOut(`${ends.length - known.length}`, texts.chart.incomplete),
  };
}

function drawPlaces(
  pen: Pen,
  area: Box,
  { dimension, y, canvas: { theme } }: { dimension: Dimension; y: Scale; canvas: Canvas },
): void {
  drawYAxis(pen, area, { scale: y, label: texts.axis.final, write: lossLabel }, theme);
  drawXName(pen, area, dimension.label, theme);
  let before = Number.NEGATIVE_INFINITY;
  for (const { place, text } of [...dimension.ticks].sort((a, b) => a.place - b.place)) {
    const at = area.left + place * (area.right - area.left);
    if (at - before < TICK_GAP) continue;
    before = at;
    drawXTick(pen, area, { at, text: text.slice(0, 14) }, theme);
  }
}

function drawDot(
  pen: Pen,
  { entry, x, y: at }: Dot,
  { y, colour, alpha }: { y: Scale; colour: string; alpha: number },
): void {
  const { finalLoss, isMeasured } = entry.row.end;
  const [low, high] = finalLoss!.interval80;
  pen.line([x, x], [y.at(low), y.at(high)], { colour, width: 1, alpha });
  pen.dot(x, at, RADIUS, colour, !isMeasured);
}

/** Where the runs stand: those of one value side by side, from the middle outwards. */
function dotsOf(entries: readonly Entry[], dimension: Dimension, area: Box, y: Scale): Dot[] {
  const counts = new Map<number, number>();
  return entries.map((entry): Dot => {
    const place = dimension.place(entry)!;
    const count = counts.get(place) ?? 0;
    counts.set(place, count + 1);
    const out = (Math.ceil(count / 2) * DODGE) % (MOST_ASIDE + DODGE);
    const at = area.left + place * (area.right - area.left);
    return { entry, at, x: at + (count % 2 === 0 ? out : -out), y: y.at(finalOf(entry)!) };
  });
}

function meansOf(dots: readonly Dot[]): { at: number; mean: number }[] {
  const places = new Map<number, number[]>();
  for (const { at, entry } of dots) places.set(at, [...(places.get(at) ?? []), finalOf(entry)!]);
  return [...places]
    .filter(([, values]) => values.length >= LEAST_FOR_MEAN)
    .map(([at, values]) => ({ at, mean: values.reduce((sum, value) => sum + value, 0) / values.length }));
}

function distance({ x, y }: Dot, px: number, py: number): number {
  return Math.hypot(x - px, y - py);
}
