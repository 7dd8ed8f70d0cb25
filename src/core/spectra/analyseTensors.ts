import type { Checkpoint, CheckpointTensor, LayerKind } from '../checkpoints/checkpoint';
import { withCheckpoint } from '../checkpoints/withCheckpoint';
import { messageOf } from '../errors';
import type { FileSystem } from '../sources/fileSystem';
import { analyseMatrix, type MatrixReport, measuresOf, type SpectraOptions } from './analyseMatrix';
import { rowsOfTensor, tensorNamed } from './checkpointRows';
import { withThreadKernels } from './kernels';
import { lowRankProductValues } from './measures/lowRankProduct';
import { exactSpectrum } from './spectrum';

/** Matrices of a checkpoint to be analysed one after the other. */
export interface AnalysisTask {
  readonly path: string;
  /** For each matrix the name of its tensor, or those of the factors B and A of a low-rank update. */
  readonly matrices: readonly (readonly string[])[];
  readonly options: Omit<SpectraOptions, 'signal'>;
}

/** A matrix of a checkpoint and what is known of it. */
export interface TensorReport extends MatrixReport {
  readonly name: string;
  readonly file: string;
  readonly shape: readonly [rows: number, columns: number];
  readonly dtype: string;
  readonly kind: LayerKind;
  readonly layer: number | null;
  readonly expert: number | null;
  readonly aliases: readonly string[];
  /** Rank of a low-rank update. */
  readonly rank: number | null;
}

/** A report, or why a matrix could not be read. */
export type TensorOutcome = TensorReport | { readonly failed: string };

/** Analyses the matrices of one task. Rejects as `openCheckpoint` does; one that cannot be read does not stop the others. */
export async function analyseTensors(fs: FileSystem, task: AnalysisTask): Promise<TensorOutcome[]> {
  return withCheckpoint(fs, task.path, async (checkpoint) => {
    const outcomes: TensorOutcome[] = [];
    for (const names of task.matrices) {
      try {
        outcomes.push(await analyseOne(checkpoint, names, task.options));
      } catch (error) {
        outcomes.push({ failed: messageOf(error) });
      }
    }
    return outcomes;
  });
}

async function analyseOne(
  checkpoint: Checkpoint,
  names: readonly string[],
  options: AnalysisTask['options'],
): Promise<TensorReport> {
  const [first, second] = names.map((name) => tensorNamed(checkpoint, name));
  if (second !== undefined) return analyseUpdate(checkpoint, first!, second);
  const rows = rowsOfTensor(checkpoint, first!);
  const report = await withThreadKernels((kernels) => analyseMatrix(kernels, rows, options));
  return { ...identityOf(first!), ...report };
}

function identityOf({ name, file, shape, dtype, kind, layer, expert, aliases }: CheckpointTensor) {
  return { name, file, shape, dtype: dtype.name, kind, layer, expert, aliases, rank: null };
}

/** The product B·A of a low-rank update, without the factor that its configuration scales it by. */
async function analyseUpdate(checkpoint: Checkpoint, b: CheckpointTensor, a: CheckpointTensor): Promise<TensorReport> {
  const rank = b.shape[1];
  const shape = [b.shape[0], a.shape[1]] as const;
  const identity = { ...identityOf(b), name: b.lora?.module ?? b.name, shape, rank };
  const [left, right] = [await checkpoint.readRows(b, 0, b.shape[0]), await checkpoint.readRows(a, 0, a.shape[0])];
  const nonFinite = left.nonFinite + right.nonFinite;
  if (nonFinite > 0) return { ...identity, nonFinite, measures: null, refused: `${nonFinite} entries are not finite` };
  const values = lowRankProductValues(left.values, right.values, rank);
  if (!(values[0]! > 0)) return { ...identity, nonFinite: 0, measures: null, refused: 'all entries are zero' };
  const spectrum = exactSpectrum(
    values.map((value) => value * value),
    ...shape,
    1e-12,
  );
  const measures = {
    ...measuresOf(spectrum, 'factors'),
    bulkEdge: null,
    spikes: null,
    bulkSoftRank: null,
    untouched: false,
  };
  return { ...identity, nonFinite: 0, measures, refused: null };
}
