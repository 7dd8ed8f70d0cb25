import type { CancelSignal } from '../cancel';
import type { Checkpoint, CheckpointTensor, ParamGroup, SkippedTensor } from '../checkpoints/checkpoint';
import { openCheckpoint } from '../checkpoints/open';
import type { JobPool } from '../engine/jobs';
import { CancelledError } from '../errors';
import type { FileSystem } from '../sources/fileSystem';
import { type AttentionReport, attentionTasks } from './analyseAttention';
import type { TensorOutcome, TensorReport } from './analyseTensors';
import { bestVariant } from './kernels';
import { type Shard, shardOf } from './shard';
import type { CacheSettings, SpectraCache } from './spectraCache';
import type { SpectraWarning } from './warningRule';
import { warningsOf } from './warnings';

/** How a checkpoint is analysed. */
export interface CheckpointOptions {
  readonly exact?: boolean;
  readonly seed?: number;
  readonly shard?: Shard;
  /** Bytes that one thread may keep of a matrix. */
  readonly budget?: number;
  /** Reports of matrices that were measured before, and where those of today go. */
  readonly cache?: SpectraCache;
  readonly signal?: CancelSignal;
  /** Called after every matrix, in the order in which they are done. */
  readonly onResult?: (report: TensorReport, done: Progress) => void;
}

/** How far an analysis is. */
export interface Progress {
  readonly bytes: number;
  readonly ofBytes: number;
  readonly matrices: number;
  readonly ofMatrices: number;
}

/** All that spectra say of a checkpoint. */
export interface CheckpointReport {
  /** In the order of the checkpoint. */
  readonly tensors: readonly TensorReport[];
  readonly skipped: readonly SkippedTensor[];
  /** Bounds on attention logits by layer, or why there are none. */
  readonly attention: { readonly layers: readonly AttentionReport[]; readonly reason: string | null };
  readonly warnings: readonly SpectraWarning[];
  readonly paramGroups: readonly ParamGroup[];
  readonly step: number | null;
}

/**
 * Analyses every matrix of the checkpoint at `path` on the threads of `pool`, the smallest first. A matrix that cannot be
 * read is skipped with the reason and the rest goes on. Rejects as `openCheckpoint` does, when a thread dies, and with `CancelledError`.
 */
export async function analyseCheckpoint(
  fs: FileSystem,
  pool: JobPool,
  path: string,
  options: CheckpointOptions = {},
): Promise<CheckpointReport> {
  const checkpoint = await openCheckpoint(fs, path);
  try {
    return await analyseOpen(checkpoint, pool, options);
  } finally {
    await checkpoint.close();
  }
}

async function analyseOpen(
  checkpoint: Checkpoint,
  pool: JobPool,
  options: CheckpointOptions,
): Promise<CheckpointReport> {
  const { path } = checkpoint;
  const { exact = false, seed, budget, cache, signal } = options;
  const units = shardOf(unitsOf(checkpoint.tensors), options.shard);
  const skipped: SkippedTensor[] = [...checkpoint.skipped];
  const reports = new Map<Unit, TensorReport>();
  const ofBytes = units.reduce((sum, unit) => sum + unit.bytes, 0);
  let [bytes, matrices] = [0, 0];
  const settle = (unit: Unit, outcome: TensorOutcome): void => {
    bytes += unit.bytes;
    matrices++;
    if ('failed' in outcome) {
      const name = unit.tensors.map((tensor) => tensor.name).join(' ');
      skipped.push({ name, file: unit.tensors[0]!.file, reason: outcome.failed });
      return;
    }
    reports.set(unit, outcome);
    options.onResult?.(outcome, { bytes, ofBytes, matrices, ofMatrices: units.length });
  };
  const { known, keys } = await cachedReports(units, cache, { exact, ...(seed !== undefined && { seed }) }, signal);
  for (const [unit, report] of known) settle(unit, report);
  const settings = { exact, ...(seed !== undefined && { seed }), ...(budget !== undefined && { budget }) };
  const run = async (batch: readonly Unit[]): Promise<void> => {
    const names = batch.map(({ tensors }) => tensors.map(({ name }) => name));
    const outcomes = await pool.run('spectra', { path, matrices: names, options: settings }, signal);
    for (const [i, outcome] of outcomes.entries()) {
      settle(batch[i]!, outcome);
      const key = keys.get(batch[i]!);
      if (key !== undefined && !('failed' in outcome)) await cache?.put(key, outcome);
    }
  };
  await Promise.all(batchesOf(units.filter((unit) => !known.has(unit))).map(run));
  const { tasks, reason } = attentionTasks(checkpoint);
  const chosen = shardOf(tasks, options.shard);
  const layers = await Promise.all(chosen.map((task) => pool.run('attention', task, options.signal)));
  const order = new Map(checkpoint.tensors.map((tensor, i) => [tensor, i]));
  const tensors = [...reports]
    .sort(([a], [b]) => order.get(a.tensors[0]!)! - order.get(b.tensors[0]!)!)
    .map(([, report]) => report);
  const { paramGroups, step } = checkpoint;
  return { tensors, skipped, attention: { layers, reason }, warnings: warningsOf(tensors, layers), paramGroups, step };
}

/** The units whose reports are in the cache, and the keys of all. */
async function cachedReports(
  units: readonly Unit[],
  cache: SpectraCache | undefined,
  settings: Omit<CacheSettings, 'variant'>,
  signal: CancelSignal | undefined,
): Promise<{ known: Map<Unit, TensorReport>; keys: Map<Unit, string> }> {
  const known = new Map<Unit, TensorReport>();
  const keys = new Map<Unit, string>();
  if (cache === undefined) return { known, keys };
  const variant = bestVariant();
  for (const unit of units) {
    if (signal?.aborted) throw new CancelledError();
    const key = await cache.keyOf(unit.tensors, { ...settings, variant });
    if (key === null) continue;
    keys.set(unit, key);
    const report = await cache.get(key);
    if (report !== null) known.set(unit, report);
  }
  return { known, keys };
}

/** Bytes of matrices that one job analyses, at least one matrix. */
const BATCH_BYTES = 16 * 1024 * 1024;

/** What is analysed as one matrix. */
interface Unit {
  readonly tensors: readonly CheckpointTensor[];
  readonly bytes: number;
}

/** Every tensor by itself, but factors B and A of one low-rank update together; the smallest first. */
function unitsOf(tensors: readonly CheckpointTensor[]): Unit[] {
  const updates = new Map<string, CheckpointTensor>();
  for (const tensor of tensors) if (tensor.lora?.factor === 'A') updates.set(tensor.lora.module, tensor);
  const paired = new Set<CheckpointTensor>();
  const units: Unit[] = [];
  for (const tensor of tensors) {
    const partner = tensor.lora?.factor === 'B' ? updates.get(tensor.lora.module) : undefined;
    if (partner === undefined || partner.shape[0] !== tensor.shape[1]) continue;
    paired.add(tensor).add(partner);
    units.push({ tensors: [tensor, partner], bytes: tensor.bytes + partner.bytes });
  }
  for (const tensor of tensors) if (!paired.has(tensor)) units.push({ tensors: [tensor], bytes: tensor.bytes });
  return units.sort((a, b) => a.bytes - b.bytes);
}

/** Neighbours together until a batch is worth opening the checkpoint for. */
function batchesOf(units: readonly Unit[]): Unit[][] {
  const batches: Unit[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const unit of units) {
    if (bytes + unit.bytes > BATCH_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)!.push(unit);
    bytes += unit.bytes;
  }
  return batches;
}
