import { LosslineError } from '../errors';
import { MAX_SHARD_INDEX, MAX_SHARDS } from '../limits';
import type { FileSystem } from '../sources/fileSystem';
import { rankFolders, SHARD_INDEX, weightsIn } from './weightFiles';

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

/**
 * What belongs to the checkpoint at `path`: itself, the shards of an index, or what a folder holds. Rejects with
 * `file.notFound`, `file.unknownFormat` when a folder holds no checkpoint, `argument.invalid` when it holds several,
 * `checkpoint.invalid` when an index is broken or names files outside its folder.
 */
export async function checkpointParts(fs: FileSystem, path: string): Promise<CheckpointParts> {
  const stat = await fs.stat(path);
  if (stat === undefined) throw new LosslineError('file.notFound', `Nothing at ${path}.`, path);
  if (stat.isDirectory) return { folder: path, ...(await partsOfFolder(fs, path)) };
  const folder = fs.dirname(path);
  if (SHARD_INDEX.test(fs.basename(path))) return { folder, ...(await shardsOf(fs, path)), optimizers: [] };
  const file = path.endsWith('.distcp') ? fs.join(folder, '.metadata') : path;
  return { folder, files: [file], expected: new Map(), optimizers: [] };
}

type Found = Omit<CheckpointParts, 'folder'>;

async function partsOfFolder(fs: FileSystem, folder: string): Promise<Found> {
  const entries = await fs.list(folder);
  const weights = weightsIn(entries);
  if (weights === undefined) return partsOfRanks(fs, folder, rankFolders(entries));
  const { names, together } = weights;
  if (!together && names.length > 1) {
    const message = `The folder holds ${names.length} checkpoints, from ${names[0]} to ${names.at(-1)}: name one of them.`;
    throw new LosslineError('argument.invalid', message, folder);
  }
  const optimizers = weights.optimizers.map((name) => fs.join(folder, name));
  const first = fs.join(folder, names[0]!);
  if (SHARD_INDEX.test(first)) return { ...(await shardsOf(fs, first)), optimizers };
  return { files: names.slice(0, MAX_SHARDS).map((name) => fs.join(folder, name)), expected: new Map(), optimizers };
}

async function partsOfRanks(fs: FileSystem, folder: string, ranks: readonly string[]): Promise<Found> {
  const files: string[] = [];
  for (const rank of ranks.slice(0, MAX_SHARDS)) {
    const inside = fs.join(folder, rank);
    const names = weightsIn(await fs.list(inside))?.names ?? [];
    files.push(...names.map((name) => fs.join(inside, name)));
  }
  if (files.length > 0) return { files, expected: new Map(), optimizers: [] };
  throw new LosslineError('file.unknownFormat', 'The folder holds no checkpoint that can be read.', folder);
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
