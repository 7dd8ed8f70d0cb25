import { formatLoss } from '../shared/numbers';
import { drawAxes, FONT_SIZE } from './axes';
import { drawTraced, nearest, Tracer, writeX } from './curvesChart';
import { alignedCurves, type CurveAxes, curveDomains, type XAxis } from './curvesModel';
import { type Canvas, type Drawing, emptyDrawing, type Piece } from './drawing';
import type { Entry } from './entry';
import { type Box, fitted, type Pen } from './pen';
import { lossLabel, scaleOf } from './scale';
import { texts } from './texts';

/** Runs that share one small plot. */
export interface Panel {
  readonly title: string;
  readonly entries: readonly Entry[];
}

const LEAST_WIDTH = 190;
const LEAST_HEIGHT = 128;
const GAP = 10;
const MARGIN = { left: 44, right: 6, top: 22, bottom: 20 };

/** Height that so many small plots need in a given width. */
export function multiplesHeight(count: number, width: number, least: number): number {
  const rows = Math.ceil(count / columnsIn(width));
  return Math.max(least, rows * (LEAST_HEIGHT + GAP));
}

function columnsIn(width: number): number {
  return Math.max(1, Math.floor((width + GAP) / (LEAST_WIDTH + GAP)));
}

/** One small plot per panel, all on the same axes, so that they can be compared by eye. */
export function multiplesChart(panels: readonly Panel[], axis: XAxis, axes: CurveAxes, canvas: Canvas): Drawing {
  const aligned = panels.map(({ title, entries }) => ({ title, ...alignedCurves(entries, axis) }));
  const domains = curveDomains(
    aligned.flatMap(({ curves }) => curves),
    axes,
  );
  const leftOut = aligned.reduce((sum, panel) => sum + panel.leftOut, 0);
  if (domains === null) return emptyDrawing(panels.length === 0 ? texts.chart.none : '…', canvas);
  const { width, height, theme } = canvas;
  const columns = Math.min(columnsIn(width), Math.max(1, aligned.length));
  const rows = Math.ceil(aligned.length / columns);
  const cell = {
    width: (width - GAP * (columns - 1)) / columns,
    height: Math.max(60, (height - GAP * (rows - 1)) / rows),
  };
  const plots = aligned.map(({ title, curves }, k) => {
    const left = (k % columns) * (cell.width + GAP);
    const top = Math.floor(k / columns) * (cell.height + GAP);
    const area: Box = {
      left: left + MARGIN.left,
      top: top + MARGIN.top,
      right: left + cell.width - MARGIN.right,
      bottom: top + cell.height - MARGIN.bottom,
    };
    const x = scaleOf(domains.x, area.left, area.right);
    const y = scaleOf(domains.y, area.bottom, area.top);
    return { title, left, top, area, x, y, curves, tracer: new Tracer(x, y, axes.forecasts) };
  });
  const frame = (pen: Pen): void => {
    const write = (value: number): string => writeX(axis, value);
    for (const { title, left, top, area, x, y } of plots) {
      drawAxes(pen, area, { x: { scale: x, label: '', write }, y: { scale: y, label: '', write: lossLabel }, theme });
      const name = fitted(title, cell.width - 8, FONT_SIZE);
      pen.text(name, left + 4, top + 8, { colour: theme.foreground, size: FONT_SIZE });
    }
  };
  return {
    frame,
    pieces: [
      frame,
      ...plots.flatMap(({ area, curves, tracer }) =>
        curves.map(
          (curve): Piece =>
            (pen) =>
              pen.clip(area, () => drawTraced(pen, tracer.trace(curve), canvas, false)),
        ),
      ),
    ],
    highlight: (pen, run) => {
      for (const { area, curves, tracer } of plots) {
        const found = curves.find((curve) => curve.run === run);
        if (found !== undefined) pen.clip(area, () => drawTraced(pen, tracer.trace(found), canvas, true));
      }
    },
    near: (px, py) => {
      const plot = plots.find(
        ({ left, top }) => px >= left && px <= left + cell.width && py >= top && py <= top + cell.height,
      );
      if (plot === undefined) return null;
      return nearest(
        plot.tracer.all(plot.curves),
        { px, py, area: plot.area },
        (curve, i) => `${writeX(axis, curve.xs[i]!)} · ${formatLoss(curve.ys[i])}`,
      );
    },
    runs: aligned.flatMap(({ curves }) => curves.map(({ run }) => run)),
    note: leftOut === 0 ? '' : texts.chart.leftOut(`${leftOut}`, texts.chart.noAxis),
  };
}
