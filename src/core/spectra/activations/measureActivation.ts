import type { Matrix } from '../../checkpoints/checkpoint';
import { withStored } from '../../checkpoints/openStored';
import { readRows } from '../../checkpoints/rowReader';
import { messageOf } from '../../errors';
import type { FileSystem } from '../../sources/fileSystem';
import { spectrumOf } from '../analyseMatrix';
import { eigenvalueList } from '../eigenvalueList';
import { symmetricEigenvalues } from '../exact';
import { type Kernels, withThreadKernels } from '../kernels';
import { hardRank } from '../measures/hardRank';
import { softRank } from '../measures/softRank';
import { StoredMatrix } from '../storedMatrix';
import { activationMeasures, type SampleRanks } from './activationMeasures';
import type { ActivationPlace, ActivationReport } from './activationReport';
import { type ActivationInput, activationInputs } from './activationTensors';
import { addMatrix, faultOf, mergedScatter, type ScatterPart } from './scatterMatrix';

/** One activation to be measured: its name in one file, or in several whose triples are merged. */
export interface ActivationTask {
  readonly place: ActivationPlace;
  /** Name of the activation in each file. */
  readonly name: string;
  readonly files: readonly string[];
  readonly asVectors: boolean;
  /** Bytes of vectors that may be kept in memory. */
  readonly budget: number;
}

/** Widest covariance whose eigenvalues are taken: 512 MB, and some minutes. */
const MAX_WIDTH = 8192;

/** Smallest eigenvalue, relative to the largest, that rounding gives a covariance. */
const NEGATIVE = -1e-3;

type Facts = Omit<ActivationReport, keyof ActivationPlace>;

/** Measures one activation. What cannot be measured is refused with the reason; rejects when a file cannot be read. */
export async function measureActivation(fs: FileSystem, task: ActivationTask): Promise<ActivationReport> {
  const { place, files, name } = task;
  const inputs: ActivationInput[] = [];
  const withRest = async ([file, ...rest]: readonly string[]): Promise<ActivationReport> => {
    if (file === undefined) {
      return withThreadKernels(async (kernels) => ({ ...place, ...(await measured(kernels, inputs, task.budget)) }));
    }
    return withStored(fs, file, (stored) => {
      inputs.push(...activationInputs(stored, task.asVectors).filter((input) => input.name === name));
      return withRest(rest);
    });
  };
  return withRest(files);
}

async function measured(kernels: Kernels, inputs: readonly ActivationInput[], budget: number): Promise<Facts> {
  const [first] = inputs;
  if (first === undefined) return refused('it is no longer in its file');
  const width = widthOf(first);
  if (inputs.some((input) => widthOf(input) !== width)) return refused('its parts have different widths');
  if (first.form !== 'vectors' && width > MAX_WIDTH) return refused(`a width of ${width} is more than ${MAX_WIDTH}`);
  return kernels.scope(async () => {
    try {
      if (first.form === 'vectors') return await ofVectors(kernels, first.vectors, budget);
      if (first.form === 'covariance') return await ofCovariance(kernels, first);
      return await ofScatter(kernels, inputs as (ActivationInput & { form: 'scatter' })[]);
    } catch (error) {
      return refused(messageOf(error));
    }
  });
}

function widthOf(input: ActivationInput): number {
  if (input.form === 'vectors') return input.vectors.shape[1];
  return (input.form === 'scatter' ? input.scatter : input.covariance).shape[1];
}

function refused(reason: string): Facts {
  return { count: null, width: null, columns: null, dead: null, measures: null, refused: reason, eigenvalues: null };
}

async function ofScatter(kernels: Kernels, inputs: readonly (ActivationInput & { form: 'scatter' })[]): Promise<Facts> {
  const parts: ScatterPart[] = [];
  for (const { scatter, mean, count } of inputs) {
    const number = await numberIn(count);
    if (!(number >= 1)) return refused(`a count of ${number}`);
    parts.push({ scatter, mean, count: number });
  }
  const { at, size, count } = await mergedScatter(kernels, parts);
  if (count < 2) return refused('a single vector has no covariance');
  const { width } = inputs[0]!;
  return ofSums(kernels, at, size, { count, freedom: count - 1, width: width === null ? size : await numberIn(width) });
}

