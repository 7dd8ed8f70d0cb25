import { LosslineError, messageOf } from '../errors';
import { copyOf } from './bytes/byteSource';
import type { CheckpointFiles } from './bytes/fileBytes';
import type { CheckpointFormatId, ParamGroup, SkippedTensor, StoredCheckpoint, StoredTensor } from './checkpoint';
import { HEAD } from './format';
import { mergedRanks, rankPlace, widthOfRank } from './parallelRanks';
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
 * an index names and no file has are skipped too. What tensor-parallel ranks hold in parts is put together where names and shapes say
 * how it was cut; where files have other tensors of the same name, names begin with that of the file.
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

/** Tensors of several files under names of their own: what ranks hold in parts becomes one, other namesakes get the name of their file. */
function namedApart(parts: readonly ReadPart[], label: (path: string) => string): StoredTensor[] {
  const merged = mergedParts(parts);
  const names = new Map<string, number>();
  for (const { stored } of parts) {
    for (const { name } of stored.tensors) names.set(name, (names.get(name) ?? 0) + 1);
  }
  return parts.flatMap(({ path, stored }) =>
    stored.tensors.flatMap((tensor) => {
      const whole = merged.get(tensor);
      if (whole !== undefined) return whole === null ? [] : [whole];
      return [names.get(tensor.name)! > 1 ? { ...tensor, name: `${label(path)}.${tensor.name}` } : tensor];
    }),
  );
}

/** For tensors whose parts several ranks hold: the whole in the place of the first part, null in the places of the others. */
function mergedParts(parts: readonly ReadPart[]): Map<StoredTensor, StoredTensor | null> {
  const stages = new Map<string, { rank: number; tensors: readonly StoredTensor[] }[]>();
  for (const { path, stored } of parts) {
    const place = rankPlace(path);
    if (place === undefined) return new Map();
    const ranks = stages.get(place.stage) ?? [];
    ranks.push({ rank: place.rank, tensors: stored.tensors });
    stages.set(place.stage, ranks);
  }
  const merged = new Map<StoredTensor, StoredTensor | null>();
  // Stages count their layers anew, so names of several stages mean several matrices.
  for (const ranks of stages.size === 1 ? stages.values() : []) {
    ranks.sort((a, b) => a.rank - b.rank);
    const width = widthOfRank(ranks[0]!.tensors);
    if (width === undefined || ranks.length < 2) continue;
    const byName = ranks.map(({ tensors }) => new Map(tensors.map((tensor) => [tensor.name, tensor])));
    for (const tensor of ranks[0]!.tensors) {
      const found = byName.flatMap((rank) => rank.get(tensor.name) ?? []);
      const whole = found.length === ranks.length ? mergedRanks(found, width) : null;
      if (whole === null) continue;
      found.forEach((part, i) => {
        merged.set(part, i === 0 ? whole : null);
      });
    }
  }
  return merged;
}

function missing(expected: ReadonlyMap<string, string>, stored: StoredCheckpoint): SkippedTensor[] {
  const found = new Set([...stored.tensors, ...stored.skipped].map(({ name }) => name));
  return [...expected].flatMap(([name, file]) => (found.has(name) ? [] : [{ name, file, reason: 'not in its file' }]));
}
