import { isIgnoredFolder } from '../engine/folderFilter';
import { MAX_CHECKPOINT_FOLDERS, MAX_CHECKPOINTS } from '../limits';
import type { FileSystem, FolderEntry } from '../sources/fileSystem';
import { stepInPath } from './steps';
import { rankFolders, weightsIn } from './weightFiles';

/** A checkpoint of a run: what `openCheckpoint` is given, and when it was taken. */
export interface FoundCheckpoint {
  readonly path: string;
  /** Optimizer steps and epochs, as file and folder are called; null when they say none. */
  readonly step: number | null;
  readonly epoch: number | null;
}

/** The checkpoints of a run. */
export interface FoundCheckpoints {
  /** By step, those without one last, then by path. */
  readonly checkpoints: readonly FoundCheckpoint[];
  /** A limit ended the search early. */
  readonly capped: boolean;
}

/** Folders in folders: `checkpoints/NAME/global_step1000/mp_rank_00`. */
const MAX_DEPTH = 4;

/** Arrays are data more often than weights: their names have to say so. */
const DATA = /\.np[yz]$/;
const WEIGHTS = /ckpt|checkpoint|params|weights|model|step/i;

/**
 * Finds checkpoints in a run's folder by the names of files and folders; opens none. Looks `maxDepth` folders deep, into
 * at most 2 000 folders, for at most 5 000 checkpoints. Folders that cannot be listed are passed over.
 */
export async function discoverCheckpoints(
  fs: FileSystem,
  runFolder: string,
  maxDepth = MAX_DEPTH,
): Promise<FoundCheckpoints> {
  const found: FoundCheckpoint[] = [];
  const queue = [{ folder: runFolder, depth: 0 }];
  let capped = false;
  for (const [looked, { folder, depth }] of queue.entries()) {
    capped = looked >= MAX_CHECKPOINT_FOLDERS || found.length >= MAX_CHECKPOINTS;
    if (capped) break;
    const entries = await fs.list(folder).catch(() => []);
    found.push(...pathsIn(fs, folder, entries).map((path) => ({ path, ...stepInPath(path) })));
    if (depth >= maxDepth) continue;
    const ranks = rankFolders(entries);
    for (const { name, kind } of entries) {
      if (kind !== 'folder' || ranks.includes(name) || isIgnoredFolder(name)) continue;
      queue.push({ folder: fs.join(folder, name), depth: depth + 1 });
    }
  }
  return { checkpoints: found.sort(byStep), capped };
}

/** The checkpoints of one folder: itself, or files in it. */
function pathsIn(fs: FileSystem, folder: string, entries: readonly FolderEntry[]): string[] {
  const weights = weightsIn(entries);
  if (weights?.together === true || rankFolders(entries).length > 0) return [folder];
  const names = weights?.names.filter((name) => !DATA.test(name) || WEIGHTS.test(name)) ?? [];
  return names.map((name) => fs.join(folder, name));
}

function byStep(a: FoundCheckpoint, b: FoundCheckpoint): number {
  const step = (one: FoundCheckpoint): number => one.step ?? Number.MAX_VALUE;
  return step(a) - step(b) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}
