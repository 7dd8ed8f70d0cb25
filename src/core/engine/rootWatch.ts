import { MAX_FOLDERS_WATCHED, MAX_STRANGERS } from '../limits';
import type { FileSystem } from '../sources/fileSystem';
import { isLogPath } from './discovery';
import { FolderFilter } from './folderFilter';
import type { Clock } from './host';
import { isConfigPath } from './runConfigs';

/** Shortest and longest pause between two looks in milliseconds. */
const SHORTEST = 3_000;
const LONGEST = 60_000;
/** A look may take this share of the time: on slow file systems the looks become rare. */
const SHARE = 0.02;

interface Folder {
  mtimeMs: number;
  /** Sizes of the log-like files when they were last handed on. */
  readonly files: Map<string, number>;
}

/**
 * Notices logs that appear after the first scan, also where the editor's watcher is silent: in folders made together
 * with their first file, and on network file systems. A folder is listed again only when its own time has changed;
 * files that no format recognised yet are handed on again when they have grown.
 */
export class RootWatch {
  readonly #folders = new Map<string, Folder>();
  readonly #filter: FolderFilter;
  #timer: { dispose(): void } | undefined;
  #pause = SHORTEST;
  #disposed = false;

  constructor(
    readonly host: { readonly fs: FileSystem; readonly clock: Clock },
    readonly root: string,
    /** What the settings leave out, and the files that the first scan has found to be no logs, with their sizes. */
    readonly known: { readonly exclude: readonly string[]; readonly strangers: ReadonlyMap<string, number> },
    /** Takes a log-like file that is new or has grown; resolves to true when it is followed from now on. */
    readonly onFile: (path: string) => Promise<boolean>,
  ) {
    this.#filter = new FolderFilter(host.fs, known.exclude, async (folder) =>
      (await host.fs.list(folder)).map(({ name }) => name),
    );
    this.#folders.set(root, { mtimeMs: 0, files: new Map() });
    this.#schedule();
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
  }

  #schedule(): void {
    if (this.#disposed) return;
    this.#timer = this.host.clock.after(this.#pause, () => void this.#look());
  }

  async #look(): Promise<void> {
    const started = this.host.clock.now();
    for (const [path, folder] of this.#folders) {
      if (this.#disposed) return;
      await this.#lookInto(path, folder).catch(() => this.#folders.delete(path));
    }
    const took = this.host.clock.now() - started;
    this.#pause = Math.min(LONGEST, Math.max(SHORTEST, took / SHARE));
    this.#schedule();
  }

  async #lookInto(path: string, folder: Folder): Promise<void> {
    const { fs } = this.host;
    const stat = await fs.stat(path);
    if (stat === undefined) {
      if (path !== this.root) this.#folders.delete(path);
      return;
    }
    if (stat.mtimeMs !== folder.mtimeMs) {
      folder.mtimeMs = stat.mtimeMs;
      const entries = await fs.list(path);
      await this.#filter.learn(
        path,
        entries.map(({ name }) => name),
      );
      for (const { name, kind } of entries) {
        const child = fs.join(path, name);
        if (kind === 'file') this.#addFile(folder, child);
        else if (kind === 'folder' && !this.#folders.has(child)) await this.#addFolder(child);
      }
    }
    for (const [file, size] of folder.files) await this.#offer(folder, file, size);
  }

  /** Further files of a folder that holds data are left alone, as in the first scan. */
  #addFile(folder: Folder, path: string): void {
    const { fs } = this.host;
    if (folder.files.has(path) || !(isLogPath(fs, path) || isConfigPath(fs, path)) || this.#filter.excludes(path))
      return;
    const strange = [...folder.files.values()].filter(Number.isFinite).length;
    if (strange <= MAX_STRANGERS) folder.files.set(path, this.known.strangers.get(path) ?? -1);
  }

  async #addFolder(path: string): Promise<void> {
    if (this.#folders.size >= MAX_FOLDERS_WATCHED || (await this.#filter.decide(path)) !== 'enter') return;
    this.#folders.set(path, { mtimeMs: 0, files: new Map() });
  }

  /** Hands a file on when it has grown since; one that is followed is not looked at again. */
  async #offer(folder: Folder, file: string, size: number): Promise<void> {
    if (size === Number.POSITIVE_INFINITY) return;
    const stat = await this.host.fs.stat(file);
    if (stat === undefined) {
      folder.files.delete(file);
      return;
    }
    if (stat.size === size) return;
    folder.files.set(file, (await this.onFile(file)) ? Number.POSITIVE_INFINITY : stat.size);
  }
}
