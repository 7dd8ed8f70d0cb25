import { MAX_PICKLE } from '../../limits';
import type { ByteSource } from '../bytes/byteSource';
import { readPrefix } from '../bytes/prefix';
import type { StoredCheckpoint } from '../checkpoint';
import type { CheckpointFormat } from '../format';
import { PickleFault } from '../pickle/machine';
import { unpickle } from '../pickle/unpickle';
import type { Persistent, PickleValue } from '../pickle/values';
import { storageName, TORCH_CALLS } from '../torch/objects';
import { asInvalid } from '../torch/readPickle';
import { stateDictOf } from '../torch/stateDict';
import { storedTensors } from '../torch/storedTensors';
import type { StoragePlace } from '../torch/tensorChunk';

/** The magic number 0x1950a86a20f9469cfc6c as a pickle of protocol 2. */
const MAGIC = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
/** Magic number, version of the protocol, properties of the machine, the checkpoint, keys of its storages. */
const PICKLES = 5;
/** Each storage is preceded by its number of entries. */
const COUNT = 8;

/**
 * What `torch.save` wrote before PyTorch 1.6, and still does with `_use_new_zipfile_serialization=False`: five pickles,
 * then the storages one after the other.
 */
export const torchLegacy: CheckpointFormat = {
  id: 'torchLegacy',
  title: 'PyTorch before 1.6',
  source: {
    authors: 'PyTorch',
    year: 2016,
    title: 'PyTorch',
    id: 'pytorch/pytorch',
    where: 'torch/serialization.py, _legacy_save',
  },
  files: '.pt, .pth, .bin',
  recognise: (head) => MAGIC.every((byte, i) => head[i] === byte),
  read,
};

async function read(source: ByteSource): Promise<StoredCheckpoint> {
  const isCut = (error: unknown): boolean => error instanceof PickleFault && error.cut;
  const { values, end, storages } = await readPrefix(source, MAX_PICKLE, picklesIn, isCut).catch((error: unknown) => {
    throw asInvalid(error, source.file);
  });
  const [, , , root, keys] = values;
  const places = await placesOf(source, end, storages, Array.isArray(keys) ? keys : []);
  return storedTensors(stateDictOf(root!, source.file), source.file, ({ key }) => {
    return places.get(key) ?? `its storage ${key} is not in the file`;
  });
}

interface Pickles {
  readonly values: readonly PickleValue[];
  /** Byte after the last of them. */
  readonly end: number;
  readonly storages: readonly Persistent[];
}

function picklesIn(bytes: Uint8Array): Pickles {
  const values: PickleValue[] = [];
  const storages: Persistent[] = [];
  let end = 0;
  for (let i = 0; i < PICKLES; i++) {
    const one = unpickle(bytes.subarray(end), TORCH_CALLS);
    values.push(one.value);
    for (const persistent of one.persistent) storages.push(persistent);
    end += one.end;
  }
  return { values, end, storages };
}

/** Where the storages lie, by key, as far as the file goes. */
async function placesOf(
  source: ByteSource,
  start: number,
  persistent: readonly Persistent[],
  keys: readonly PickleValue[],
): Promise<Map<PickleValue, StoragePlace | string>> {
  const known = new Map(persistent.map((value) => [storageName(value)?.key, storageName(value)]));
  const places = new Map<PickleValue, StoragePlace | string>();
  let at = start;
  for (const key of keys) {
    const storage = typeof key === 'string' ? known.get(key) : undefined;
    if (storage === undefined || at + COUNT > source.size || places.has(key)) break;
    const entries = await source.read(at, COUNT, (bytes) =>
      Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)),
    );
    const size = entries * (storage.dtype?.blockBytes ?? 1);
    at += COUNT;
    if (size > source.size - at) {
      places.set(key, `its storage ends at byte ${at + size} of ${source.size}: the file is cut off`);
      break;
    }
    places.set(key, { source, offset: at, size });
    at += size;
  }
  return places;
}
