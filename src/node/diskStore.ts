import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { TextStore } from '../core/spectra/spectraCache';

/** Names that a store takes: nothing that could lead out of its folder. */
const KEY = /^[0-9a-f]{8,64}$/;
/** Largest text that is read: a report has some kB. */
const MAX_TEXT = 1024 * 1024;
/** Texts written between two looks at the size of the folder. */
const WRITES = 256;

/** Texts in the files of one folder, of which the oldest go when it has more than `maxBytes`. Faults of the disk lose texts, nothing else. */
export class DiskStore implements TextStore {
  #writes = 0;

  constructor(
    readonly folder: string,
    readonly maxBytes: number,
  ) {}

  async read(key: string): Promise<string | null> {
    if (!KEY.test(key)) return null;
    const file = path.join(this.folder, key);
    try {
      const { size } = await fs.stat(file);
      return size > MAX_TEXT ? null : await fs.readFile(file, 'utf8');
    } catch {
      return null;
    }
  }

  async write(key: string, text: string): Promise<void> {
    if (!KEY.test(key) || text.length > MAX_TEXT) return;
    const file = path.join(this.folder, key);
    try {
      if (this.#writes++ % WRITES === 0) {
        await fs.mkdir(this.folder, { recursive: true });
        await this.#trim();
      }
      await fs.writeFile(`${file}.new`, text);
      await fs.rename(`${file}.new`, file);
    } catch {
      // A full or read-only disk: the text is worked out again next time.
    }
  }

  /** Deletes the files written longest ago until the rest takes three quarters of the room. */
  async #trim(): Promise<void> {
    const names = await fs.readdir(this.folder);
    const files = await Promise.all(
      names.map(async (name) => {
        const stat = await fs.stat(path.join(this.folder, name)).catch(() => undefined);
        return { name, size: stat?.size ?? 0, at: stat?.mtimeMs ?? 0 };
      }),
    );
    let total = files.reduce((sum, { size }) => sum + size, 0);
    if (total <= this.maxBytes) return;
    for (const { name, size } of files.sort((a, b) => a.at - b.at)) {
      if (total <= 0.75 * this.maxBytes) break;
      await fs.rm(path.join(this.folder, name), { force: true });
      total -= size;
    }
  }
}
