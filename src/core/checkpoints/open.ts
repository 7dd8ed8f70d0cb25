import type { FileSystem } from '../sources/fileSystem';
import { CheckpointFiles } from './bytes/fileBytes';
import type { Checkpoint, Matrix, StoredCheckpoint } from './checkpoint';
import { vectorsOf } from './matrices/arrays';
import { headsBeside } from './matrices/heads';
import { matricesOf } from './matrices/matricesOf';
import { checkpointParts } from './parts';
import { paramGroupsIn, readParts } from './readParts';
import { readRows } from './rowReader';
import { stepInPath } from './steps';

/**
 * Opens the checkpoint at `path`: a file, the index of a sharded one, or a folder that holds one. Headers are read,
 * entries are not. Rejects with `file.notFound`, `file.unreadable`, `file.unknownFormat` when it is no checkpoint,
 * `checkpoint.invalid` when it is a broken one. Broken tensors of a good one and missing shards are in `skipped`.
 */
export async function openCheckpoint(fileSystem: FileSystem, path: string): Promise<Checkpoint> {
  const files = new CheckpointFiles(fileSystem);
  try {
    const parts = await checkpointParts(fileSystem, path);
    const { format, stored } = await readParts(files, parts);
    const heads = stored.heads ?? (await headsBeside(fileSystem, parts.folder));
    const { tensors, skipped } = matricesOf(stored, heads);
    return {
      path,
      format,
      tensors,
      skipped: [...stored.skipped, ...skipped],
      vectors: vectorsIn(stored),
      paramGroups: [...stored.paramGroups, ...(await paramGroupsIn(files, parts.optimizers))],
      step: stored.step ?? stepInPath(path).step,
      heads: heads ?? null,
      readRows,
      isUnchanged: () => files.areUnchanged(),
      rest: () => files.rest(),
      close: () => files.close(),
    };
  } catch (error) {
    await files.close();
    throw error;
  }
}

function vectorsIn({ tensors }: StoredCheckpoint): Map<string, Matrix> {
  const vectors = new Map<string, Matrix>();
  for (const tensor of tensors) {
    const vector = tensor.shape.length === 1 ? vectorsOf(tensor) : '';
    if (typeof vector !== 'string') vectors.set(tensor.name, vector);
  }
  return vectors;
}
