import { withAlpha } from './colour';
import type { Frame } from './frame';
import type { Point, SceneLine } from './scene';

/** Lower alpha cannot be seen in a high-contrast theme. */
const FAINTEST = 0.6;

/** Draws a line through its points. */
export function drawLine(frame: Frame, line: SceneLine): void {
  const { context, theme } = frame;
  const visible = visiblePart(line.points, frame.scene.x);
  if (visible.to - visible.from < 1) return;
  context.strokeStyle = withAlpha(
    theme.series[line.role],
    theme.highContrast ? Math.max(FAINTEST, line.alpha) : line.alpha,
  );
  context.lineWidth = theme.highContrast ? line.width + 0.5 : line.width;
  context.lineJoin = 'round';
  context.setLineDash([...line.dash]);
  context.beginPath();
  const dense = visible.to - visible.from > 2 * (frame.area.right - frame.area.left);
  if (dense) traceColumns(frame, line.points, visible);
  else tracePoints(frame, line.points, visible);
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

function tracePoints({ context, x, y }: Frame, points: readonly Point[], { from, to }: Part): void {
  for (let index = from; index < to; index++) context.lineTo(x(points[index]!.x), y(points[index]!.y));
}

/** One stroke per column of pixels from its least to its greatest value: no spike is lost, and no more is drawn. */
function traceColumns({ context, x, y }: Frame, points: readonly Point[], { from, to }: Part): void {
  let index = from;
  while (index < to) {
    const column = Math.round(x(points[index]!.x));
    const first = y(points[index]!.y);
    let [low, high, last] = [first, first, first];
    for (index++; index < to && Math.round(x(points[index]!.x)) === column; index++) {
      last = y(points[index]!.y);
      if (last < low) low = last;
      if (last > high) high = last;
    }
    context.lineTo(column, first);
    if (low !== high) {
      context.lineTo(column, low);
      context.lineTo(column, high);
      context.lineTo(column, last);
    }
  }
}
