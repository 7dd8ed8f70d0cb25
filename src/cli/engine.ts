import * as path from 'node:path';
import { Engine } from '../core/engine/engine';
import type { JobPool } from '../core/engine/jobs';
import type { TrackedRun } from '../core/engine/trackedRun';
import { detect, oneRun } from '../core/library';
import { InlinePool } from '../node/inlinePool';
import { NodeFileSystem } from '../node/nodeFileSystem';
import { RemoteHub } from '../node/remote/remoteHub';
import { SystemClock } from '../node/systemClock';

/** An engine for one command: nothing runs on in the background. */
export function commandEngine(pool: JobPool = new InlinePool()): Engine {
  const quiet = { info: () => undefined, warn: () => undefined };
  const [fs, clock] = [new NodeFileSystem(), new SystemClock(false)];
  return new Engine({ fs, pool, clock, log: quiet, onlyWhenAsked: true });
}

/** An engine that follows sources of every kind for as long as its command runs. */
export function watchEngine(): Engine {
  const quiet = { info: () => undefined, warn: () => undefined };
  const fs = new NodeFileSystem();
  return new Engine({ fs, remote: new RemoteHub(fs), pool: new InlinePool(), clock: new SystemClock(), log: quiet });
}

/** As the library's, for a path as it was typed. */
export function readRuns(engine: Engine, file: string): Promise<TrackedRun[]> {
  return detect(engine, path.resolve(file));
}

/** As the library's, for a path as it was typed. */
export function readOneRun(engine: Engine, file: string, wanted?: string): Promise<TrackedRun> {
  return oneRun(engine, path.resolve(file), wanted);
}
