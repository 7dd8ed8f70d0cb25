import { areBeside, endLoss } from '../../core/engine/earlierRuns';
import { runState } from '../../core/engine/runState';
import type { TrackedRun } from '../../core/engine/trackedRun';
import type { SeriesName } from '../../core/model';
import { decimate } from '../../core/series/decimate';
import { countPoints, samplePoints } from '../../core/series/series';
import type { RunListing, SeriesListing } from '../../protocol/series';

/** Values of a sparkline, and points of the series that are looked at for it. */
const SPARK = 48;
const SPARK_LOOK = 4000;

/** Every series of a run, in order of their first appearance. */
export function listSeries(run: TrackedRun): SeriesListing[] {
  return run.seriesNames().map((name) => {
    const newest = run.parts(name).at(-1);
    const spans = run.spans(name);
    const last = spans.at(-1)?.values.findLast(Number.isFinite) ?? null;
    const [label, unit] = [newest?.label ?? name, newest?.unit ?? ''];
    return { name, label, unit, points: countPoints(spans), last, spark: sparkOf(run, name) };
  });
}

/** All other runs, those beside `run` first. */
export function listRuns(run: TrackedRun, runs: readonly TrackedRun[], now: number): RunListing[] {
  const others = runs.filter((other) => other !== run && other.forecastSeries() !== undefined);
  const listed = others.map((other): RunListing => {
    const loss = endLoss(other);
    return {
      run: other.id,
      name: other.name,
      source: other.source,
      state: runState(other, now),
      beside: areBeside(run, other),
      step: other.lastStep(),
      loss: Number.isFinite(loss) ? loss : null,
      spark: sparkOf(other, other.forecastSeries()!),
    };
  });
  return [...listed.filter(({ beside }) => beside), ...listed.filter(({ beside }) => !beside)];
}

function sparkOf(run: TrackedRun, name: SeriesName): number[] {
  return decimate([samplePoints(run.spans(name), SPARK_LOOK)], SPARK).values;
}
