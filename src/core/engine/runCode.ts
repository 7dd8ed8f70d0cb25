import { languageOfFile } from '../hints/code/source';
import type { FileSystem } from '../sources/fileSystem';
import type { FolderNames } from './runFolder';
import type { TrackedRun } from './trackedRun';

/** Training code or a launch configuration, and the probability that the run was started from it. */
export interface RunCode {
  readonly path: string;
  readonly trust: number;
}

/** The log names the file. */
const NAMED = 0.9;
/** It is the only one there is: an edit since the start of the run cannot be ruled out. */
const ONLY = 0.6;

/** Longest path that a log may name. */
const MAX_PATH = 500;
/** Settings whose value names a configuration file. */
const FILE_KEY =
  /(?:^|[./])(?:config|config_file|config_path|cfg|cfg_file|yaml|yaml_path|recipe|recipe_file|args_file)$/i;
/** Folders of a project that hold configurations. */
const CONFIG_FOLDER = /^(?:config|configs|conf|recipes)$/;
/** Launch configurations and training scripts. */
const LAUNCH = /^(?:train|pretrain|finetune|sft|dpo|run|launch|config|cfg|recipe)[\w-]*\.(?:ya?ml|toml|json|sh|py)$/i;
const SCRIPT = /^(?:train|pretrain|finetune|main)[\w-]*\.py$/i;

/**
 * The code that `run` was started from: a file that its log names, else the only launch configuration in its folder, the only file in
 * the project's folder of configurations, or the only training script. `undefined` when there are several or none, and when the
 * file was changed after the last line of the log. Looks at no more than four folders.
 */
export async function codeOf(
  names: FolderNames,
  run: TrackedRun,
  { folder, top }: { folder: string; top: string },
): Promise<RunCode | undefined> {
  const { fs } = names;
  const named = await namedIn(fs, run, [folder, top]);
  if (named !== undefined) return { path: named, trust: NAMED };
  const known = new Set([...run.files, ...run.configs].map((file) => file.path));
  for (const candidates of await choices(names, folder, top)) {
    const free = candidates.filter((path) => !known.has(path));
    if (free.length > 1) return undefined;
    if (free.length === 1) return (await isOlder(fs, free[0]!, run)) ? { path: free[0]!, trust: ONLY } : undefined;
  }
  return undefined;
}

/** Where code may lie, the most telling place first. */
async function choices(names: FolderNames, folder: string, top: string): Promise<string[][]> {
  const { fs } = names;
  const inside = async (place: string, pattern: RegExp): Promise<string[]> =>
    (await names.of(place)).filter((name) => pattern.test(name)).map((name) => fs.join(place, name));
  const folders = await inside(top, CONFIG_FOLDER);
  const configured = folders.length === 1 ? await inside(folders[0]!, /\.(?:py|ya?ml|toml|json)$/) : [];
  return [await inside(folder, LAUNCH), configured, await inside(top, SCRIPT)];
}

/** A log is not trusted: only files below the folders that the user opened are read. */
async function namedIn(fs: FileSystem, run: TrackedRun, places: readonly string[]): Promise<string | undefined> {
  for (const [key, value] of run.config()) {
    if (typeof value !== 'string' || value.length > MAX_PATH || !FILE_KEY.test(key)) continue;
    if (languageOfFile(value) === undefined || /(?:^|[/\\])\.\.(?:[/\\]|$)/.test(value)) continue;
    for (const place of places) {
      const path = value.startsWith(`${place}/`) ? value : fs.join(place, value);
      const stat = await fs.stat(path).catch(() => undefined);
      if (stat !== undefined && !stat.isDirectory) return path;
    }
  }
  return undefined;
}

async function isOlder(fs: FileSystem, path: string, run: TrackedRun): Promise<boolean> {
  const stat = await fs.stat(path).catch(() => undefined);
  return stat !== undefined && !stat.isDirectory && stat.mtimeMs <= run.changedAt;
}
