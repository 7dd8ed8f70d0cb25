import type { RunId } from '../../src/core/model';
import type { CompareCurve } from '../../src/protocol/compare';
import type { Entry } from './entry';
import { type Domain, padded } from './scale';

/** What the x-axis of the curves counts. */
export type XAxis = 'step' | 'tokens' | 'fraction';

/** A curve on the common x-axis. */
export interface AlignedCurve {
  readonly run: RunId;
  readonly name: string;
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly ahead: {
    readonly xs: Float64Array;
    readonly values: readonly number[];
    readonly low: readonly number[];
    readonly high: readonly number[];
  } | null;
}

/** Curves of the runs on one x-axis; `leftOut` counts those that it cannot place. Runs whose curve has not come are absent. */
export function alignedCurves(entries: readonly Entry[], axis: XAxis): { curves: AlignedCurve[]; leftOut: number } {
  const curves: AlignedCurve[] = [];
  let leftOut = 0;
  for (const { row, curve } of entries) {
    if (curve === null) continue;
    const factor = axis === 'step' ? 1 : axis === 'tokens' ? row.tokensPerStep : perStep(row.totalSteps);
    if (factor === null) leftOut++;
    else curves.push(aligned(curve, row.name, factor));
  }
  return { curves, leftOut };
}

/** Curves change rarely and are drawn often. */
const known = new WeakMap<CompareCurve, { readonly factor: number; readonly made: AlignedCurve }>();

function aligned(curve: CompareCurve, name: string, factor: number): AlignedCurve {
  const before = known.get(curve);
  if (before?.factor === factor) return before.made;
  const { run, ahead } = curve;
  const points = curve.detail ?? curve.points;
  const scaled = (steps: readonly number[]): Float64Array => Float64Array.from(steps, (step) => step * factor);
  const made: AlignedCurve = {
    run,
    name,
    xs: scaled(points.steps),
    ys: Float64Array.from(points.values),
    ahead: ahead && { xs: scaled(ahead.steps), values: ahead.values, low: ahead.low, high: ahead.high },
  };
  known.set(curve, { factor, made });
  return made;
}

function perStep(totalSteps: number | null): number | null {
  return totalSteps === null || totalSteps <= 0 ? null : 1 / totalSteps;
}

/** How the axes of the curves are looked at. */
export interface CurveAxes {
  readonly logX: boolean;
  readonly logY: boolean;
  /** Every value is shown, the steep start and spikes too. */
  readonly whole: boolean;
  readonly forecasts: boolean;
  /** Part of the x-axis that is shown; `null`: all of it. */
  readonly window: readonly [number, number] | null;
}

/** Share of a curve that counts as its steep start, and of the rest that may stand out above. */
const START = 0.05;
const BULK = 0.97;
/** The plot reaches above the middle curve by this many times its own height at most: a diverged run must not flatten all. */
const MOST_ABOVE = 3;

/** The part of the plane that shows what matters of the curves; `null` when there is nothing to show. */
export function curveDomains(
  curves: readonly AlignedCurve[],
  { logX, logY, whole, forecasts, window }: CurveAxes,
): { x: Domain; y: Domain } | null {
  if (window !== null) return windowDomains(curves, { logX, logY, forecasts, window });
  const filled = curves.filter(({ xs }) => xs.length > 0);
  if (filled.length === 0) return null;
  const ends = filled.map(({ xs, ahead }) => Math.max(xs.at(-1)!, (forecasts && ahead?.xs.at(-1)) || 0));
  const maxX = Math.max(...ends);
  const minX = Math.min(...filled.map(({ xs }) => (logX ? (xs.find((x) => x > 0) ?? maxX) : xs[0]!)));
  const lows = filled.map((curve) => {
    const { low, lowAhead } = reachOf(curve);
    return forecasts ? Math.min(low, lowAhead) : low;
  });
  const tops = filled.map((curve) => (whole ? reachOf(curve).high : bulk(curve, maxX))).sort((a, b) => a - b);
  const min = Math.min(...lows);
  const middle = tops[tops.length >> 1]!;
  const max = whole ? tops.at(-1)! : Math.min(tops.at(-1)!, middle + MOST_ABOVE * Math.max(middle - min, 1e-12));
  const y = padded({ min, max, log: logY && min > 0 }, 0.04);
  return { x: { min: minX, max: maxX > minX ? maxX : minX + 1, log: logX && minX > 0 }, y };
}

/** The window with everything that the curves do in it. */
function windowDomains(
  curves: readonly AlignedCurve[],
  { logX, logY, forecasts, window }: Omit<CurveAxes, 'whole' | 'window'> & { window: readonly [number, number] },
): { x: Domain; y: Domain } | null {
  const inside = (x: number): boolean => x >= window[0] && x <= window[1];
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const see = (xs: Float64Array, values: ArrayLike<number>): void => {
    for (let i = 0; i < xs.length; i++) {
      if (!inside(xs[i]!)) continue;
      min = Math.min(min, values[i]!);
      max = Math.max(max, values[i]!);
    }
  };
  for (const { xs, ys, ahead } of curves) {
    see(xs, ys);
    if (forecasts && ahead !== null) for (const bound of [ahead.low, ahead.high]) see(ahead.xs, bound);
  }
  if (curves.length === 0) return null;
  const y = max >= min ? { min, max } : { min: 0, max: 1 };
  return {
    x: { min: window[0], max: window[1], log: logX && window[0] > 0 },
    y: padded({ ...y, log: logY && y.min > 0 }, 0.04),
  };
}

/** The value that nearly all of a curve after its steep start stays below. */
function bulk(curve: AlignedCurve, maxX: number): number {
  const reach = reachOf(curve);
  const { xs, ys } = curve;
  const start = xs.findIndex((x) => x >= START * maxX);
  const from = start < 0 || xs.length - start < 3 ? 0 : start;
  const known = reach.bulk.get(from);
  if (known !== undefined) return known;
  const values = ys.slice(from).sort();
  const value = values[Math.min(values.length - 1, Math.ceil(BULK * (values.length - 1)))]!;
  reach.bulk.set(from, value);
  return value;
}

/** How far a curve reaches: looked for once, as curves are looked at with every change of the page. */
interface Reach {
  readonly low: number;
  readonly high: number;
  /** Of the band of what is expected; infinite without one. */
  readonly lowAhead: number;
  /** By the point that the steep start ends at. */
  readonly bulk: Map<number, number>;
}

const reaches = new WeakMap<AlignedCurve, Reach>();

function reachOf(curve: AlignedCurve): Reach {
  const known = reaches.get(curve);
  if (known !== undefined) return known;
  const least = (values: Iterable<number>): number => {
    let low = Number.POSITIVE_INFINITY;
    for (const value of values) low = Math.min(low, value);
    return low;
  };
  const made: Reach = {
    low: least(curve.ys),
    high: curve.ys.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    lowAhead: least(curve.ahead?.low ?? []),
    bulk: new Map(),
  };
  reaches.set(curve, made);
  return made;
}
