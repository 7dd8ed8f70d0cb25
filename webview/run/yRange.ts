import type { Axis, Point } from '../shared/scene';
import { between, interpolate, lowerIndex, nearest, quantile } from './points';

/** What shares the y-axis, already without what is switched off. */
export interface YContent {
  /** Single noisy values. */
  readonly raw: readonly Point[];
  /** Curves that must be seen: smoothed loss, validation loss. */
  readonly curves: readonly (readonly Point[])[];
  /** Forecast band. */
  readonly band: {
    readonly steps: readonly number[];
    readonly low: readonly number[];
    readonly high: readonly number[];
  } | null;
}

/** Share of the visible steps in which the loss falls from its start: it would flatten everything after it. */
const STEEP = 0.04;
/** The steep part never takes more than this share of what has been logged. */
const STEEP_OF_DATA = 0.25;
/** Equally spaced places at which a curve is looked at, so that dense logging does not weigh more. */
const SAMPLES = 200;
/** Wider bands than this many times the height of the curves are cut. */
const BAND_LIMIT = 1.5;
/** Share of the curve that is shown in any case, and the room above it in which it may still rise to its start. */
const FLAT = 0.9;
const HEADROOM = 0.35;
/** Share of the logged steps after which single values say how noisy the run is. */
const CALM = 0.15;
/** The later part of what has been logged is always shown, from this share of its steps on. */
const RECENT = 0.3;
const MARGIN = 0.06;

/**
 * Range of the y-axis over the visible steps. `whole` shows every value; otherwise the range is chosen so that the curves
 * fill the plot: the first steep part and single spikes may leave it. `null` when there is nothing to show.
 */
export function yRange(
  content: YContent,
  window: readonly [number, number],
  options: { readonly log: boolean; readonly whole: boolean },
): Axis | null {
  const usable = (points: readonly Point[]): readonly Point[] =>
    between(points, window).filter(({ y }) => Number.isFinite(y) && (!options.log || y > 0));
  const raw = usable(content.raw);
  const curves = content.curves.map(usable).filter((points) => points.length > 0);
  const bounds = options.whole || options.log ? everything(raw, curves) : interesting(raw, curves, window);
  const band = bandBounds(content.band, window, bounds);
  const low = Math.min(bounds[0], band[0]);
  const high = Math.max(bounds[1], band[1]);
  if (!Number.isFinite(low) || !Number.isFinite(high)) return null;
  return padded(low, high, options.log);
}

function everything(raw: readonly Point[], curves: readonly (readonly Point[])[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const points of [raw, ...curves]) {
    for (const { y } of points) {
      if (y < low) low = y;
      if (y > high) high = y;
    }
  }
  return [low, high];
}

function interesting(
  raw: readonly Point[],
  curves: readonly (readonly Point[])[],
  window: readonly [number, number],
): [number, number] {
  const sources = curves.length > 0 ? curves : [raw];
  const first = Math.min(...sources.map((points) => points[0]?.x ?? Number.POSITIVE_INFINITY));
  const last = Math.max(...sources.map((points) => points.at(-1)?.x ?? Number.NEGATIVE_INFINITY));
  const steep = first + Math.min(STEEP * (window[1] - window[0]), STEEP_OF_DATA * (last - first));
  const sampled = sources.flatMap((points) => sample(points, steep, last));
  const ends = sources.map((points) => points.at(-1)?.y ?? Number.NaN).filter(Number.isFinite);
  const calm = first + CALM * (last - first);
  const tail = raw.slice(lowerIndex(raw, Math.max(steep, calm))).map(({ y }) => y);
  const low = Math.min(quantile(sampled, 0), ...ends, finite(quantile(tail, 0.005), Number.POSITIVE_INFINITY));
  const body = quantile(sampled, FLAT);
  const recent = sources.map((points) => nearest(points, first + RECENT * (last - first))?.y ?? body);
  const high = Math.max(body + HEADROOM * (body - low), ...recent, ...ends);
  const noise = finite(quantile(tail, 0.98), high);
  return [low, Math.max(high, Math.min(noise, high + (high - low)))];
}

function sample(points: readonly Point[], from: number, to: number): number[] {
  const steps = points.map(({ x }) => x);
  const values = points.map(({ y }) => y);
  const found: number[] = [];
  for (let index = 0; index <= SAMPLES; index++) {
    const value = interpolate(steps, values, from + (index / SAMPLES) * (to - from));
    if (value !== null) found.push(value);
  }
  return found.length > 0 ? found : values;
}

function bandBounds(
  band: YContent['band'],
  window: readonly [number, number],
  around: readonly [number, number],
): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < (band?.steps.length ?? 0); index++) {
    const step = band!.steps[index]!;
    if (step < window[0] || step > window[1]) continue;
    low = Math.min(low, band!.low[index]!);
    high = Math.max(high, band!.high[index]!);
  }
  const height = around[1] - around[0];
  if (!(height > 0)) return [low, high];
  return [Math.max(low, around[0] - BAND_LIMIT * height), Math.min(high, around[1] + BAND_LIMIT * height)];
}

function padded(low: number, high: number, log: boolean): Axis {
  if (log) {
    const factor = (high / low) ** MARGIN;
    return factor > 1 ? { min: low / factor, max: high * factor, log } : { min: low / 1.1, max: high * 1.1, log };
  }
  const margin = high > low ? MARGIN * (high - low) : Math.max(Math.abs(high) * 0.05, 1e-9);
  return { min: low - margin, max: high + margin, log };
}

function finite(value: number, fallback: number): number {
  return Number.isFinite(value) ? value : fallback;
}
