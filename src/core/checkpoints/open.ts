import { LosslineError } from '../errors';
import type { FileSystem } from '../sources/fileSystem';
import { CheckpointFiles } from './bytes/fileBytes';
import type { Checkpoint, CheckpointTensor, RowBlock, StoredCheckpoint } from './checkpoint';
import { matricesOf } from './matrices';
import { readRows } from './rowReader';
import { readSafetensors } from './safetensors';

/**
 * Opens the checkpoint at `path`, a file or a folder that holds one. Headers are read, entries are not. Rejects with
 * `file.notFound`, `file.unreadable`, `file.unknownFormat` when it is no checkpoint, `checkpoint.invalid` when it is a broken one; broken tensors of a
 * good one are in `skipped`.
 */
export async function openCheckpoint(fileSystem: FileSystem, path: string): Promise<Checkpoint> {
  const files = new CheckpointFiles(fileSystem);
  try {
    const source = await files.source(path);
    if (!path.endsWith('.safetensors')) {
      throw new LosslineError('file.unknownFormat', 'This is no checkpoint that can be read.', path);
    }
    return checkpointOf(path, files, await readSafetensors(source));
  } catch (error) {
    await files.close();
    throw error;
  }
}

function checkpointOf(path: string, files: CheckpointFiles, stored: StoredCheckpoint): Checkpoint {
  const { tensors, skipped } = matricesOf(stored.tensors);
  return {
    path,
    format: 'safetensors',
    tensors,
    skipped: [...stored.skipped, ...skipped],
    paramGroups: stored.paramGroups,
    step: stored.step ?? null,
    readRows: (tensor: CheckpointTensor, firstRow: number, rowCount: number, into?: Float32Array): Promise<RowBlock> =>
      readRows(tensor, firstRow, rowCount, into),
    close: () => files.close(),
  };
}
