import type { Checkpoint, CheckpointTensor } from '../checkpoints/checkpoint';
import { layerPath } from '../checkpoints/matrices/layerNames';
import { readRows } from '../checkpoints/rowReader';
import { withCheckpoint } from '../checkpoints/withCheckpoint';
import type { FileSystem } from '../sources/fileSystem';
import { tensorNamed } from './checkpointRows';
import { type Kernels, withThreadKernels } from './kernels';
import { attentionLogitBounds, type LogitBound } from './measures/attentionLogit';

/** Query and key projection of one layer, by name. */
export interface AttentionTask {
  readonly path: string;
  readonly layer: number | null;
  readonly query: string;
  readonly key: string;
  readonly heads: number;
  readonly keyHeads: number;
  /** The norm before them whose gain multiplies their inputs, by name, and what is added to it; null: none is known. */
  readonly gain: string | null;
  readonly gainOffset: number;
}

/** Bounds on the attention logits of one layer. */
export interface AttentionReport {
  readonly layer: number | null;
  readonly query: string;
  readonly key: string;
  readonly heads: number;
  readonly keyHeads: number;
  /** Norm whose gain is in the bounds, by name; null: a gain of 1 was taken. */
  readonly gain: string | null;
  /** One for each query head, in order. */
  readonly bounds: readonly LogitBound[];
}

/** Bounds of one task. Rejects as reading the checkpoint does. */
export async function analyseAttention(fs: FileSystem, task: AttentionTask): Promise<AttentionReport> {
  const { path, gainOffset: _, ...facts } = task;
  return withCheckpoint(fs, path, async (checkpoint) => {
    const bounds = await withThreadKernels((kernels) => boundsOf(kernels, checkpoint, task));
    return { ...facts, bounds };
  });
}

function boundsOf(kernels: Kernels, checkpoint: Checkpoint, task: AttentionTask): Promise<LogitBound[]> {
  const { heads, keyHeads } = task;
  const [query, key] = [tensorNamed(checkpoint, task.query), tensorNamed(checkpoint, task.key)];
  const load = async (tensor: CheckpointTensor): Promise<number> => {
    const [rows, columns] = tensor.shape;
    const at = kernels.allocate(rows * columns * 4);
    await checkpoint.readRows(tensor, 0, rows, kernels.f32(at, rows * columns));
    return at;
  };
  return kernels.scope(async () => {
    const [q, k] = [await load(query), await load(key)];
    const [rows, width] = query.shape;
    const gain = task.gain === null ? undefined : checkpoint.vectors.get(task.gain);
    if (gain !== undefined) {
      const { values } = await readRows(gain, 0, 1);
      const gains = values.map((value) => value + task.gainOffset);
      multiplyColumns(kernels.f32(q, rows * width), gains);
      multiplyColumns(kernels.f32(k, key.shape[0] * width), gains);
    }
    return attentionLogitBounds(kernels, q, k, { heads, keyHeads, headSize: rows / heads, width });
  });
}

function multiplyColumns(values: Float32Array, factors: Float32Array): void {
  for (let i = 0, column = 0; i < values.length; i++) {
    values[i]! *= factors[column]!;
    if (++column === factors.length) column = 0;
  }
}

/** Norms in front of attention, as the models of `layerNames.ts` call them. */
const NORM =
  /(^|\.)(input_layernorm|ln_1|ln1|attention_norm|attn_norm|norm_?1|input_norm|layer_norm1|pre_attention_(layer)?norm)\.weight$/;

/** Names of the gains in front of attention, by the path of their layer. */
function gainsOf({ vectors }: Checkpoint): Map<string, string> {
  return new Map([...vectors.keys()].flatMap((name) => (NORM.test(name) ? [[layerPath(name), name] as const] : [])));
}

/** What the attention of a checkpoint can be asked, or why it cannot. */
export function attentionTasks(checkpoint: Checkpoint): { tasks: AttentionTask[]; reason: string | null } {
  const { heads, tensors, skipped, path } = checkpoint;
  if (tensors.every(({ kind }) => kind !== 'k')) return { tasks: [], reason: 'no key projections' };
  if (heads === null)
    return { tasks: [], reason: 'neither the checkpoint nor a config.json beside it tells the number of heads' };
  if (skipped.some(({ name }) => /(^|\.)(q|k|query|key)_?(layer)?norm\b/.test(name))) {
    return { tasks: [], reason: 'queries and keys are normalised' };
  }
  const keys = new Map(tensors.filter(({ kind }) => kind === 'k').map((tensor) => [moduleOf(tensor), tensor]));
  const gains = gainsOf(checkpoint);
  const tasks = tensors.flatMap((query): AttentionTask[] => {
    const key = query.kind === 'q' ? keys.get(moduleOf(query)) : undefined;
    if (key === undefined || !fits(query, key, heads)) return [];
    const named = gains.get(layerPath(query.name));
    const gain = named !== undefined && checkpoint.vectors.get(named)?.shape[1] === query.shape[1] ? named : null;
    const norm = { gain, gainOffset: heads.gainOffset ?? 0 };
    const names = { query: query.name, key: key.name };
    return [{ path, layer: query.layer, ...names, heads: heads.query, keyHeads: heads.key, ...norm }];
  });
  return { tasks, reason: null };
}

/** Path of the module that holds the projection. */
function moduleOf({ name }: CheckpointTensor): string {
  return name.split('.').slice(0, -2).join('.');
}

function fits(query: CheckpointTensor, key: CheckpointTensor, heads: { query: number; key: number }): boolean {
  const [headSize, keySize] = [query.shape[0] / heads.query, key.shape[0] / heads.key];
  return Number.isInteger(headSize) && headSize === keySize && headSize <= 1024 && query.shape[1] === key.shape[1];
}
