import type { CancelSignal } from '../cancel';
import { detectFormat } from '../formats/detect';
import { mlflowPart } from '../formats/text/mlflowPath';
import { MAX_FILES_SCANNED, MAX_RUNS } from '../limits';
import { withoutPacking } from '../sources/content/encoding';
import type { FileSystem, FolderEntry } from '../sources/fileSystem';
import { readEnds } from '../sources/sample';
import { isSqlite } from '../stores/sqlite/pager';
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

export interface ScanReport {
  readonly logs: readonly FoundLog[];
  readonly skipped: readonly { path: string; reason: string }[];
  /** True when a limit ended the scan early. */
  readonly capped: boolean;
}

/** Folders that hold no runs, whatever they are called in. */
const IGNORED_FOLDERS = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  '__pycache__',
  '.venv',
  'venv',
  '.tox',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  'site-packages',
  '.vscode',
  '.vscode-server',
  '.idea',
  '.cache',
  // W&B's link to one of the folders beside it.
  'latest-run',
]);

/** Folders that are looked into first: runs are usually there, and a scan may reach its limit. */
const RUN_FOLDERS = new Set([
  'runs',
  'logs',
  'outputs',
  'output',
  'out',
  'wandb',
  'mlruns',
  'lightning_logs',
  'checkpoints',
]);

const LOG_NAME =
  /\.(log|log\.json|txt|out|csv|tsv|jsonl|ndjson|wandb|db|sqlite3?)$|^(trainer_state\.json|metrics\.json|scalars\.json|\d{8}_\d{6}\.json|log\.txt\.rank\d+|nohup\.out|events\.out\.tfevents.*)$/i;

/** True for a folder that holds no runs, whatever the workspace is. */
export function isIgnoredFolder(name: string): boolean {
  return IGNORED_FOLDERS.has(name);
}

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
  const logs: FoundLog[] = [];
  const skipped: { path: string; reason: string }[] = [];
  const excluded = exclude.map(globToRegExp);
  const names = new FolderNames(fs);
  const queue = [root];
  let looked = 0;
  for (let folder = queue.shift(); folder !== undefined && !signal?.aborted; folder = queue.shift()) {
    const entries = await fs.list(folder).catch(() => {
      skipped.push({ path: folder!, reason: 'The folder cannot be read.' });
      return [];
    });
    names.put(folder, entries);
    const first: string[] = [];
    for (const entry of inOrder(entries)) {
      const path = fs.join(folder, entry.name);
      if (excluded.some((pattern) => pattern.test(path))) continue;
      if (entry.kind === 'folder') {
        if (RUN_FOLDERS.has(entry.name)) first.push(path);
        else if (!IGNORED_FOLDERS.has(entry.name)) queue.push(path);
      } else if (entry.kind === 'file' && isLogPath(fs, path)) {
        if (++looked > MAX_FILES_SCANNED || logs.length >= MAX_RUNS) return { logs, skipped, capped: true };
        const found = await probeFile(names, path, root);
        if (found !== undefined) logs.push(found);
      }
    }
    queue.unshift(...first);
  }
  return { logs: newestCheckpoints(logs), skipped, capped: false };
}

/** What the file `path` below `top` is; `undefined` for one that is empty, unreadable, or that no format recognises. */
export async function probeFile(names: FolderNames, path: string, top: string): Promise<FoundLog | undefined> {
  const { fs } = names;
  try {
    const stat = await fs.stat(path);
    if (stat === undefined || stat.isDirectory) return undefined;
    if (stat.size === 0) return undefined;
    if (isSqlite(await fs.read(path, 0, 16))) {
      return { path, place: await placeOf(names, path, top), certain: true, isStore: true };
    }
    const { sample } = await readEnds(fs, path, stat.size);
    const detected = detectFormat(sample);
    if (detected === undefined) return undefined;
    return { path, place: await placeOf(names, path, top), certain: detected.verdict === 'yes' };
  } catch {
    return undefined;
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

const GLOB_TOKENS: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };

/** A glob over whole paths with `/`: `**` any folders, `*` within one name, `?` one character. */
export function globToRegExp(glob: string): RegExp {
  const body = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*\*\/|\*\*|\*|\?/g, (token) => GLOB_TOKENS[token]!);
  return new RegExp(`(?:^|/)${body}(?:$|/)`);
}
