import { LosslineError, messageOf } from '../errors';
import { copyOf } from './bytes/byteSource';
import type { CheckpointFiles } from './bytes/fileBytes';
import type { CheckpointFormatId, ParamGroup, SkippedTensor, StoredCheckpoint, StoredTensor } from './checkpoint';
import { HEAD } from './format';
import type { CheckpointParts } from './parts';
import { CHECKPOINT_FORMATS } from './registry';

/** What was read of one file. */
interface ReadPart {
  readonly path: string;
  readonly format: CheckpointFormatId;
  readonly stored: StoredCheckpoint;
}

/**
 * What the files of a checkpoint hold together. A file that cannot be read is skipped while another can. Tensors that
 * an index names and no file has are skipped too; where files have tensors of the same name, names begin with that of
 * the file.
 */
export async function readParts(
  files: CheckpointFiles,
  { files: paths, expected }: CheckpointParts,
): Promise<{ format: CheckpointFormatId; stored: StoredCheckpoint }> {
  const parts: ReadPart[] = [];
  const skipped: SkippedTensor[] = [];
  let failure: unknown;
  for (const path of paths) {
    try {
      parts.push(await readPart(files, path));
    } catch (error) {
      failure ??= error;
      skipped.push({ name: files.fs.basename(path), file: path, reason: messageOf(error) });
    }
  }
  const [first] = parts;
  if (first === undefined) throw failure;
  const stored = {
    ...first.stored,
    tensors: namedApart(parts, (path) => labelOf(files, path)),
    skipped: [...skipped, ...parts.flatMap((part) => part.stored.skipped)],
    paramGroups: parts.flatMap((part) => part.stored.paramGroups),
  };
  return { format: first.format, stored: { ...stored, skipped: [...stored.skipped, ...missing(expected, stored)] } };
}

async function readPart(files: CheckpointFiles, path: string): Promise<ReadPart> {
  const source = await files.source(path);
  const head = await source.read(0, Math.min(HEAD, source.size), copyOf);
  const name = files.fs.basename(path);
  const format = CHECKPOINT_FORMATS.find((candidate) => candidate.recognise(head, name));
  if (format === undefined) {
    throw new LosslineError('file.unknownFormat', 'This is no checkpoint that can be read.', path);
  }
  return { path, format: format.id, stored: await format.read(source, files) };
}

/** The parameter groups in files of optimizer states; files that cannot be read have none. */
export async function paramGroupsIn(files: CheckpointFiles, paths: readonly string[]): Promise<ParamGroup[]> {
  const groups: ParamGroup[] = [];
  for (const path of paths) {
    const part = await readPart(files, path).catch(() => undefined);
    if (part !== undefined) groups.push(...part.stored.paramGroups);
  }
  return groups;
}

/** The folder of a rank, or the file without its ending. */
function labelOf({ fs }: CheckpointFiles, path: string): string {
  const folder = fs.basename(fs.dirname(path));
  return /^mp_rank_/.test(folder) ? folder : fs.basename(path).replace(/\.\w+$/, '');
}

function namedApart(parts: readonly ReadPart[], label: (path: string) => string): StoredTensor[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { stored } of parts) {
    for (const { name } of stored.tensors) {
      if (seen.has(name)) repeated.add(name);
      seen.add(name);
    }
  }
  return parts.flatMap(({ path, stored }) =>
    stored.tensors.map((tensor) =>
      repeated.has(tensor.name) ? { ...tensor, name: `${label(path)}.${tensor.name}` } : tensor,
    ),
  );
}

function missing(expected: ReadonlyMap<string, string>, stored: StoredCheckpoint): SkippedTensor[] {
  const found = new Set([...stored.tensors, ...stored.skipped].map(({ name }) => name));
  return [...expected].flatMap(([name, file]) => (found.has(name) ? [] : [{ name, file, reason: 'not in its file' }]));
}
