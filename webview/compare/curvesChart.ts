import type { RunId } from '../../src/core/model';
import { formatCompact, formatLoss, formatPercent } from '../shared/numbers';
import { drawAxes } from './axes';
import { type AlignedCurve, alignedCurves, type CurveAxes, curveDomains, type XAxis } from './curvesModel';
import {
  type Canvas,
  type Choice,
  type Drawing,
  emptyDrawing,
  type Grab,
  type Hit,
  LEAST_DRAG,
  type Piece,
} from './drawing';
import type { Entry } from './entry';
import type { Box, Pen } from './pen';
import { lossLabel, type Scale, scaleOf } from './scale';
import { texts } from './texts';

/** Bands of more runs than this hide each other. */
const MAX_BANDS = 6;
/** Pixels from a curve that still mean it. */
const REACH = 24;
const MARGIN = { left: 62, right: 14, top: 24, bottom: 42 };
const BAND_ALPHA = 0.12;

/** A curve in pixels. */
interface Traced {
  readonly curve: AlignedCurve;
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly ahead: {
    readonly xs: Float64Array;
    readonly ys: Float64Array;
    readonly low: Float64Array;
    readonly high: Float64Array;
  } | null;
}

/** Writes a value of an x-axis. */
export function writeX(axis: XAxis, value: number): string {
  return axis === 'fraction' ? formatPercent(value) : formatCompact(value, 4);
}

/** All curves in one plot, with what is expected after them. */
export function curvesChart(entries: readonly Entry[], axis: XAxis, axes: CurveAxes, canvas: Canvas): Drawing {
  const { curves, leftOut } = alignedCurves(entries, axis);
  const domains = curveDomains(curves, axes);
  if (domains === null) {
    const reason = entries.length === 0 ? texts.chart.none : leftOut > 0 ? texts.chart.noAxis : '…';
    return emptyDrawing(leftOut > 0 ? texts.chart.noneLeft(reason) : reason, canvas);
  }
  const { width, height, theme } = canvas;
  const area = { left: MARGIN.left, top: MARGIN.top, right: width - MARGIN.right, bottom: height - MARGIN.bottom };
  const x = scaleOf(domains.x, area.left, area.right);
  const y = scaleOf(domains.y, area.bottom, area.top);
  const tracer = new Tracer(x, y, axes.forecasts);
  const isForecast = ({ ahead }: AlignedCurve): boolean => axes.forecasts && ahead !== null;
  const bands = curves.filter(isForecast).length <= MAX_BANDS ? curves.filter(isForecast) : [];
  const clipped =
    (draw: Piece): Piece =>
    (pen) =>
      pen.clip(area, () => draw(pen));
  const frame = (pen: Pen): void =>
    drawAxes(pen, area, {
      x: { scale: x, label: texts.axis[axis].toLowerCase(), write: (value) => writeX(axis, value) },
      y: { scale: y, label: texts.axis.loss, write: lossLabel },
      theme,
    });
  return {
    frame,
    pieces: [
      frame,
      ...bands.map((curve) => clipped((pen) => drawBand(pen, tracer.trace(curve), canvas))),
      ...curves.map((curve) => clipped((pen) => drawTraced(pen, tracer.trace(curve), canvas, false))),
    ],
    highlight: (pen, run) => {
      const found = curves.find((curve) => curve.run === run);
      if (found === undefined) return;
      pen.clip(area, () => {
        drawBand(pen, tracer.trace(found), canvas);
        drawTraced(pen, tracer.trace(found), canvas, true);
      });
    },
    near: (px, py) =>
      nearest(
        tracer.all(curves),
        { px, py, area },
        (curve, i) => `${writeX(axis, curve.xs[i]!)} · ${formatLoss(curve.ys[i])}`,
      ),
    grab: (px, py) => grabWindow(x, area, px, py),
    legend: curves.map(({ run, name }) => ({ text: name, look: canvas.lookOf(run) })),
    runs: curves.map(({ run }) => run),
    note: leftOut === 0 ? '' : texts.chart.leftOut(`${leftOut}`, texts.chart.noAxis),
  };
}

