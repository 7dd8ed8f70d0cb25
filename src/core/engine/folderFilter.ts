import type { FileSystem } from '../sources/fileSystem';
import { type IgnoreRule, isIgnored, readGitignore } from './gitignore';

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
const RUN_FOLDER =
  /^(?:runs?|logs?|outputs?|out|wandb|mlruns|lightning_logs|tb_logs|tensorboard|checkpoints?|results?|experiments?|multirun|dvclive)$/i;

/** Names that only the folder of a run has. */
const RUN_SIGN =
  /^(?:events\.out\.tfevents.*|trainer_state\.json|trainer_log\.jsonl|checkpoint-\d+|metrics\.(?:csv|jsonl|json)|version_\d+|(?:offline-)?run-\d{8}_.*|\.hydra|.*\.wandb|train(?:ing)?\.(?:log|jsonl|csv)|nohup\.out|slurm-\d+.*\.out)$/;

/** Longest `.gitignore` that is read. */
const MAX_GITIGNORE = 64 * 1024;

/** True for a folder that holds neither runs nor checkpoints, by its name. */
export function isIgnoredFolder(name: string): boolean {
  return IGNORED_FOLDERS.has(name);
}

/** True for a folder in which runs usually are, by its name. */
export function isRunFolder(name: string): boolean {
  return RUN_FOLDER.test(name);
}

/**
 * Which folders a search for runs enters. Left out are folders that never hold runs, those that the settings exclude, and those that a
 * `.gitignore` excludes; but run folders are usually ignored by git, so that these are entered by their names or by what they hold.
 */
export class FolderFilter {
  readonly #excluded: readonly RegExp[];
  readonly #rules = new Map<string, readonly IgnoreRule[]>();

  constructor(
    readonly fs: FileSystem,
    exclude: readonly string[],
    /** Names in a folder. */
    readonly list: (folder: string) => Promise<readonly string[]>,
  ) {
    this.#excluded = exclude.map(globToRegExp);
  }

  /** True when the settings leave a file or folder out. */
  excludes(path: string): boolean {
    return this.#excluded.some((pattern) => pattern.test(path));
  }

  /** Takes note of the `.gitignore` of a folder that is about to be walked; `entries` are its names. */
  async learn(folder: string, entries: readonly string[]): Promise<void> {
    if (!entries.includes('.gitignore')) return;
    const { fs } = this;
    const bytes = await fs.read(fs.join(folder, '.gitignore'), 0, MAX_GITIGNORE).catch(() => new Uint8Array(0));
    this.#rules.set(folder, readGitignore(new TextDecoder().decode(bytes)));
  }

  /** `enter`, `never` for folders that nobody expects to be searched, `ignored` for those that git leaves out. */
  async decide(path: string): Promise<'enter' | 'never' | 'ignored'> {
    const { fs } = this;
    const name = fs.basename(path);
    if (isIgnoredFolder(name) || this.excludes(path)) return 'never';
    if (isRunFolder(name) || !this.#isIgnored(path)) return 'enter';
    return (await this.list(path).catch(() => [])).some((inside) => RUN_SIGN.test(inside)) ? 'enter' : 'ignored';
  }

  #isIgnored(path: string): boolean {
    const { fs } = this;
    let inside = fs.basename(path);
    for (let folder = fs.dirname(path); ; folder = fs.dirname(folder)) {
      const rules = this.#rules.get(folder);
      const ignored = rules === undefined ? undefined : isIgnored(rules, inside);
      if (ignored !== undefined) return ignored;
      if (fs.dirname(folder) === folder || inside.length > 4096) return false;
      inside = `${fs.basename(folder)}/${inside}`;
    }
  }
}

const GLOB_TOKENS: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };

/** A glob over whole paths with `/`: `**` any folders, `*` within one name, `?` one character. */
export function globToRegExp(glob: string): RegExp {
  const body = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*\*\/|\*\*|\*|\?/g, (token) => GLOB_TOKENS[token]!);
  return new RegExp(`(?:^|/)${body}(?:$|/)`);
}
