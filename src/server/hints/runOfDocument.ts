import type { Engine } from '../../core/engine/engine';
import type { TrackedRun } from '../../core/engine/trackedRun';
import type { RunFacts } from '../../core/hints/inputs';
import { runFactsOf } from '../../core/hints/runFacts';
import { runOfCode } from '../features/codeRun';
import type { SourceDocument } from './sourceDocument';

/** The run that a file most likely belongs to, and what it tells to hints. */
export interface CodeRun {
  readonly run: TrackedRun;
  readonly facts: RunFacts;
}

const kept = new WeakMap<TrackedRun, { readonly revision: number; readonly facts: RunFacts }>();

/** The run of a file, its facts worked out once until it moves; `undefined` without a run beside the file. */
export function runOfDocument(document: SourceDocument, engine: Engine): CodeRun | undefined {
  const file = document.path;
  const run = file === undefined ? undefined : runOfCode(file, engine);
  if (run === undefined) return undefined;
  const known = kept.get(run);
  if (known?.revision === run.revision) return { run, facts: known.facts };
  const facts = runFactsOf(run);
  kept.set(run, { revision: run.revision, facts });
  return { run, facts };
}
