import type { FileStat, FileSystem } from './fileSystem';

/** Names beside a log that are looked at; log rotation keeps a handful. */
const MAX_CANDIDATES = 64;

/**
 * The file that `path` was before another took its name: a neighbour whose name begins with that of `path` (`train.log.1`,
 * `train.log-20250101`, `train.log.old`) and that is the same file. `undefined` when there is none, or when the
 * folder cannot be read.
 */
export async function findRotated(
  fs: FileSystem,
  path: string,
  identity: string,
): Promise<{ path: string; stat: FileStat } | undefined> {
  const folder = fs.dirname(path);
  const name = fs.basename(path);
  const entries = await fs.list(folder).catch(() => []);
  const names = entries.filter((entry) => entry.kind === 'file' && entry.name !== name && entry.name.startsWith(name));
  for (const entry of names.slice(0, MAX_CANDIDATES)) {
    const candidate = fs.join(folder, entry.name);
    const stat = await fs.stat(candidate);
    if (stat?.identity === identity) return { path: candidate, stat };
  }
  return undefined;
}
