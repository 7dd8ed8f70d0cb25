import { runState } from '../../../core/engine/runState';
import type { TrackedRun } from '../../../core/engine/trackedRun';
import type { ForecastCurve } from '../../../core/forecast/forecast';
import { decimate } from '../../../core/series/decimate';
import { countPoints, type Span } from '../../../core/series/series';
import { Smoother } from '../../../core/series/smooth';
import type { CompareCurve, CompareLook } from '../../../protocol/compare';
import type { ShownForecast } from '../seriesForecasts';

/** Points of one curve: a comparison draws many curves, and none wide. */
const MAX_POINTS = 200;
/** Nodes of what is expected. */
const MAX_NODES = 40;
/** A short series is drawn as it is. */
const MIN_SMOOTHED = 20;

/** The loss of a run as `look` wants it, smoothed over all points and then thinned, with its forecast. Empty without a loss. O(points). */
export function compareCurve(
  run: TrackedRun,
  view: ShownForecast,
  { smoothing, window }: Pick<CompareLook, 'smoothing' | 'window'>,
  now: number,
): CompareCurve {
  const { series, forecast } = view;
  const spans = series === undefined ? [] : run.spans(series);
  const smooths = smoothing > 0 && countPoints(spans) >= MIN_SMOOTHED;
  const shown = smooths ? smoothed(spans, smoothing) : spans;
  const points = decimate(shown, MAX_POINTS);
  const detail = window === null ? null : decimate(shown, MAX_POINTS, window);
  const over = runState(run, now) === 'finished';
  return {
    run: run.id,
    points,
    detail,
    ahead: over ? null : aheadOf(forecast.forecast?.curve ?? null, run.lastStep()),
  };
}

function smoothed(spans: readonly Span[], weight: number): Span[] {
  const smoother = new Smoother(weight);
  return spans.map(({ steps, values }) => ({ steps, values: smoother.all(values) }));
}

function aheadOf(curve: ForecastCurve | null, lastStep: number | null): CompareCurve['ahead'] {
  if (curve === null || lastStep === null) return null;
  const { steps, values, low80, high80 } = curve;
  const first = steps.findIndex((step) => step >= lastStep);
  const count = steps.length - first;
  if (first < 0 || count < 2) return null;
  const nodes = Math.min(MAX_NODES, count);
  const rows = Array.from({ length: nodes }, (_, k) => first + Math.round((k * (count - 1)) / (nodes - 1)));
  const at = (column: readonly number[]): number[] => rows.map((row) => column[row]!);
  return { steps: at(steps), values: at(values), low: at(low80), high: at(high80) };
}
