import type { CancelSignal } from '../cancel';
import { detectFormat } from '../formats/detect';
import { mlflowPart } from '../formats/text/mlflowPath';
import { MAX_FILES_SCANNED, MAX_FOLDERS_SCANNED, MAX_RUNS, MAX_STRANGERS } from '../limits';
import { withoutPacking } from '../sources/content/encoding';
import type { FileSystem, FolderEntry } from '../sources/fileSystem';
import { readEnds } from '../sources/sample';
import { isSqlite } from '../stores/sqlite/pager';
import { FolderFilter, isRunFolder } from './folderFilter';
import { foreignStore } from './foreignStores';
import { compareLaunches } from './launchOrder';
import { FolderNames, placeOf, type RunPlace } from './runFolder';

/** A file that a format recognises, and the run it belongs to. */
export interface FoundLog {
  readonly path: string;
  readonly place: RunPlace;
  /** Recognised for certain; otherwise the file counts only if a loss turns up in it. */
  readonly certain: boolean;
  /** A database that holds many runs. */
  readonly isStore?: boolean;
}

/** Something that was not read, and why. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

export interface ScanReport {
  readonly logs: readonly FoundLog[];
  readonly skipped: readonly Skipped[];
  /** Files that look like logs by their names and are none, with their sizes: they are looked at again when they grow. */
  readonly strangers: ReadonlyMap<string, number>;
  /** True when a limit ended the scan early. */
  readonly capped: boolean;
}

const LOG_NAME =
  /\.(log|log\.json|txt|out|csv|tsv|jsonl|ndjson|wandb|db|sqlite3?)$|^((?:.+[_.-])?trainer_state\.json|metrics\.json|scalars\.json|\d{8}_\d{6}\.json|log\.txt\.rank\d+|nohup\.out|events\.out\.tfevents.*)$/i;

/** True for a file that is worth opening, by its name or by the folders it lies in. */
export function isLogPath(fs: FileSystem, path: string): boolean {
  return isLogName(fs.basename(path)) || mlflowPart(path) !== undefined;
}

/** True for a file name that is worth opening. */
export function isLogName(name: string): boolean {
  return LOG_NAME.test(withoutPacking(name));
}

/**
 * Walks `root` breadth-first, run folders first, and probes every file whose name looks like a log. `exclude` holds glob
 * patterns of folders and files to leave out (`**`, `*`, `?`). Reads at most the ends of a file. Stops at the limits
 * and says so.
 */
export async function scanFolder(
  fs: FileSystem,
  root: string,
  exclude: readonly string[],
  signal?: CancelSignal,
): Promise<ScanReport> {
  const names = new FolderNames(fs);
  const walk: Walk = {
    names,
    filter: new FolderFilter(fs, exclude, (folder) => names.of(folder)),
    root,
    logs: [],
    skipped: [],
    strangers: new Map(),
  };
  const queue = [root];
  let folders = 0;
  let end: string | undefined;
  for (let folder = queue.shift(); folder !== undefined && end === undefined; folder = queue.shift()) {
    if (signal?.aborted) end = 'The search took too long and ended here.';
    else if (++folders > MAX_FOLDERS_SCANNED)
      end = `There are more than ${MAX_FOLDERS_SCANNED} folders: the rest was not searched.`;
    else end = await look(walk, folder, queue);
    if (end !== undefined) walk.skipped.push({ path: folder, reason: end });
  }
  const { logs, skipped, strangers } = walk;
  return { logs: newestCheckpoints(logs), skipped, strangers, capped: end !== undefined };
}

/** One search, as far as it has come. */
interface Walk {
  readonly names: FolderNames;
  readonly filter: FolderFilter;
  readonly root: string;
  readonly logs: FoundLog[];
  readonly skipped: Skipped[];
  readonly strangers: Map<string, number>;
}

