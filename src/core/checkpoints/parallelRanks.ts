import type { LayerKind, StoredChunk, StoredTensor } from './checkpoint';
import { bytesOf } from './dtypes';
import { understandName } from './matrices/layerNames';

/** The part of a tensor-parallel checkpoint that a file is: ranks of one stage together hold each tensor. */
export interface RankPlace {
  readonly rank: number;
  /** Pipeline stage or expert group, as it is written; empty when there is none. */
  readonly stage: string;
}

/**
 * Where the rank stands in a path: Megatron `mp_rank_01/…`, `mp_rank_01_002/…`, DeepSpeed `mp_rank_01_model_states.pt`, Meta
 * `consolidated.01.pth`. Undefined for other files.
 */
export function rankPlace(path: string): RankPlace | undefined {
  const [file = '', folder = ''] = path.split(/[/\\]/).reverse();
  const [, rank, stage = ''] =
    /^mp_rank_(\d+)((?:_\d+)*)$/.exec(folder) ??
    /^mp_rank_(\d+)_model_states\.pt$/.exec(file) ??
    /^consolidated\.(\d+)\.(?:pth|safetensors)$/.exec(file) ??
    [];
  return rank === undefined ? undefined : { rank: Number(rank), stage };
}

/** Along which side ranks hold a matrix (Megatron-LM, arXiv 1909.08053, section 3): outputs are rows, inputs columns. */
const SPLIT: Partial<Record<LayerKind, 'rows' | 'columns'>> = {
  q: 'rows',
  k: 'rows',
  v: 'rows',
  gate: 'rows',
  up: 'rows',
  head: 'rows',
  o: 'columns',
  down: 'columns',
};

/** Kinds whose inputs are the width of the model and are never cut. */
const READERS: ReadonlySet<LayerKind> = new Set(['q', 'qkv', 'k', 'v']);

/** Width of the model as the matrices of one rank show it; undefined when none does. */
export function widthOfRank(tensors: readonly StoredTensor[]): number | undefined {
  return tensors.find(({ name, shape }) => shape.length === 2 && READERS.has(understandName(name).kind))?.shape[1];
}

/**
 * The whole of a tensor of which each rank, in order, holds a part. Null when its name or its shapes do not say how it was cut; then
 * each part is a matrix of its own. `width`: of the model.
 */
export function mergedRanks(parts: readonly StoredTensor[], width: number): StoredTensor | null {
  const [first] = parts;
  if (first === undefined || first.shape.length !== 2) return null;
  if (parts.some(({ dtype, shape }) => dtype !== first.dtype || String(shape) !== String(first.shape))) return null;
  const { kind, fused, lora } = understandName(first.name);
  if (lora !== null) return null;
  const [rows, columns] = first.shape as [number, number];
  const count = parts.length;
  if (kind === 'embedding' && columns * count === width) return joined(parts, 1);
  const along = kind === 'embedding' || fused === 'qkvHeads' ? 'rows' : SPLIT[kind];
  if (along === 'columns') return rows === width ? joined(parts, 1) : null;
  if (columns !== width) return null;
  if (fused === 'gateUp' || fused === 'upGate') return rows % 2 === 0 ? joinedHalves(parts) : null;
  return along === 'rows' ? joined(parts, 0) : null;
}

/** Parts side by side along a dimension. */
function joined(parts: readonly StoredTensor[], dimension: 0 | 1): StoredTensor {
  const [first] = parts as [StoredTensor];
  const size = first.shape[dimension]!;
  const chunks = parts.flatMap((part, i) => part.chunks.map((chunk) => moved(chunk, dimension, i * size)));
  return { ...first, shape: first.shape.map((each, i) => (i === dimension ? each * parts.length : each)), chunks };
}

/** Parts of which each has rows of the first half of the whole, and below them as many of the second. */
function joinedHalves(parts: readonly StoredTensor[]): StoredTensor {
  const [first] = parts as [StoredTensor];
  const half = first.shape[0]! / 2;
  const chunks = parts.flatMap((part, i) =>
    part.chunks.flatMap((chunk) => [
      ...rowsWithin(chunk, 0, half, part).map((upper) => moved(upper, 0, i * half)),
      ...rowsWithin(chunk, half, 2 * half, part).map((lower) => moved(lower, 0, (parts.length - 1 + i) * half)),
    ]),
  );
  return { ...first, shape: [first.shape[0]! * parts.length, first.shape[1]!], chunks };
}

function moved(chunk: StoredChunk, dimension: 0 | 1, by: number): StoredChunk {
  return { ...chunk, start: chunk.start.map((at, i) => (i === dimension ? at + by : at)) };
}

/** The part of a chunk in the rows [from, to); none when it has none. */
function rowsWithin(chunk: StoredChunk, from: number, to: number, { dtype }: StoredTensor): StoredChunk[] {
  const [top, left] = chunk.start as [number, number];
  const [first, last] = [Math.max(from, top), Math.min(to, top + chunk.shape[0]!)];
  if (first >= last) return [];
  const offset = chunk.offset + bytesOf(dtype, (first - top) * chunk.strides[0]!);
  return [{ ...chunk, start: [first, left], shape: [last - first, chunk.shape[1]!], offset }];
}
