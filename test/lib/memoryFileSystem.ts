import type { FileStat, FileSystem, FolderEntry } from '../../src/core/sources/fileSystem';
import { NodeInflater } from '../../src/node/nodeInflater';

interface File {
  bytes: Uint8Array;
  mtimeMs: number;
  identity: string;
}

/** Files in memory that a test can grow, cut, replace and delete; counts what was read. */
export class MemoryFileSystem implements FileSystem {
  readonly inflater = () => new NodeInflater();
  readonly files = new Map<string, File>();
  bytesRead = 0;
  stats = 0;
  now = 1_000;
  #nextIdentity = 1;
  #watchers = new Map<string, Set<() => void>>();

  write(path: string, text: string | Uint8Array): void {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    const known = this.files.get(path);
    this.files.set(path, { bytes, mtimeMs: this.now, identity: known?.identity ?? `id${this.#nextIdentity++}` });
    this.#tell(path);
  }

  append(path: string, text: string): void {
    const old = this.files.get(path)?.bytes ?? new Uint8Array(0);
    const more = new TextEncoder().encode(text);
    const bytes = new Uint8Array(old.length + more.length);
    bytes.set(old);
    bytes.set(more, old.length);
    this.write(path, bytes);
  }

  /** Another file under the same name, as a log rotation leaves it. */
  replace(path: string, text: string): void {
    this.files.delete(path);
    this.write(path, text);
  }

  remove(path: string): void {
    this.files.delete(path);
    this.#tell(path);
  }

  async stat(path: string): Promise<FileStat | undefined> {
    this.stats++;
    const file = this.files.get(path);
    if (file !== undefined) {
      return { size: file.bytes.length, mtimeMs: file.mtimeMs, identity: file.identity, isDirectory: false };
    }
    const isFolder = [...this.files.keys()].some((name) => name.startsWith(`${path}/`));
    const children = [...this.files.keys()].filter((name) => name.startsWith(`${path}/`)).length;
    return isFolder ? { size: 0, mtimeMs: children + 1, identity: path, isDirectory: true } : undefined;
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const bytes = this.files.get(path)?.bytes.slice(offset, offset + length) ?? new Uint8Array(0);
    this.bytesRead += bytes.length;
    return bytes;
  }

  async list(folder: string): Promise<readonly FolderEntry[]> {
    const entries = new Map<string, FolderEntry>();
    for (const path of this.files.keys()) {
      if (!path.startsWith(`${folder}/`)) continue;
      const [name, ...rest] = path.slice(folder.length + 1).split('/');
      entries.set(name!, { name: name!, kind: rest.length === 0 ? 'file' : 'folder' });
    }
    return [...entries.values()];
  }

  watch(path: string, onChange: () => void): { dispose(): void } {
    const listeners = this.#watchers.get(path) ?? new Set();
    this.#watchers.set(path, listeners.add(onChange));
    return { dispose: () => listeners.delete(onChange) };
  }

  join(folder: string, name: string): string {
    return `${folder}/${name}`;
  }

  dirname(path: string): string {
    return path.slice(0, path.lastIndexOf('/'));
  }

  basename(path: string): string {
    return path.slice(path.lastIndexOf('/') + 1);
  }

  #tell(path: string): void {
    for (const listener of this.#watchers.get(path) ?? []) listener();
  }
}
