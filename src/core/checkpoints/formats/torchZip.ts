import { LosslineError } from '../../errors';
import type { ByteSource } from '../bytes/byteSource';
import { ZipArchive } from '../bytes/zip';
import type { StoredCheckpoint } from '../checkpoint';
import type { CheckpointFormat } from '../format';
import type { StorageName } from '../torch/objects';
import { readPickle } from '../torch/readPickle';
import { stateDictOf } from '../torch/stateDict';
import { storedTensors } from '../torch/storedTensors';
import type { StoragePlace } from '../torch/tensorChunk';

const PICKLE = /^(?:[^/]+\/)?data\.pkl$/;
const LONGEST_WORD = 16;

/**
 * What `torch.save` writes since PyTorch 1.6: a zip archive with the pickle `data.pkl` and each storage as `data/KEY`
 * beside it.
 */
export const torchZip: CheckpointFormat = {
  id: 'torchZip',
  title: 'PyTorch',
  source: {
    authors: 'PyTorch',
    year: 2016,
    title: 'PyTorch',
    id: 'pytorch/pytorch',
    where: 'torch/serialization.py, _save; caffe2/serialize/inline_container.h',
  },
  files: '.pt, .pth, .ckpt, .bin',
  recognise: (head, name) => isZip(head) && !name.endsWith('.npz'),
  read: async (source, files) => readTorchArchive(await ZipArchive.open(source, files.fs.inflater)),
};

/** True for the first bytes of a zip archive that has entries. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
}

/** The tensors of an archive of `torch.save`. */
export async function readTorchArchive(archive: ZipArchive): Promise<StoredCheckpoint> {
  const { file } = archive.source;
  const pickle = [...archive.entries].find(({ name }) => PICKLE.test(name))?.name;
  if (pickle === undefined) throw new LosslineError('file.unknownFormat', 'The archive has no data.pkl.', file);
  const root = pickle.slice(0, -'data.pkl'.length);
  const { value } = await readPickle(archive.content(pickle)!);
  const order = await wordIn(archive.content(`${root}byteorder`));
  return storedTensors(stateDictOf(value, file), file, (storage) =>
    order === 'big' ? 'big-endian entries' : storageIn(archive, `${root}data/`, storage),
  );
}

function storageIn(archive: ZipArchive, folder: string, { key }: StorageName): StoragePlace | string {
  const source = archive.content(folder + key);
  return source === undefined ? `its storage ${key} is not in the archive` : { source, offset: 0, size: source.size };
}

async function wordIn(source: ByteSource | undefined): Promise<string | undefined> {
  return source?.read(0, Math.min(source.size, LONGEST_WORD), (bytes) => new TextDecoder().decode(bytes).trim());
}
