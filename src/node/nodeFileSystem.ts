import * as fs from 'node:fs';
import * as path from 'node:path';
import { LosslineError, messageOf } from '../core/errors';
import type { FileStat, FileSystem, FolderEntry, OpenFile } from '../core/sources/fileSystem';
import { NodeInflater } from './nodeInflater';

/** The local file system. */
export class NodeFileSystem implements FileSystem {
  readonly inflater = () => new NodeInflater();

  async stat(file: string): Promise<FileStat | undefined> {
    try {
      const stat = await fs.promises.stat(file);
      const identity = stat.ino === 0 ? '' : `${stat.dev}:${stat.ino}`;
      return { size: stat.size, mtimeMs: stat.mtimeMs, identity, isDirectory: stat.isDirectory() };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new LosslineError('file.unreadable', messageOf(error), file);
    }
  }

  async read(file: string, offset: number, length: number): Promise<Uint8Array> {
    const handle = await fs.promises.open(file, 'r').catch((error: unknown) => {
      throw new LosslineError('file.unreadable', messageOf(error), file, offset);
    });
    try {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await handle.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  async open(file: string): Promise<OpenFile> {
    const handle = await fs.promises.open(file, 'r').catch((error: unknown) => {
      throw new LosslineError('file.unreadable', messageOf(error), file);
    });
    let spare = Buffer.allocUnsafeSlow(0);
    let current = spare;
    return {
      read: async (offset, length) => {
        [current, spare] = [spare.length < length ? Buffer.allocUnsafeSlow(length) : spare, current];
        const { bytesRead } = await handle.read(current, 0, length, offset);
        return current.subarray(0, bytesRead);
      },
      close: () => handle.close(),
    };
  }

  async list(folder: string): Promise<readonly FolderEntry[]> {
    const entries = await fs.promises.readdir(folder, { withFileTypes: true });
    return Promise.all(entries.map((entry) => entryOf(folder, entry)));
  }

  watch(file: string, onChange: () => void): { dispose(): void } {
    try {
      const watcher = fs.watch(file, { persistent: false }, onChange);
      watcher.on('error', () => watcher.close());
      return { dispose: () => watcher.close() };
    } catch {
      // No watch to be had (limit reached, network file system): polling goes on alone.
      return { dispose: () => undefined };
    }
  }

  join(folder: string, name: string): string {
    return path.join(folder, name);
  }

  dirname(file: string): string {
    return path.dirname(file);
  }

  basename(file: string): string {
    return path.basename(file);
  }
}

/** A link to a file counts as that file; a link to a folder is left out, so that a walk ends. */
async function entryOf(folder: string, entry: fs.Dirent): Promise<FolderEntry> {
  if (entry.isDirectory()) return { name: entry.name, kind: 'folder' };
  if (entry.isFile()) return { name: entry.name, kind: 'file' };
  if (!entry.isSymbolicLink()) return { name: entry.name, kind: 'other' };
  const target = await fs.promises.stat(path.join(folder, entry.name)).catch(() => undefined);
  return { name: entry.name, kind: target?.isFile() === true ? 'file' : 'other' };
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
