import type { FileSystem } from '../sources/fileSystem';
import type { Checkpoint } from './checkpoint';
import { openCheckpoint } from './open';

/** Checkpoints kept for each file system: two are compared with each other. */
const MOST = 2;

const kept = new WeakMap<FileSystem, Map<string, Promise<Checkpoint>>>();

/**
 * What `use` makes of the checkpoint at `path`, which it must not close. The two checkpoints opened last are kept,
 * without open files, and used again while their files are unchanged: a job for each matrix of a large one would read
 * its headers that often. Rejects as `openCheckpoint` and `use` do.
 */
export async function withCheckpoint<T>(
  fs: FileSystem,
  path: string,
  use: (checkpoint: Checkpoint) => Promise<T>,
): Promise<T> {
  const checkpoint = await keptCheckpoint(fs, path);
  try {
    return await use(checkpoint);
  } finally {
    await checkpoint.rest();
  }
}

async function keptCheckpoint(fs: FileSystem, path: string): Promise<Checkpoint> {
  const known = kept.get(fs) ?? new Map<string, Promise<Checkpoint>>();
  kept.set(fs, known);
  const before = await known.get(path)?.catch(() => undefined);
  if (before !== undefined && (await before.isUnchanged())) return before;
  const opened = openCheckpoint(fs, path);
  known.delete(path);
  known.set(path, opened);
  const [oldest] = known.keys();
  if (known.size > MOST) known.delete(oldest!);
  return opened;
}
