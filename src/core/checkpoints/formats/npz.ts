import { messageOf } from '../../errors';
import { ZipArchive } from '../bytes/zip';
import type { SkippedTensor, StoredTensor } from '../checkpoint';
import type { CheckpointFormat } from '../format';
import { readArray } from './npy';
import { isZip } from './torchZip';

/** An archive of NumPy arrays, stored (`savez`) or deflated (`savez_compressed`). */
export const npz: CheckpointFormat = {
  id: 'npz',
  title: 'NumPy archive',
  source: {
    authors: 'NumPy',
    year: 2007,
    title: 'NumPy',
    id: 'numpy/numpy',
    where: 'numpy/lib/npyio.py, savez and savez_compressed',
  },
  files: '.npz',
  recognise: (head, name) => isZip(head) && name.endsWith('.npz'),
  read: async (source, { fs }) => {
    const archive = await ZipArchive.open(source, fs.inflater);
    const tensors: StoredTensor[] = [];
    const skipped: SkippedTensor[] = [];
    for (const { name: entry } of archive.entries) {
      const name = entry.replace(/\.npy$/, '');
      try {
        const array = await readArray(archive.content(entry)!, name);
        tensors.push(...array.tensors);
        skipped.push(...array.skipped);
      } catch (error) {
        skipped.push({ name, file: source.file, reason: messageOf(error) });
      }
    }
    return { tensors, skipped, paramGroups: [] };
  },
};
