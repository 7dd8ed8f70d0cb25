import { LosslineError } from '../errors';
import { MAX_SHARD_INDEX, MAX_SHARDS } from '../limits';
import type { FileSystem, FolderEntry } from '../sources/fileSystem';

/** The files that make up one checkpoint. */
export interface CheckpointParts {
  /** Where they are, and the description of the model may be. */
  readonly folder: string;
  readonly files: readonly string[];
  /** Tensors that an index names, with the file each should be in. */
  readonly expected: ReadonlyMap<string, string>;
  /** Files of optimizer states, read only for their parameter groups. */
  readonly optimizers: readonly string[];
}

const INDEX = /\.(safetensors|bin|pt)\.index\.json$/;
/** What a folder's weights are called, the first kind that occurs. */
const KINDS: readonly RegExp[] = [
  INDEX,
  /^\.metadata$/,
  /^(model|pytorch_model|diffusion_pytorch_model|adapter_model|consolidated|params)[\w.-]*\.safetensors$/,
  /\.safetensors$/,
  /^(pytorch_model|adapter_model)[\w.-]*\.bin$/,
  /^(consolidated|mp_rank|model|module|pytorch_model|weights|checkpoint|ckpt|last|best|latest)[\w.=-]*\.(pth?|ckpt)$/,
  /\.(pth?|ckpt|gguf|npz|npy)$/,
];
const OPTIMIZER = /^optimizer\.(pt|bin)$/;
/** Files of states that are no weights, whatever folder they lie in. */
const NO_WEIGHTS =
  /^(optimizer|scheduler|scaler|rng_state|training_args|random_states|zero_pp_rank|bf16_zero|distrib_optim|common)/;
/** Megatron keeps each rank in a folder of its own. */
const RANK_FOLDER = /^mp_rank_\d+/;

/**
 * What belongs to the checkpoint at `path`: itself, the shards of an index, or what a folder holds. Rejects with `file.notFound`, `file.unknownFormat`
 * when a folder holds no checkpoint, `checkpoint.invalid` when an index is broken or names files outside its folder.
 */
export async function checkpointParts(fs: FileSystem, path: string): Promise<CheckpointParts> {
  const stat = await fs.stat(path);
  if (stat === undefined) throw new LosslineError('file.notFound', `Nothing at ${path}.`, path);
  if (stat.isDirectory) return { folder: path, ...(await partsOfFolder(fs, path)) };
  const folder = fs.dirname(path);
  if (INDEX.test(fs.basename(path))) return { folder, ...(await shardsOf(fs, path)), optimizers: [] };
  const file = path.endsWith('.distcp') ? fs.join(folder, '.metadata') : path;
  return { folder, files: [file], expected: new Map(), optimizers: [] };
}

type Found = Omit<CheckpointParts, 'folder'>;

async function partsOfFolder(fs: FileSystem, folder: string): Promise<Found> {
  const entries = await fs.list(folder);
  const names = namesOf(entries, 'file');
  const optimizers = names.filter((name) => OPTIMIZER.test(name)).map((name) => fs.join(folder, name));
  for (const kind of KINDS) {
    const found = names.filter((name) => kind.test(name) && !NO_WEIGHTS.test(name));
    if (found.length === 0) continue;
    const first = fs.join(folder, found[0]!);
    if (kind === INDEX) return { ...(await shardsOf(fs, first)), optimizers };
    const files = found.slice(0, MAX_SHARDS).map((name) => fs.join(folder, name));
    return { files, expected: new Map(), optimizers };
  }
  return partsOfRanks(fs, folder, namesOf(entries, 'folder'));
}

async function partsOfRanks(fs: FileSystem, folder: string, names: readonly string[]): Promise<Found> {
  const files: string[] = [];
  for (const name of names.filter((rank) => RANK_FOLDER.test(rank)).slice(0, MAX_SHARDS)) {
    const inside = namesOf(await fs.list(fs.join(folder, name)), 'file');
    for (const file of inside)
      if (/\.pt$/.test(file) && !NO_WEIGHTS.test(file)) files.push(fs.join(fs.join(folder, name), file));
  }
  if (files.length > 0) return { files, expected: new Map(), optimizers: [] };
  throw new LosslineError('file.unknownFormat', 'The folder holds no checkpoint that can be read.', folder);
}

function namesOf(entries: readonly FolderEntry[], kind: FolderEntry['kind']): string[] {
  return entries.flatMap((entry) => (entry.kind === kind ? [entry.name] : [])).sort();
}

/** `{"metadata": …, "weight_map": {name: file}}` as Hugging Face writes it. */
async function shardsOf(fs: FileSystem, path: string): Promise<Pick<CheckpointParts, 'files' | 'expected'>> {
  const invalid = (message: string): LosslineError => new LosslineError('checkpoint.invalid', message, path);
  const size = (await fs.stat(path))?.size ?? 0;
  if (size > MAX_SHARD_INDEX) throw invalid(`An index of ${size} bytes is more than ${MAX_SHARD_INDEX}.`);
  const map = weightMap(await fs.read(path, 0, size));
  if (map === undefined) throw invalid('The index has no weight_map.');
  const expected = new Map<string, string>();
  const files = new Set<string>();
  for (const [name, file] of Object.entries(map)) {
    if (typeof file !== 'string' || !/^[^/\\\0]+$/.test(file) || /^\.+$/.test(file)) {
      throw invalid(`The index puts ${name} into ${JSON.stringify(file)}, which is no file beside it.`);
    }
    files.add(fs.join(fs.dirname(path), file));
    expected.set(name, fs.join(fs.dirname(path), file));
  }
  if (files.size === 0 || files.size > MAX_SHARDS) throw invalid(`The index names ${files.size} files.`);
  return { files: [...files].sort(), expected };
}

function weightMap(bytes: Uint8Array): object | undefined {
  try {
    const index: { weight_map?: unknown } | null = JSON.parse(new TextDecoder().decode(bytes));
    const map = index?.weight_map;
    return typeof map === 'object' && map !== null ? map : undefined;
  } catch {
    return undefined;
  }
}
