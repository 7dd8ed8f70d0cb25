import { checkpointBytes, checkpointsAround, placeOf, withOwn } from '../../core/checkpoints/around';
import { discoverCheckpoints, type FoundCheckpoints } from '../../core/checkpoints/discoverCheckpoints';
import { stepInPath } from '../../core/checkpoints/steps';
import type { Engine } from '../../core/engine/engine';
import { folderOf, ownsFolder } from '../../core/engine/runConfigs';
import type { TrackedRun } from '../../core/engine/trackedRun';
import type { FileSystem } from '../../core/sources/fileSystem';
import { isRemote } from '../../core/sources/location';
import type { CheckpointList, FoundCheckpointView } from '../../protocol/spectra';

/** Checkpoints whose sizes are looked up; of more, the first ones. */
const MAX_SIZES = 500;

/** The checkpoints that lie in the folder of a run; none when the folder is not its own or on another machine. */
export async function checkpointsOfRun(engine: Engine, run: TrackedRun): Promise<CheckpointList> {
  const { fs } = engine.host;
  const folder = localFolder(engine, run);
  if (folder === undefined) return { checkpoints: [], capped: false };
  return viewsOf(fs, folder, await discoverCheckpoints(fs, folder));
}

/** The run in whose folder a path lies, the innermost one. */
export function runAround(engine: Engine, path: string): TrackedRun | undefined {
  const folders = engine.runs().flatMap((run): [TrackedRun, string][] => {
    const folder = localFolder(engine, run);
    return folder !== undefined && isInside(path, folder) ? [[run, folder]] : [];
  });
  return folders.sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

/** The checkpoint at `path` with all others of its run, or with those beside it. */
export async function checkpointsWith(
  engine: Engine,
  run: TrackedRun | undefined,
  path: string,
): Promise<CheckpointList> {
  const { fs } = engine.host;
  const folder = run === undefined ? undefined : localFolder(engine, run);
  if (folder === undefined) return viewsOf(fs, fs.dirname(path), await checkpointsAround(fs, path));
  const { checkpoints, capped } = await discoverCheckpoints(fs, folder);
  const own = { path, ...stepInPath(path) };
  return viewsOf(fs, folder, { checkpoints: withOwn(checkpoints, own, await placeOf(fs, path)), capped });
}

async function viewsOf(
  fs: FileSystem,
  folder: string,
  { checkpoints, capped }: FoundCheckpoints,
): Promise<CheckpointList> {
  const views = checkpoints.map(async ({ path, step, epoch }, i): Promise<FoundCheckpointView> => {
    const label = isInside(path, folder) && path !== folder ? path.slice(folder.length + 1) : fs.basename(path);
    return { path, label, step, epoch, bytes: i < MAX_SIZES ? await checkpointBytes(fs, path) : null };
  });
  return { checkpoints: await Promise.all(views), capped };
}

function localFolder(engine: Engine, run: TrackedRun): string | undefined {
  const { fs } = engine.host;
  const [first] = run.files;
  if (first === undefined || isRemote(first.path)) return undefined;
  return ownsFolder(fs, run, engine.runs()) ? folderOf(fs, run) : undefined;
}

function isInside(path: string, folder: string): boolean {
  return path === folder || (path.startsWith(folder) && /^[/\\]/.test(path.slice(folder.length)));
}