/** Looks into one folder and puts those inside it into the queue; returns why the search has to end, if it has. */
async function look(walk: Walk, folder: string, queue: string[]): Promise<string | undefined> {
  const { names, filter, skipped } = walk;
  const { fs } = names;
  const entries = await fs.list(folder).catch(() => {
    skipped.push({ path: folder, reason: 'The folder cannot be read.' });
    return [];
  });
  names.put(folder, entries);
  await filter.learn(
    folder,
    entries.map(({ name }) => name),
  );
  const first: string[] = [];
  let strange = 0;
  for (const entry of inOrder(entries)) {
    const path = fs.join(folder, entry.name);
    if (entry.kind === 'folder') {
      const advice = foreignStore(entry.name);
      if (advice !== undefined) {
        skipped.push({ path, reason: advice });
        continue;
      }
      const decision = await filter.decide(path);
      if (decision === 'ignored')
        skipped.push({ path, reason: 'Git ignores this folder, and it does not look like a run.' });
      else if (decision === 'enter') (isRunFolder(entry.name) ? first : queue).push(path);
    } else if (entry.kind === 'file' && isLogPath(fs, path) && !filter.excludes(path)) {
      if (walk.logs.length >= MAX_RUNS) return `More than ${MAX_RUNS} logs were found: the rest was not searched.`;
      if (walk.logs.length + walk.strangers.size >= MAX_FILES_SCANNED) {
        return `More than ${MAX_FILES_SCANNED} files look like logs: the rest was not searched.`;
      }
      const { found, size } = await probe(names, path, walk.root);
      if (found !== undefined) walk.logs.push(found);
      else walk.strangers.set(path, size);
      strange = found === undefined ? strange + 1 : 0;
      if (strange >= MAX_STRANGERS) {
        skipped.push({
          path: folder,
          reason: `${strange} files in a row are no logs: the rest of the folder was left out.`,
        });
        break;
      }
    }
  }
  queue.unshift(...first);
  return undefined;
}

/** What the file `path` below `top` is; `undefined` for one that is empty, unreadable, or that no format recognises. */
export async function probeFile(names: FolderNames, path: string, top: string): Promise<FoundLog | undefined> {
  return (await probe(names, path, top)).found;
}

/** What a file is, and its size in bytes; 0 for one that cannot be read. */
async function probe(names: FolderNames, path: string, top: string): Promise<{ found?: FoundLog; size: number }> {
  const { fs } = names;
  try {
    const stat = await fs.stat(path);
    if (stat === undefined || stat.isDirectory || stat.size === 0) return { size: 0 };
    const { size } = stat;
    const { sample } = await readEnds(fs, path, size);
    const isStore = isSqlite(sample.head);
    const verdict = isStore ? 'yes' : detectFormat(sample)?.verdict;
    if (verdict === undefined) return { size };
    const place = await placeOf(names, path, top);
    return { found: { path, place, certain: verdict === 'yes', ...(isStore ? { isStore } : {}) }, size };
  } catch {
    return { size: 0 };
  }
}

/** Every checkpoint repeats the log so far: of one run only the furthest `trainer_state.json` is read. */
function newestCheckpoints(logs: readonly FoundLog[]): FoundLog[] {
  const furthest = new Map<string, FoundLog>();
  for (const log of logs) {
    if (!log.path.endsWith('trainer_state.json')) continue;
    const known = furthest.get(log.place.part);
    if (known === undefined || checkpointStep(log.path) > checkpointStep(known.path)) furthest.set(log.place.part, log);
  }
  return logs.filter((log) => !log.path.endsWith('trainer_state.json') || furthest.get(log.place.part) === log);
}

/** The step in `checkpoint-N`; a state beside the checkpoints is written last and counts as furthest. */
export function checkpointStep(path: string): number {
  const match = /checkpoint-(\d+)[/\\]trainer_state\.json$/.exec(path);
  return match === null ? Number.POSITIVE_INFINITY : Number(match[1]);
}

function inOrder(entries: readonly FolderEntry[]): FolderEntry[] {
  return [...entries].sort((a, b) => compareLaunches(a.name, b.name));
}
