import * as path from 'node:path';
import type { JobPool } from '../core/engine/jobs';
import type { LearntRun } from '../core/prior/learntRun';
import { commandEngine, readRuns } from './engine';

/** What was learnt from the runs a user named. */
export interface History {
  readonly runs: readonly LearntRun[];
  /** Every run found there, and why one was left out. */
  readonly told: readonly { readonly run: string; readonly leftOut: string | null }[];
}

/**
 * Learns from the runs under `paths`, each a log or a folder. The run that is to be forecast is left out wherever it
 * turns up, and so is a run that says too little. `series` is the one to learn from where a run has it. Throws as
 * `readRuns` does.
 */
export async function readHistory(
  paths: readonly string[],
  { about = '', series, pool }: { about?: string; series?: string | undefined; pool: JobPool },
): Promise<History> {
  const learnt = new Map<string, LearntRun>();
  const told = new Map<string, string | null>();
  const engine = commandEngine(pool);
  try {
    for (const file of paths) {
      for (const run of await readRuns(engine, path.resolve(file))) {
        if (learnt.has(run.id)) continue;
        const own = run.id === about ? null : await engine.learnFrom(run.id, series);
        if (own !== null) learnt.set(run.id, own);
        const why =
          run.id === about ? 'It is the run itself.' : 'No loss with a known learning rate, or too few points.';
        told.set(run.id, own === null ? why : null);
      }
    }
  } finally {
    engine.dispose();
  }
  const runs = [...learnt.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { runs, told: [...told].map(([run, leftOut]) => ({ run, leftOut })) };
}
