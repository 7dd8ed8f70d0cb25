import { withoutPacking } from './content/encoding';
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

/** What a rotation appends: a number (older ones are higher) or a date. Source: logrotate(8); Python logging.handlers. */
const ROTATED = /^(.+)[.-](?:(\d{1,4})|(\d{4}-?\d{2}-?\d{2}(?:[-_T]?\d{2}[-_]?\d{2}(?:[-_]?\d{2})?)?))$/;

/** A part of a rotated log. */
export interface Rotation {
  readonly base: string;
  /** Orders the parts of one log: the least is the oldest. */
  readonly age: string;
}

/** What a path is among the parts of one log; a path that no rotation has named is the newest part of itself. */
export function rotationOf(path: string): Rotation {
  const bare = withoutPacking(path);
  const match = ROTATED.exec(bare);
  if (match === null) return { base: path, age: 'c' };
  const [, base, number, date] = match;
  return { base: base!, age: date === undefined ? `b${String(9999 - Number(number)).padStart(4, '0')}` : `a${date}` };
}

/** Orders paths by name, and the parts of one rotated log from the oldest to the one that is written. */
export function byAge(a: string, b: string): number {
  const [first, second] = [rotationOf(a), rotationOf(b)];
  if (first.base !== second.base) return a < b ? -1 : 1;
  return first.age < second.age ? -1 : first.age > second.age ? 1 : 0;
}

/** The rotated logs of one folder: the older parts of each, by its path. */
interface RotatedLogs {
  /** Change time of the folder when it was listed. */
  readonly mtimeMs: number;
  readonly parts: ReadonlyMap<string, readonly string[]>;
}

/** Folders whose lists are kept: a folder with many logs is listed once, not once per log. */
const MAX_FOLDERS = 64;
const listed = new WeakMap<FileSystem, Map<string, RotatedLogs>>();

/**
 * The older parts of the log `path`, oldest first: neighbours that a rotation named after it, packed ones included. None
 * when the folder cannot be read.
 */
export async function olderParts(fs: FileSystem, path: string): Promise<readonly string[]> {
  const folder = fs.dirname(path);
  const folders = listed.get(fs) ?? new Map<string, RotatedLogs>();
  listed.set(fs, folders);
  const stat = await fs.stat(folder).catch(() => undefined);
  if (stat === undefined) return [];
  const known = folders.get(folder);
  const logs = known?.mtimeMs === stat.mtimeMs ? known : { mtimeMs: stat.mtimeMs, parts: await rotatedIn(fs, folder) };
  folders.delete(folder);
  folders.set(folder, logs);
  if (folders.size > MAX_FOLDERS) folders.delete(folders.keys().next().value!);
  return logs.parts.get(path) ?? [];
}

async function rotatedIn(fs: FileSystem, folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const parts = new Map<string, string[]>();
  const entries = await fs.list(folder).catch(() => []);
  for (const { name, kind } of entries) {
    const path = fs.join(folder, name);
    const { base } = rotationOf(path);
    if (kind !== 'file' || base === path) continue;
    const known = parts.get(base);
    if (known === undefined) parts.set(base, [path]);
    else known.push(path);
  }
  for (const [base, paths] of parts) parts.set(base, paths.sort(byAge).slice(-MAX_CANDIDATES));
  return parts;
}
