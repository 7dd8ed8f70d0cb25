import { Engine } from '../../../src/core/engine/engine';
import { PointFeed } from '../../../src/core/engine/pointFeed';
import { factsOf } from '../../../src/core/engine/runWarnings';
import type { TrackedRun } from '../../../src/core/engine/trackedRun';
import { NO_FACTS, type RunFacts } from '../../../src/core/warnings/facts';
import { Monitor } from '../../../src/core/warnings/monitor';
import type { Warning } from '../../../src/core/warnings/warning';
import { InlinePool } from '../../../src/node/inlinePool';
import { NodeFileSystem } from '../../../src/node/nodeFileSystem';
import { SystemClock } from '../../../src/node/systemClock';

/** One logged value. */
export interface Point {
  readonly series: string;
  readonly step: number;
  readonly value: number;
}

/** A recorded run as the detectors see it. */
export interface Recorded {
  readonly name: string;
  readonly facts: RunFacts;
  readonly points: readonly Point[];
  /** What the forecasts of its own past say of it. */
  readonly offCurve: readonly Warning[];
}

/** Reads every run at `paths`, its points in the order in which they reach the detectors; `withLaw` fits laws too. */
export async function readRecorded(paths: readonly string[], withLaw = false): Promise<Recorded[]> {
  const log = { info: () => undefined, warn: () => undefined };
  const engine = new Engine({ fs: new NodeFileSystem(), pool: new InlinePool(), clock: new SystemClock(false), log });
  try {
    const runs: TrackedRun[] = [];
    for (const path of paths) runs.push(...(await engine.add(path)));
    if (withLaw) for (const run of runs) await engine.watchLaw(run);
    return runs.map((run) => {
      return { name: run.id, facts: factsOf(run), points: pointsOf(run), offCurve: run.offCurve };
    });
  } finally {
    engine.dispose();
  }
}

function pointsOf(run: TrackedRun): Point[] {
  const points: Point[] = [];
  const monitor = new Monitor();
  const sink = {
    watches: (name: string) => monitor.watches(name),
    point: (series: string, step: number, value: number) => points.push({ series, step, value }),
  };
  new PointFeed(sink).update(run, { certain: false });
  return points;
}

/** The warnings that `points` raise. */
export function warningsOf(points: readonly Point[], facts: RunFacts = NO_FACTS): Warning[] {
  const monitor = new Monitor(facts);
  for (const { series, step, value } of points) monitor.point(series, step, value);
  return monitor.warnings;
}

/** The same, with the whole state written as JSON and read again after every point. */
export function warningsAcrossRestarts(points: readonly Point[], facts: RunFacts = NO_FACTS): Warning[] {
  let monitor = new Monitor(facts);
  for (const { series, step, value } of points) {
    monitor.point(series, step, value);
    monitor = Monitor.restore(JSON.stringify(monitor), facts);
  }
  return monitor.warnings;
}

const known = new Map<string, Promise<Recorded>>();

/** A recorded run of `test/fixtures` that nothing went wrong in, by the path below that folder. */
export function recordedRun(path: string): Promise<Recorded> {
  const found = known.get(path) ?? readRecorded([`test/fixtures/${path}`]).then(([run]) => run!);
  known.set(path, found);
  return found;
}

/** The first 8266 steps of GPT-2 124M in llm.c: losses of whole batches, gradient norms, learning rates. */
export const PRETRAINING = 'warnings/main.log.gz';
