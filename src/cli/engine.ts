import * as path from 'node:path';
import { Engine } from '../core/engine/engine';
import type { TrackedRun } from '../core/engine/trackedRun';
import { LosslineError } from '../core/errors';
import { InlinePool } from '../node/inlinePool';
import { NodeFileSystem } from '../node/nodeFileSystem';
import { RemoteHub } from '../node/remote/remoteHub';
import { SystemClock } from '../node/systemClock';

/** An engine for one command: nothing runs on in the background. */
export function commandEngine(): Engine {
  const quiet = { info: () => undefined, warn: () => undefined };
  return new Engine({ fs: new NodeFileSystem(), pool: new InlinePool(), clock: new SystemClock(false), log: quiet });
}

/** An engine that follows sources of every kind for as long as its command runs. */
export function watchEngine(): Engine {
  const quiet = { info: () => undefined, warn: () => undefined };
  const fs = new NodeFileSystem();
  return new Engine({ fs, remote: new RemoteHub(fs), pool: new InlinePool(), clock: new SystemClock(), log: quiet });
}

/**
 * The runs under a path, read to their end, unfinished last line included. Throws `file.notFound`, and
 * `file.unknownFormat` when a file holds no series that can be read.
 */
export async function readRuns(engine: Engine, file: string): Promise<TrackedRun[]> {
  const runs = await engine.add(path.resolve(file));
  for (const run of runs) for (const log of run.files) if (log.readAhead()) run.touch(true);
  return runs;
}

/** The one run at a path, or the one there whose id or name is `wanted`. Throws when there is none or more than one. */
export async function readOneRun(engine: Engine, file: string, wanted?: string): Promise<TrackedRun> {
  const all = await readRuns(engine, file);
  const runs = wanted === undefined ? all : all.filter(({ id, name }) => id === wanted || name === wanted);
  const [run] = runs;
  if (run === undefined) throw new LosslineError('file.unknownFormat', `No training run was found in ${file}.`, file);
  if (runs.length > 1) {
    const names = runs.map(({ name }) => name).slice(0, 10);
    throw new LosslineError(
      'argument.invalid',
      `${file} holds ${runs.length} runs, name one of them: ${names.join(', ')}.`,
    );
  }
  if (run.points === 0) {
    const issue = run.issues()[0];
    throw new LosslineError('file.unknownFormat', issue?.message ?? 'Nothing to read.', file, issue?.offset ?? null);
  }
  return run;
}
