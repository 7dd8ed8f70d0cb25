import type { CancelSignal } from '../cancel';
import type { JobPool } from '../engine/jobs';
import type { CheckpointReport } from './analyseCheckpoint';
import type { TensorReport } from './analyseTensors';
import type { TensorChange } from './compareTensors';

/** What has become of one matrix from a first checkpoint to another. Ratios are other over first. */
export interface MatrixComparison {
  readonly name: string;
  readonly kind: TensorReport['kind'];
  readonly layer: number | null;
  readonly spectralNormRatio: number;
  readonly frobeniusRatio: number;
  readonly hardRankRatio: number;
  readonly softRankRatio: number;
  /** Null when the shapes differ, as between two widths. */
  readonly change: TensorChange | null;
}

/** A checkpoint that was analysed. */
export interface AnalysedCheckpoint {
  readonly path: string;
  readonly report: Pick<CheckpointReport, 'tensors'>;
}

/** Two checkpoints side by side. */
export interface CheckpointComparison {
  readonly matrices: readonly MatrixComparison[];
  /** Names that only one of them has, or has measures for. */
  readonly unmatched: readonly string[];
}

/** How checkpoints are compared. */
export interface ComparisonOptions {
  /** Bytes that one thread may keep of a matrix. */
  readonly budget: number;
  readonly signal?: CancelSignal;
  /** Called after every matrix. */
  readonly onResult?: (done: number, of: number) => void;
}

const SEED = 1;

/**
 * Compares the matrices that two checkpoints share by name: ratios of measures, and how far leading directions have turned where
 * the shapes agree. Rejects as `pool` does.
 */
export async function compareCheckpoints(
  pool: JobPool,
  first: AnalysedCheckpoint,
  other: AnalysedCheckpoint,
  options: ComparisonOptions,
): Promise<CheckpointComparison> {
  const others = new Map(other.report.tensors.map((tensor) => [tensor.name, tensor]));
  const unmatched: string[] = [];
  const pairs = first.report.tensors.flatMap((before): [TensorReport, TensorReport][] => {
    const after = others.get(before.name);
    others.delete(before.name);
    if (after !== undefined && before.measures !== null && after.measures !== null) return [[before, after]];
    unmatched.push(before.name);
    return [];
  });
  const task = { path: first.path, otherPath: other.path, budget: options.budget, seed: SEED };
  let done = 0;
  const matrices = await Promise.all(
    pairs.map(async ([before, after]) => {
      const same = before.rank === null && String(before.shape) === String(after.shape);
      const run = (): Promise<TensorChange> => pool.run('comparison', { ...task, name: before.name }, options.signal);
      const change = same ? await run() : null;
      options.onResult?.(++done, pairs.length);
      return comparisonOf(before, after, change);
    }),
  );
  return { matrices, unmatched: [...unmatched, ...others.keys()] };
}

function comparisonOf(before: TensorReport, after: TensorReport, change: TensorChange | null): MatrixComparison {
  const [a, b] = [before.measures!, after.measures!];
  return {
    name: before.name,
    kind: before.kind,
    layer: before.layer,
    spectralNormRatio: b.spectralNorm.value / a.spectralNorm.value,
    frobeniusRatio: b.frobenius / a.frobenius,
    hardRankRatio: b.hardRank.value / a.hardRank.value,
    softRankRatio: b.softRank.value / a.softRank.value,
    change,
  };
}
