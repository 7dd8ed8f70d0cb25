import type { SkippedTensor, StoredCheckpoint, StoredTensor } from '../checkpoint';
import type { StorageName, TensorRecord } from './objects';
import type { NamedRecord, StateDict } from './stateDict';
import { chunkOf, type StoragePlace } from './tensorChunk';

/**
 * The tensors of a pickled checkpoint in their storages. `place` finds a storage, or says why it is not there. Tensors
 * of the same entries are tied: one, with the other names as aliases.
 */
export function storedTensors(
  { records, skipped, paramGroups, facts }: StateDict,
  file: string,
  place: (storage: StorageName) => StoragePlace | string,
): StoredCheckpoint {
  const broken: SkippedTensor[] = [];
  const tensors: StoredTensor[] = [];
  for (const same of tiedTogether(records)) {
    const { record } = same[0]!;
    const [name, ...aliases] = same.map(({ path }) => path.join('.')) as [string, ...string[]];
    const found = place(record.storage);
    const chunk = typeof found === 'string' ? found : chunkOf(record, found);
    if (typeof chunk === 'string') broken.push({ name, file, reason: chunk });
    else tensors.push({ name, aliases, dtype: record.dtype, shape: record.shape, chunks: [chunk] });
  }
  return { tensors, skipped: [...broken, ...skipped], paramGroups, ...facts };
}

function tiedTogether(records: readonly NamedRecord[]): Iterable<NamedRecord[]> {
  const groups = new Map<string, NamedRecord[]>();
  for (const named of records) {
    const key = identity(named.record);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [named]);
    else group.push(named);
  }
  return groups.values();
}

function identity({ storage, offset, shape, strides, dtype }: TensorRecord): string {
  return `${dtype.name} ${shape.join()} ${strides.join()} ${offset + storage.viewOffset} ${storage.key}`;
}
