import type { FileSystem } from '../sources/fileSystem';
import { discoverCheckpoints, type FoundCheckpoint, type FoundCheckpoints } from './discoverCheckpoints';
import { checkpointParts } from './parts';
import { stepInPath } from './steps';

/**
 * The checkpoints of one training around the one at `path`: files beside it and folders beside its folder whose names say
 * a step or an epoch, as long as its own does; itself alone otherwise. The list has `path` as it was given. Rejects with
 * `file.unreadable`.
 */
export async function checkpointsAround(fs: FileSystem, path: string): Promise<FoundCheckpoints> {
  const own = { path, ...stepInPath(path) };
  const place = await placeOf(fs, path);
  const { step, epoch } = stepInPath(fs.basename(place));
  if (step === null && epoch === null) return { checkpoints: [own], capped: false };
  const { checkpoints, capped } = await discoverCheckpoints(fs, fs.dirname(place), 1);
  const series = checkpoints.filter((each) => each.step !== null || each.epoch !== null);
  return { checkpoints: withOwn(series, own, place), capped };
}

/** The list with `own` in the place of what was found where it lies. */
export function withOwn(
  found: readonly FoundCheckpoint[],
  own: FoundCheckpoint,
  place = own.path,
): readonly FoundCheckpoint[] {
  const at = found.findIndex(({ path }) => path === own.path || path === place);
  return at < 0 ? [own, ...found] : found.map((each, i) => (i === at ? { ...each, path: own.path } : each));
}

/** A file that is one checkpoint together with others of its folder stands for the folder. */
export async function placeOf(fs: FileSystem, path: string): Promise<string> {
  if ((await fs.stat(path))?.isDirectory !== false) return path;
  const folder = fs.dirname(path);
  const { checkpoints } = await discoverCheckpoints(fs, folder, 0);
  return checkpoints.some((each) => each.path === folder) ? folder : path;
}

/** What changes whenever the files of a checkpoint do; empty when they cannot be looked at. */
export async function checkpointStamp(fs: FileSystem, path: string): Promise<string> {
  try {
    const { files } = await checkpointParts(fs, path);
    const stats = await Promise.all(files.map((file) => fs.stat(file)));
    return stats.map((stat) => `${stat?.size} ${stat?.mtimeMs} ${stat?.identity}`).join();
  } catch {
    return '';
  }
}

/** Bytes of the files of a checkpoint; null when they cannot be told. */
export async function checkpointBytes(fs: FileSystem, path: string): Promise<number | null> {
  try {
    const { files } = await checkpointParts(fs, path);
    const stats = await Promise.all(files.map((file) => fs.stat(file)));
    return stats.reduce((sum, stat) => sum + (stat?.size ?? 0), 0);
  } catch {
    return null;
  }
}
