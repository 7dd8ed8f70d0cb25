import { LosslineError } from '../../errors';
import { MAX_TENSORS } from '../../limits';
import type { ByteSource } from '../bytes/byteSource';
import type { CheckpointFiles } from '../bytes/fileBytes';
import { checkRange, Slice } from '../bytes/slice';
import { ZipArchive } from '../bytes/zip';
import type { SkippedTensor, StoredCheckpoint, StoredChunk, StoredTensor } from '../checkpoint';
import { bytesOf, type Dtype } from '../dtypes';
import type { CheckpointFormat } from '../format';
import { Inert, PickleDict, type PickleValue } from '../pickle/values';
import { denseStrides, entriesOf, shapeFault } from '../shapes';
import { isNumbers, torchDtype } from '../torch/objects';
import { readPickle } from '../torch/readPickle';
import { OPTIMIZER_KEY } from '../torch/stateDict';
import { readTorchArchive } from './torchZip';

/** Chunks of one tensor: that many ranks hold parts of it. */
const MAX_CHUNKS = 1024;

/**
 * A checkpoint of `torch.distributed.checkpoint`, also Megatron's `torch_dist`: the pickle `.metadata` says which box
 * of which tensor lies where in the `.distcp` files beside it; each box there is a file of `torch.save`.
 */
export const distcp: CheckpointFormat = {
  id: 'distcp',
  title: 'PyTorch distributed',
  source: {
    authors: 'PyTorch',
    year: 2016,
    title: 'PyTorch',
    id: 'pytorch/pytorch',
    where: 'torch/distributed/checkpoint/metadata.py, filesystem.py',
  },
  files: '.metadata with .distcp beside it',
  recognise: (_head, name) => name === '.metadata',
  read,
};

async function read(source: ByteSource, files: CheckpointFiles): Promise<StoredCheckpoint> {
  const { value } = await readPickle(source);
  const metadata = value instanceof Inert ? value : undefined;
  const described = metadata?.attribute('state_dict_metadata');
  const places = metadata?.attribute('storage_data');
  if (!(described instanceof PickleDict) || !(places instanceof PickleDict)) {
    throw new LosslineError('checkpoint.invalid', 'This describes no distributed checkpoint.', source.file, 0);
  }
  const reader = new Reader(source.file, files, placesByName(places));
  for (const [name, tensor] of described.entries) if (typeof name === 'string') await reader.add(name, tensor);
  return reader.result();
}

/** Where the boxes of tensors lie: by name, then by the index of their first entry, which is empty for a whole tensor. */
type Places = ReadonlyMap<PickleValue, ReadonlyMap<string, Inert>>;

function placesByName(places: PickleDict): Places {
  const byName = new Map<PickleValue, Map<string, Inert>>();
  for (const [index, info] of places.entries) {
    if (!(index instanceof Inert) || !(info instanceof Inert)) continue;
    const name = index.attribute('fqn') ?? null;
    const boxes = byName.get(name) ?? new Map<string, Inert>();
    byName.set(name, boxes);
    boxes.set((numbers(index.attribute('offset')) ?? []).join(), info);
  }
  return byName;
}

function numbers(value: PickleValue | undefined): readonly number[] | undefined {
  return isNumbers(value) ? value : undefined;
}

class Reader {
  readonly #tensors: StoredTensor[] = [];
  readonly #skipped: SkippedTensor[] = [];
  readonly #optimizer = new Map<string, number>();
  #chunks = 0;

  constructor(
    readonly file: string,
    readonly files: CheckpointFiles,
    readonly places: Places,
  ) {}

  async add(name: string, described: PickleValue): Promise<void> {
    const part = optimizerPart(name);
    if (part !== undefined) {
      this.#optimizer.set(part, (this.#optimizer.get(part) ?? 0) + 1);
      return;
    }
    const tensor = described instanceof Inert ? await this.#tensor(name, described) : 'not described';
    if (typeof tensor === 'string') this.#skipped.push({ name, file: this.file, reason: tensor });
    else if (this.#tensors.length < MAX_TENSORS) this.#tensors.push(tensor);
  }

  result(): StoredCheckpoint {
    const states = [...this.#optimizer].map(([name, count]) => ({
      name,
      file: this.file,
      reason: `optimizer state, ${count} entries`,
    }));
    return { tensors: this.#tensors, skipped: [...this.#skipped, ...states], paramGroups: [] };
  }

  async #tensor(name: string, described: Inert): Promise<StoredTensor | string> {
    const shape = numbers(described.attribute('size'));
    const boxes = described.attribute('chunks');
    if (shape === undefined || !Array.isArray(boxes)) return 'an object, not a tensor';
    const dtype = dtypeIn(described.attribute('properties'));
    if (dtype === undefined) return 'its dtype is not known';
    const fault = shapeFault(shape);
    if (fault !== null) return fault;
    if (boxes.length > MAX_CHUNKS) return `${boxes.length} chunks are more than ${MAX_CHUNKS}`;
    this.#chunks += boxes.length;
    if (this.#chunks > MAX_TENSORS) return `more than ${MAX_TENSORS} chunks in all`;
    const chunks: StoredChunk[] = [];
    for (const box of boxes) {
      const chunk = box instanceof Inert ? await this.#chunk(name, box, dtype) : 'a chunk is not described';
      if (typeof chunk === 'string') return chunk;
      chunks.push(chunk);
    }
    return coverFault(shape, chunks) ?? { name, aliases: [], dtype, shape, chunks };
  }

