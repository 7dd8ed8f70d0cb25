import { withAlpha } from './colour';
import type { Frame } from './frame';
import type { Point, SceneLine } from './scene';

/** Lower alpha cannot be seen in a high-contrast theme. */
const FAINTEST = 0.6;

/** Vertical way per pixel of width from which on a line is noise: thick strokes look the same there and cost ten times as much. */
const NOISY = 4;

/** Draws a line through its points. */
export function drawLine(frame: Frame, line: SceneLine): void {
  const { context, theme, area } = frame;
  const visible = visiblePart(line.points, frame.scene.x);
  if (visible.to - visible.from < 1) return;
  const alpha = theme.highContrast ? Math.max(FAINTEST, line.alpha) : line.alpha;
  const colour = withAlpha(theme.series[line.role], alpha);
  const width = theme.highContrast ? line.width + 0.5 : line.width;
  const dense = visible.to - visible.from > (area.right - area.left) / 2;
  const columns = dense ? columnsOf(frame, line.points, visible) : [];
  if (columns.reduce((sum, { low, high }) => sum + high - low, 0) > BAND * columns.length) {
    context.fillStyle = colour;
    paintBand(frame, columns, alpha === 1 ? width : 1);
    return;
  }
  context.strokeStyle = colour;
  context.setLineDash([...line.dash]);
  context.beginPath();
  if (dense) traceColumns(frame, columns, width);
  const travel = dense ? 0 : tracePoints(frame, line.points, visible);
  const isNoise = travel > NOISY * (area.right - area.left);
  context.lineWidth = isNoise ? 1 : width;
  // Between neighbouring pixels nobody sees a corner.
  context.lineJoin = dense || isNoise ? 'bevel' : 'round';
  context.stroke();
  context.setLineDash([]);
}

interface Part {
  readonly from: number;
  readonly to: number;
}

/** The points from the last one left of the plot to the first one right of it. */
function visiblePart(points: readonly Point[], { min, max }: { min: number; max: number }): Part {
  return { from: Math.max(0, firstFrom(points, min) - 1), to: Math.min(points.length, firstFrom(points, max) + 1) };
}

function firstFrom(points: readonly Point[], x: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (points[middle]!.x < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Pixels up and down along the line. */
function tracePoints({ context, x, y }: Frame, points: readonly Point[], { from, to }: Part): number {
  let travel = 0;
  let before = y(points[from]!.y);
  for (let index = from; index < to; index++) {
    const at = y(points[index]!.y);
    context.lineTo(x(points[index]!.x), at);
    travel += Math.abs(at - before);
    before = at;
  }
  return travel;
}

/** What a line does in one column of pixels. */
interface Column {
  readonly at: number;
  readonly first: number;
  readonly last: number;
  readonly low: number;
  readonly high: number;
}

function columnsOf({ x, y }: Frame, points: readonly Point[], { from, to }: Part): Column[] {
  const columns: Column[] = [];
  let index = from;
  while (index < to) {
    const at = Math.round(x(points[index]!.x));
    const first = y(points[index]!.y);
    let [low, high, last] = [first, first, first];
    for (index++; index < to && Math.round(x(points[index]!.x)) === at; index++) {
      last = y(points[index]!.y);
      if (last < low) low = last;
      if (last > high) high = last;
    }
    columns.push({ at, first, last, low, high });
  }
  return columns;
}

/** Mean height of its columns in pixels from which on a line is a band. */
const BAND = 8;

/** One bar per column, joined to the one before: no spike is lost, and nothing is cheaper to paint. */
function paintBand({ context }: Frame, columns: readonly Column[], width: number): void {
  let before = columns[0]?.last ?? 0;
  for (const { at, last, low, high } of columns) {
    const top = Math.min(low, before) - width / 2;
    context.fillRect(at + (1 - width) / 2, top, width, Math.max(high, before) + width / 2 - top);
    before = last;
  }
}

/** A line through the columns; where all of one fits into the width of the line, one point says it, and neighbours share it. */
function traceColumns({ context }: Frame, columns: readonly Column[], width: number): void {
  let drawn = Number.NEGATIVE_INFINITY;
  for (const [index, { at, first, low, high }] of columns.entries()) {
    if (high - low > width) {
      // Enters at the end that is nearer to the first value.
      const [enter, leave] = first - low < high - first ? [low, high] : [high, low];
      context.lineTo(at, enter);
      context.lineTo(at, leave);
    } else if (at - drawn < width && index < columns.length - 1) continue;
    else context.lineTo(at, (low + high) / 2);
    drawn = at;
  }
}