/** A drag across the plot shows that part of the x-axis alone. */
function grabWindow(x: Scale, area: Box, px: number, py: number): Grab | null {
  const inside = (at: number): number => Math.min(area.right, Math.max(area.left, at));
  if (px !== inside(px) || py < area.top || py > area.bottom) return null;
  const box = (to: number): Box => ({ ...area, left: Math.min(px, inside(to)), right: Math.max(px, inside(to)) });
  const choose = (to: number): Choice => {
    const { left, right } = box(to);
    return { kind: 'window', window: right - left < LEAST_DRAG ? null : [x.valueAt(left), x.valueAt(right)] };
  };
  return { cursor: 'crosshair', isLive: false, box, choose };
}

/** Puts curves into the pixels of two scales, each when it is drawn or pointed at first. */
export class Tracer {
  readonly #made = new Map<AlignedCurve, Traced>();

  constructor(
    readonly x: Scale,
    readonly y: Scale,
    readonly forecasts: boolean,
  ) {}

  trace(curve: AlignedCurve): Traced {
    const made = this.#made.get(curve) ?? traceCurve(curve, this.x, this.y, this.forecasts);
    this.#made.set(curve, made);
    return made;
  }

  all(curves: readonly AlignedCurve[]): Traced[] {
    return curves.map((curve) => this.trace(curve));
  }
}

function traceCurve(curve: AlignedCurve, x: Scale, y: Scale, forecasts: boolean): Traced {
  const at = (values: ArrayLike<number>, scale: Scale): Float64Array => {
    const pixels = new Float64Array(values.length);
    for (let i = 0; i < pixels.length; i++) pixels[i] = scale.at(values[i]!);
    return pixels;
  };
  const { ahead } = curve;
  return {
    curve,
    xs: at(curve.xs, x),
    ys: at(curve.ys, y),
    ahead:
      ahead === null || !forecasts
        ? null
        : { xs: at(ahead.xs, x), ys: at(ahead.values, y), low: at(ahead.low, y), high: at(ahead.high, y) },
  };
}

function drawBand(pen: Pen, { curve, ahead }: Traced, { lookOf, theme }: Canvas): void {
  if (ahead === null) return;
  pen.area(ahead.xs, ahead.low, ahead.high, lookOf(curve.run).colour, theme.highContrast ? 2 * BAND_ALPHA : BAND_ALPHA);
}

/** Draws a curve, its forecast in short dashes. */
export function drawTraced(
  pen: Pen,
  { curve, xs, ys, ahead }: Traced,
  { lookOf, theme, lineWidth }: Canvas,
  isOnTop: boolean,
): void {
  const { colour, dash } = lookOf(curve.run);
  const width = (isOnTop ? 3 : lineWidth) + (theme.highContrast ? 0.5 : 0);
  pen.line(xs, ys, { colour, width, dash });
  if (xs.length === 1) pen.dot(xs[0]!, ys[0]!, 2.5, colour, false);
  if (ahead !== null)
    pen.line(ahead.xs, ahead.ys, { colour, width: Math.max(1, width - 0.5), dash: [3, 4], alpha: 0.9 });
}

/** The point of any curve that is nearest to the pointer. */
export function nearest(
  traced: readonly Traced[],
  { px, py, area }: { px: number; py: number; area: Box },
  say: (curve: AlignedCurve, i: number) => string,
): Hit | null {
  if (px < area.left - 2 || px > area.right + 2 || py < area.top - 2 || py > area.bottom + 2) return null;
  let [least, hit] = [REACH ** 2, null as { run: RunId; x: number; y: number; curve: AlignedCurve; i: number } | null];
  for (const { curve, xs, ys } of traced) {
    for (let i = 0; i < xs.length; i++) {
      const distance = (xs[i]! - px) ** 2 + (ys[i]! - py) ** 2;
      if (distance < least) [least, hit] = [distance, { run: curve.run, x: xs[i]!, y: ys[i]!, curve, i }];
    }
  }
  return hit && { run: hit.run, x: hit.x, y: hit.y, text: say(hit.curve, hit.i) };
}
