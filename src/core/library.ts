import { type CompareOptions, type Comparison, compareRuns } from './engine/comparison';
import { Engine } from './engine/engine';
import type { EngineHost } from './engine/host';
import { type Prediction, type PredictOptions, predictRun } from './engine/prediction';
import type { TrackedRun } from './engine/trackedRun';
import { LosslineError } from './errors';

/** An engine in the world of `host`: files, clock and threads come in through it alone. */
export function createEngine(host: EngineHost): Engine {
  return new Engine(host);
}

/**
 * The runs at `path`, a log or a folder, read to their end, unfinished last line included. Throws what `Engine.add`
 * throws.
 */
export async function detect(engine: Engine, path: string): Promise<TrackedRun[]> {
  const runs = await engine.add(path);
  for (const run of runs) for (const log of run.files) if (log.readAhead()) run.touch(true);
  return runs;
}

/**
 * The one run at `path`, or the one there whose id or name is `wanted`. Throws as `detect`, `argument.invalid` when there
 * is more than one, and `file.unknownFormat` when there is none or it holds no series that can be read.
 */
export async function oneRun(engine: Engine, path: string, wanted?: string): Promise<TrackedRun> {
  const all = await detect(engine, path);
  const runs = wanted === undefined ? all : all.filter(({ id, name }) => id === wanted || name === wanted);
  const [run] = runs;
  if (run === undefined) throw new LosslineError('file.unknownFormat', `No training run was found in ${path}.`, path);
  if (runs.length > 1) {
    const names = runs.map(({ name }) => name).slice(0, 10);
    const message = `${path} holds ${runs.length} runs, name one of them: ${names.join(', ')}.`;
    throw new LosslineError('argument.invalid', message);
  }
  if (run.points === 0) {
    const issue = run.issues()[0];
    throw new LosslineError('file.unknownFormat', issue?.message ?? 'Nothing to read.', path, issue?.offset ?? null);
  }
  return run;
}

/** The forecast of the one run at `path` with its report, as `lossline predict`. Throws as `oneRun` and `Engine.predict`. */
export async function predict(engine: Engine, path: string, options: PredictOptions = {}): Promise<Prediction> {
  return predictRun(engine, (await oneRun(engine, path)).id, options);
}

/** How the runs at `paths` stand, as `lossline compare`. Throws as `detect` and `compareRuns`. */
export async function compare(
  engine: Engine,
  paths: readonly string[],
  options: CompareOptions = {},
): Promise<Comparison> {
  const ids = new Set<string>();
  for (const path of paths) for (const { id } of await detect(engine, path)) ids.add(id);
  return compareRuns(engine, [...ids], options);
}