  async #chunk(name: string, box: Inert, dtype: Dtype): Promise<StoredChunk | string> {
    const start = numbers(box.attribute('offsets'));
    const shape = numbers(box.attribute('sizes'));
    if (start === undefined || shape === undefined) return 'a chunk has no offsets or sizes';
    const boxes = this.places.get(name);
    const info = boxes?.get(start.join()) ?? boxes?.get('');
    if (info === undefined) return `its chunk at [${start.join(', ')}] is in no file`;
    const path = info.attribute('relative_path');
    const offset = info.attribute('offset');
    const length = info.attribute('length');
    const transforms = info.attribute('transform_descriptors');
    if (Array.isArray(transforms) && transforms.length > 0) return 'its chunks are compressed';
    if (typeof path !== 'string' || typeof offset !== 'number' || typeof length !== 'number')
      return 'a chunk has no place';
    if (!/^[^/\\\0]+$/.test(path) || /^\.+$/.test(path))
      return `its file ${JSON.stringify(path)} is none beside .metadata`;
    const { fs } = this.files;
    const source = await this.files.source(fs.join(fs.dirname(this.file), path)).catch(() => undefined);
    if (source === undefined) return `its file ${path} is missing`;
    if (!(offset >= 0 && length >= 0 && offset + length <= source.size)) {
      return `its chunk ends at byte ${offset + length} of ${source.size} in ${path}: the file is cut off`;
    }
    const saved = new SavedBox(new Slice(source, offset, length), shape, dtype, this.files);
    return { start, shape, strides: denseStrides(shape), source: saved, offset: 0 };
  }
}

/** The path up to an optimizer's state: `optim`, `app.optim`, `chained_0.optimizer`; undefined for a weight. */
function optimizerPart(name: string): string | undefined {
  const [first = '', second = ''] = name.split('.', 2);
  if (OPTIMIZER_KEY.test(first)) return first;
  return OPTIMIZER_KEY.test(second) ? `${first}.${second}` : undefined;
}

/** The dtype in `TensorProperties`, whose state is a tuple or attributes. */
function dtypeIn(properties: PickleValue | undefined): Dtype | undefined {
  if (!(properties instanceof Inert)) return undefined;
  const { state } = properties;
  return torchDtype(Array.isArray(state) ? state[0] : properties.attribute('dtype'));
}

/** Why chunks do not cover a tensor exactly once; null when they do. */
function coverFault(shape: readonly number[], chunks: readonly StoredChunk[]): string | null {
  const inside = ({ start, shape: size }: StoredChunk): boolean =>
    start.length === shape.length &&
    size.length === shape.length &&
    shape.every((all, i) => start[i]! >= 0 && size[i]! >= 0 && start[i]! + size[i]! <= all);
  if (!chunks.every(inside)) return 'a chunk lies outside of it';
  const covered = chunks.reduce((sum, chunk) => sum + entriesOf(chunk.shape), 0);
  if (covered !== entriesOf(shape)) return `its chunks have ${covered} of ${entriesOf(shape)} entries`;
  const apart = (a: StoredChunk, b: StoredChunk): boolean =>
    a.start.some((from, i) => from + a.shape[i]! <= b.start[i]! || b.start[i]! + b.shape[i]! <= from);
  const overlap = chunks.some((a, i) => chunks.slice(i + 1).some((b) => !apart(a, b)));
  return overlap ? 'its chunks overlap' : null;
}

/** The entries of a box, dense: the archive that holds them is looked into at the first read. */
class SavedBox implements ByteSource {
  readonly size: number;
  #content: Promise<StoredChunk> | undefined;

  constructor(
    readonly slice: ByteSource,
    readonly shape: readonly number[],
    readonly dtype: Dtype,
    readonly files: CheckpointFiles,
  ) {
    this.size = bytesOf(dtype, entriesOf(shape));
  }

  get path(): string {
    return this.slice.path;
  }

  get file(): string {
    return this.slice.file;
  }

  async read<T>(offset: number, length: number, use: (bytes: Uint8Array) => T): Promise<T> {
    checkRange(this, offset, length);
    this.#content ??= this.#open();
    const chunk = await this.#content;
    return chunk.source.read(chunk.offset + offset, length, use);
  }

  async #open(): Promise<StoredChunk> {
    const { tensors } = await readTorchArchive(await ZipArchive.open(this.slice, this.files.fs.inflater));
    const [tensor] = tensors;
    const [chunk] = tensor?.chunks ?? [];
    const dense = denseStrides(this.shape);
    const fits =
      tensor?.dtype === this.dtype &&
      tensor.shape.join() === this.shape.join() &&
      tensor.shape.every((size, i) => size === 1 || chunk!.strides[i] === dense[i]);
    if (chunk === undefined || !fits) {
      throw new LosslineError('checkpoint.invalid', 'A chunk is not what the metadata says.', this.file);
    }
    return chunk;
  }
}
