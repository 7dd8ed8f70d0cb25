import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { LosslineError } from '../../core/errors';

/** The folders that a server may read, and nothing beside them. */
export class Roots {
  private constructor(readonly folders: readonly string[]) {}

  /** Throws `file.notFound` for a folder that is not there. */
  static async of(paths: readonly string[]): Promise<Roots> {
    const folders = paths.map(async (folder) => {
      const real = await fs.realpath(path.resolve(folder)).catch(() => undefined);
      if (real === undefined) throw new LosslineError('file.notFound', `There is no folder ${folder}.`, folder);
      return real;
    });
    return new Roots(await Promise.all(folders));
  }

  /**
   * The absolute path that `text` names, seen from the first folder. Throws `argument.invalid` when it lies outside of all
   * folders, links followed. What does not exist passes: whoever opens it says so.
   */
  async resolve(text: string): Promise<string> {
    const wanted = path.resolve(this.folders[0]!, text);
    const real = await realPlace(wanted);
    if (this.folders.some((folder) => isWithin(real, folder))) return wanted;
    const message = `${text} lies outside of the folders that this server may read: ${this.folders.join(', ')}.`;
    throw new LosslineError('argument.invalid', message, text);
  }
}

/** Where a path leads; of one that does not exist, where its nearest folder leads. */
async function realPlace(wanted: string): Promise<string> {
  try {
    return await fs.realpath(wanted);
  } catch {
    const parent = path.dirname(wanted);
    return parent === wanted ? wanted : path.join(await realPlace(parent), path.basename(wanted));
  }
}

function isWithin(place: string, folder: string): boolean {
  const way = path.relative(folder, place);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}
