import type { FileSystem } from '../sources/fileSystem';
import { CheckpointFiles } from './bytes/fileBytes';
import type { StoredCheckpoint } from './checkpoint';
import { readParts } from './readParts';

/**
 * What `use` makes of the tensors of one file as they are stored, vectors and single numbers among them. Rejects as `openCheckpoint`
 * and `use` do.
 */
export async function withStored<T>(
  fs: FileSystem,
  path: string,
  use: (stored: StoredCheckpoint) => Promise<T>,
): Promise<T> {
  const files = new CheckpointFiles(fs);
  try {
    const parts = { folder: fs.dirname(path), files: [path], expected: new Map<string, string>(), optimizers: [] };
    return await use((await readParts(files, parts)).stored);
  } finally {
    await files.close();
  }
}