async function ofCovariance(
  kernels: Kernels,
  { covariance, count }: ActivationInput & { form: 'covariance' },
): Promise<Facts> {
  const [size] = covariance.shape;
  const at = kernels.zeros(size * size, 8);
  await addMatrix(kernels, at, covariance);
  const number = count === null ? null : await numberIn(count);
  if (number !== null && !(number >= 2)) return refused(`a count of ${number}`);
  return ofSums(kernels, at, size, { count: number, freedom: 1, width: size });
}

/** Measures of a scatter matrix at `at`, which is destroyed; divided by `freedom` it is the covariance. */
function ofSums(
  kernels: Kernels,
  at: number,
  columns: number,
  { count, freedom, width }: { count: number | null; freedom: number; width: number },
): Facts {
  const sums = kernels.f64(at, columns * columns);
  const fault = faultOf(sums, columns);
  if (fault !== null) return refused(fault);
  let dead = 0;
  for (let i = 0; i < columns; i++) if (isDead(sums[i * columns + i]! / freedom)) dead++;
  const eigenvalues = symmetricEigenvalues(kernels, at, columns).map((value) => value / freedom);
  if (eigenvalues.at(-1)! < NEGATIVE * eigenvalues[0]!) return refused('it has negative eigenvalues: no covariance');
  return factsOf(eigenvalues, { count, width, columns, dead });
}

/** Variance below which a dimension does not vary (NerVE's floor of eigenvalues). */
function isDead(variance: number): boolean {
  return !(variance > 1e-12);
}

function factsOf(
  eigenvalues: Float64Array,
  facts: { count: number | null; width: number; columns: number; dead: number },
  estimated?: SampleRanks,
): Facts {
  const measures = activationMeasures(eigenvalues, facts.columns, facts.count, estimated);
  if (measures === null) return { ...facts, measures, refused: 'nothing varies', eigenvalues: null };
  return { ...facts, measures, refused: null, eigenvalues: eigenvalues.map((value) => Math.max(0, value)) };
}

/** Spectrum of the covariance of vectors: that of the matrix of them, less their mean, over N − 1. */
async function ofVectors(kernels: Kernels, vectors: Matrix, budget: number): Promise<Facts> {
  const [count, width] = vectors.shape;
  if (count < 2) return refused('a single vector has no covariance');
  const { mean, dead, nonFinite } = await columnFacts(vectors);
  if (nonFinite > 0) return refused(`${nonFinite} entries are not finite`);
  const source = {
    rows: count,
    columns: width,
    width: 'f32' as const,
    read: async (firstRow: number, rowCount: number, into: Float32Array) => {
      const { values } = await readRows(vectors, firstRow, rowCount, into);
      for (let i = 0, column = 0; i < values.length; i++) {
        values[i]! -= mean[column]!;
        if (++column === width) column = 0;
      }
    },
  };
  const matrix = await StoredMatrix.load(kernels, source, budget);
  if (!(matrix.facts.energy > 0)) return { ...refused('nothing varies'), count, width, columns: width, dead };
  const { spectrum } = await spectrumOf(kernels, matrix, {});
  const ranks = { hardRank: hardRank(spectrum), softRank: softRank(spectrum) };
  const eigenvalues = eigenvalueList(spectrum).map((value) => value / (count - 1));
  return factsOf(eigenvalues, { count, width, columns: width, dead }, ranks);
}

/** Entries that are read at a time: 16 MB. */
const BLOCK_ENTRIES = 4 * 1024 * 1024;

/** Means of the columns, how many of these never vary, and what is not finite. */
async function columnFacts(vectors: Matrix): Promise<{ mean: Float64Array; dead: number; nonFinite: number }> {
  const [count, width] = vectors.shape;
  const [sums, first] = [new Float64Array(width), new Float32Array(width)];
  const varies = new Uint8Array(width);
  const step = Math.max(1, Math.floor(BLOCK_ENTRIES / width));
  let nonFinite = 0;
  for (let row = 0; row < count; row += step) {
    const block = await readRows(vectors, row, Math.min(step, count - row));
    nonFinite += block.nonFinite;
    if (row === 0) first.set(block.values.subarray(0, width));
    for (let i = 0, column = 0; i < block.values.length; i++) {
      sums[column]! += block.values[i]!;
      if (block.values[i] !== first[column]) varies[column] = 1;
      if (++column === width) column = 0;
    }
  }
  return { mean: sums.map((sum) => sum / count), dead: varies.filter((one) => one === 0).length, nonFinite };
}

async function numberIn(matrix: Matrix): Promise<number> {
  return (await readRows(matrix, 0, 1)).values[0]!;
}
