import { runConfig } from '../config/runConfig';
import type { FileSystem } from '../sources/fileSystem';
import { FollowedFile } from '../sources/followedFile';
import type { Skipped } from './discovery';
import { codeOf } from './runCode';
import { FolderNames } from './runFolder';
import type { TrackedRun } from './trackedRun';

/** Configurations that programs write beside their logs, by their path below the folder of the run. */
const WRITTEN = [
  /^\.hydra\/(?:config|overrides)\.yaml$/,
  /^files\/(?:config\.yaml|wandb-metadata\.json)$/,
  /^(?:(?:train(?:ing)?|run|job|experiment)_)?(?:config|args|arguments|params|hparams|hyper_?parameters|settings)\.(?:ya?ml|json|toml)$/i,
];
/** Folders inside a run's that hold such files. */
const INSIDE = ['.hydra', 'files'];
/** Pickles run code when they are loaded. */
const PICKLES = /^(?:training_args|hparams|config|args)\.(?:bin|pt|pkl|pickle)$/;

/** True for a file that may be the configuration of a run. */
export function isConfigPath(fs: FileSystem, path: string): boolean {
  return WRITTEN.some((pattern) => pattern.test(insideRun(fs, path)));
}

/** The folder whose run the configuration at `path` is for. */
function configuredFolder(fs: FileSystem, path: string): string {
  const folder = fs.dirname(path);
  return INSIDE.includes(fs.basename(folder)) ? fs.dirname(folder) : folder;
}

/** Gives runs the configurations that lie beside their logs, and the training code that they were started from. */
export class RunConfigurator {
  readonly #done = new WeakSet<TrackedRun>();

  /** `onChange` hears of runs whose settings became known. */
  constructor(readonly onChange: (run: TrackedRun) => void) {}

  /** Looks once into the folder of each run; `top` is the folder under which its code may lie. Returns what it left out. */
  async configure(runs: readonly TrackedRun[], top: string): Promise<Skipped[]> {
    const skipped: Skipped[] = [];
    const names = new Map<FileSystem, FolderNames>();
    for (const run of runs) {
      const fs = fileSystemOf(run);
      if (fs === undefined || this.#done.has(run)) continue;
      this.#done.add(run);
      if (!names.has(fs)) names.set(fs, new FolderNames(fs));
      skipped.push(...(await this.#look(run, names.get(fs)!, { runs, top })));
    }
    return skipped;
  }

  /** Takes note of a configuration that appeared or changed; true when it is one of a run. */
  async notice(runs: readonly TrackedRun[], path: string): Promise<boolean> {
    let taken = false;
    for (const run of runs) {
      const fs = fileSystemOf(run);
      if (fs === undefined || folderOf(fs, run) !== configuredFolder(fs, path) || !ownsFolder(fs, run, runs)) continue;
      const known = run.configs.find((file) => file.path === path);
      if (known === undefined) await attach(run, fs, path);
      else await known.poll();
      taken = true;
      this.onChange(run);
    }
    return taken;
  }

  async #look(
    run: TrackedRun,
    names: FolderNames,
    { runs, top }: { runs: readonly TrackedRun[]; top: string },
  ): Promise<Skipped[]> {
    const { fs } = names;
    const folder = folderOf(fs, run);
    const { paths, skipped } = ownsFolder(fs, run, runs) ? await configsIn(names, folder) : { paths: [], skipped: [] };
    for (const path of paths) await attach(run, fs, path);
    const code = await codeOf(names, run, { folder, top });
    if (code !== undefined) {
      const file = new FollowedFile(fs, code.path, runConfig);
      await file.poll();
      run.attachCode(file, code.trust);
    }
    if (paths.length > 0 || code !== undefined) this.onChange(run);
    return skipped;
  }
}

async function attach(run: TrackedRun, fs: FileSystem, path: string): Promise<void> {
  const file = new FollowedFile(fs, path, runConfig);
  await file.poll();
  run.attachConfig(file);
}

function fileSystemOf(run: TrackedRun): FileSystem | undefined {
  const [file] = run.files;
  return file instanceof FollowedFile ? file.fs : undefined;
}

/** The folder in which a run keeps its files. */
export function folderOf(fs: FileSystem, run: TrackedRun): string {
  return run.folder === '' ? fs.dirname(run.files[0]!.path) : run.folder;
}

/** What lies in a folder belongs to the run that it is called after, or to the only run in it. */
export function ownsFolder(fs: FileSystem, run: TrackedRun, runs: readonly TrackedRun[]): boolean {
  const folder = folderOf(fs, run);
  return (
    run.id === folder ||
    runs.every((other) => other === run || other.files[0] === undefined || folderOf(fs, other) !== folder)
  );
}

/** Configurations in the folder of a run, and those that are left out with the reason. */
async function configsIn(names: FolderNames, folder: string): Promise<{ paths: string[]; skipped: Skipped[] }> {
  const { fs } = names;
  const here = await names.of(folder);
  const paths: string[] = [];
  for (const inner of ['', ...INSIDE.filter((name) => here.includes(name))]) {
    const place = inner === '' ? folder : fs.join(folder, inner);
    for (const name of await names.of(place))
      if (isConfigPath(fs, fs.join(place, name))) paths.push(fs.join(place, name));
  }
  const skipped = here
    .filter((name) => PICKLES.test(name))
    .map((name) => ({
      path: fs.join(folder, name),
      reason: 'A pickle: loading it would run code, so it is not read.',
    }));
  return { paths, skipped };
}

function insideRun(fs: FileSystem, path: string): string {
  const folder = fs.basename(fs.dirname(path));
  return INSIDE.includes(folder) ? `${folder}/${fs.basename(path)}` : fs.basename(path);
}
