import type { Engine } from '../../core/engine/engine';
import type { TrackedRun } from '../../core/engine/trackedRun';

/**
 * The run that a source file most likely belongs to: among the runs below the nearest folder above the file that holds
 * any, the one that changed last. `undefined` without runs there.
 */
export function runOfCode(file: string, engine: Engine): TrackedRun | undefined {
  const runs = engine.runs();
  for (let folder = parent(file); folder !== ''; folder = parent(folder)) {
    const below = runs.filter((run) => run.id.startsWith(`${folder}/`) || run.id.startsWith(`${folder}\\`));
    if (below.length > 0) return below.sort((a, b) => b.changedAt - a.changedAt)[0];
  }
  return undefined;
}

function parent(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'), 0));
}
