import type { CancelSignal } from '../cancel';
import { CancelledError } from '../errors';
import { eigenvalueList, fromList } from './eigenvalueList';
import { DOUBLE_SIDE, gramEigenvalues, gramEigenvaluesOfDoubles } from './exact';
import type { Kernels } from './kernels';
import { krylovSpectrum } from './krylov';
import { bulk } from './measures/bulk';
import { concentration } from './measures/concentration';
import { condition } from './measures/condition';
import { type FarmsExponent, farmsExponent } from './measures/farms';
import { hardRank } from './measures/hardRank';
import { noiseEigenvalues } from './measures/noiseSpectrum';
import { numericalRank } from './measures/numericalRank';
import { looksUntouched, randomBaseline } from './measures/randomBaseline';
import { softRank } from './measures/softRank';
import { stableRank } from './measures/stableRank';
import { type LargestEntry, largestEntry } from './measures/superWeight';
import { hillExponent, tailExponent } from './measures/tailExponent';
import { topValues } from './measures/topValues';
import { utilization } from './measures/utilization';
import type { RowSource } from './rowSource';
import { type Estimate, estimatedSpectrum, exactSpectrum, type Spectrum } from './spectrum';
import { type SpectrumCurve, spectrumCurve } from './spectrumCurve';
import { StoredMatrix } from './storedMatrix';

/** How a matrix is analysed. */
export interface SpectraOptions {
  /** All eigenvalues of every matrix up to a shorter side of 8192, at the cost of minutes for large ones. */
  readonly exact?: boolean;
  /** Seed of the random vectors. */
  readonly seed?: number;
  /** Bytes that one matrix may keep in memory; larger ones are read again for every walk. */
  readonly budget?: number;
  readonly signal?: CancelSignal;
}

/** How the eigenvalues were found: all of them, or a block Krylov space with probes. */
export type SpectrumMethod = 'gram64' | 'gram32' | 'krylov' | 'factors';

/** Every measure of one matrix. Estimates carry the half width of their 95 % interval. */
export interface MatrixMeasures {
  readonly method: SpectrumMethod;
  readonly frobenius: number;
  readonly spectralNorm: Estimate;
  readonly hardRank: Estimate;
  readonly softRank: Estimate;
  readonly concentration: Estimate;
  readonly utilization: Estimate;
  readonly stableRank: Estimate;
  readonly numericalRank: Estimate;
  readonly condition: Estimate | null;
  readonly sigma: readonly Estimate[];
  readonly alpha: Estimate | null;
  /** Where the tail of that fit begins, as a singular value, and how many values it has. */
  readonly tail: { readonly start: number; readonly count: number } | null;
  /** The same fit for noise of this shape. */
  readonly alphaNoise: number | null;
  readonly hill: Estimate | null;
  readonly farms: FarmsExponent | null;
  /** Largest singular value that noise explains. */
  readonly bulkEdge: number | null;
  readonly spikes: number | null;
  /** Squared bulk edge over σ₁²: 1 is pure noise. */
  readonly bulkSoftRank: number | null;
  /** Ranks of a random matrix of this shape. */
  readonly random: { readonly hardRank: number; readonly softRank: number; readonly stableRank: number };
  readonly untouched: boolean;
  readonly largestEntry: LargestEntry | null;
  /** Hard rank with the largest entry set to zero, where that one entry holds enough to hide the rest. */
  readonly hardRankWithoutLargest: Estimate | null;
  /** The whole spectrum, thinned out for drawing. */
  readonly curve: SpectrumCurve;
}

/** What is known of one matrix: how many entries are not finite, and the measures, or why there are none. */
export interface MatrixReport {
  readonly nonFinite: number;
  readonly measures: MatrixMeasures | null;
  readonly refused: string | null;
}

/** Blocks of 16 of a Krylov space; more make the values of noise more exact, and nothing else. */
const STEPS = 10;
const DEFAULT_SEED = 1;
const DEFAULT_BUDGET = 192 * 1024 * 1024;

/** Shorter side beyond which even `exact` estimates: the eigenvalues alone would take hours. */
const MAX_EXACT_SIDE = 8192;

/** Root mean squares whose squares and products stay within float32. */
const MIN_SCALE = 1e-12;
const MAX_SCALE = 1e12;

/** Part of the squared norm in one entry from which the ranks are those of that entry. */
const HIDING_SHARE = 0.01;

/**
 * Every measure of one matrix. The same input and seed give the same numbers. A matrix with entries that are not finite, of zeros, or
 * beyond the range of float32 products has no measures. Rejects with `CancelledError`, with `spectra.tooLarge`, or as `source` does.
 */
export async function analyseMatrix(
  kernels: Kernels,
  source: RowSource,
  options: SpectraOptions = {},
): Promise<MatrixReport> {
  return kernels.scope(async () => {
    const matrix = await StoredMatrix.load(
      kernels,
      cancellable(source, options.signal),
      options.budget ?? DEFAULT_BUDGET,
    );
    const { facts } = matrix;
    const refused = reasonAgainst(matrix);
    if (refused !== null) return { nonFinite: facts.nonFinite, measures: null, refused };
    const { spectrum, method } = (await ofDoubles(kernels, source)) ?? (await spectrumOf(kernels, matrix, options));
    const farms = await farmsExponent(kernels, matrix);
    const entry = largestEntry(facts, matrix.rows, matrix.columns);
    let without: Estimate | null = null;
    if (entry?.candidate && entry.share >= HIDING_SHARE) {
      matrix.hideEntry(entry.row, entry.column);
      without = hardRank((await spectrumOf(kernels, matrix, options, facts.energy - facts.largest ** 2)).spectrum);
    }
    const measures = { ...measuresOf(spectrum, method), farms, largestEntry: entry, hardRankWithoutLargest: without };
    return { nonFinite: 0, measures, refused: null };
  });
}

/** The measures that a spectrum alone gives. */
export function measuresOf(spectrum: Spectrum, method: SpectrumMethod): MatrixMeasures {
  const { rows, columns, size, energy } = spectrum;
  const [hard, soft, stable, sigma] = [
    hardRank(spectrum),
    softRank(spectrum),
    stableRank(spectrum),
    topValues(spectrum),
  ];
  const edge = fromList(spectrum, (values) => Math.sqrt(bulk(values, rows, columns)?.edge ?? 0));
  const list = eigenvalueList(spectrum);
  const tail = tailExponent(list);
  return {
    method,
    frobenius: Math.sqrt(energy),
    spectralNorm: sigma[0]!,
    hardRank: hard,
    softRank: soft,
    concentration: fromList(spectrum, concentration),
    utilization: utilization(hard, soft, size),
    stableRank: stable,
    numericalRank: numericalRank(spectrum),
    condition: condition(spectrum),
    sigma,
    alpha: exponent(spectrum, (values) => tailExponent(values)?.alpha ?? null, tail?.error ?? 0),
    tail: tail && { start: Math.sqrt(tail.start), count: tail.count },
    alphaNoise: tailExponent(noiseEigenvalues(rows, columns))?.alpha ?? null,
    hill: exponent(spectrum, hillExponent, 0),
    farms: null,
    bulkEdge: edge.value,
    spikes: bulk(list, rows, columns, edge.value > 0 ? (2 * edge.error) / edge.value : 0)?.spikes ?? null,
    bulkSoftRank: Math.min(1, (edge.value / sigma[0]!.value) ** 2),
    random: randomBaseline(rows, columns),
    untouched: looksUntouched(rows, columns, hard, stable),
    largestEntry: null,
    hardRankWithoutLargest: null,
    curve: spectrumCurve(spectrum),
  };
}

/** An exponent of the list of eigenvalues; `fitError` is the standard error of the fit itself, which comes on top. */
function exponent(
  spectrum: Spectrum,
  estimate: (values: Float64Array) => number | null,
  fitError: number,
): Estimate | null {
  const { value, error } = fromList(spectrum, (values) => estimate(values) ?? Number.NaN);
  return Number.isNaN(value) ? null : { value, error: Math.hypot(error, 2 * fitError) };
}

function reasonAgainst({ facts, rows, columns }: StoredMatrix): string | null {
  if (facts.nonFinite > 0) return `${facts.nonFinite} entries are not finite`;
  if (facts.energy === 0) return 'all entries are zero';
  const scale = Math.sqrt(facts.energy / (rows * columns));
  if (scale < MIN_SCALE || scale > MAX_SCALE)
    return `entries of size ${scale.toExponential(1)} are beyond float32 products`;
  return null;
}

/** The spectrum of a matrix of doubles without their loss in float32; null where there is none. */
async function ofDoubles(
  kernels: Kernels,
  source: RowSource,
): Promise<{ spectrum: Spectrum; method: SpectrumMethod } | null> {
  const { rows, columns } = source;
  if (source.readDoubles === undefined || Math.min(rows, columns) > DOUBLE_SIDE) return null;
  const values = await gramEigenvaluesOfDoubles(kernels, source);
  return values === null ? null : { spectrum: exactSpectrum(values, rows, columns, 1e-12), method: 'gram64' };
}

/** The spectrum of a matrix in memory, exact or estimated as its size and `options` ask for. */
export async function spectrumOf(
  kernels: Kernels,
  matrix: StoredMatrix,
  { exact, seed }: SpectraOptions,
  energy = matrix.facts.energy,
): Promise<{ spectrum: Spectrum; method: SpectrumMethod }> {
  const { rows, columns } = matrix;
  const side = Math.min(rows, columns);
  if (side <= DOUBLE_SIDE || (exact === true && side <= MAX_EXACT_SIDE)) {
    const double = side <= DOUBLE_SIDE;
    const values = await gramEigenvalues(kernels, matrix);
    return {
      spectrum: exactSpectrum(values, rows, columns, double ? 1e-12 : 1e-5),
      method: double ? 'gram64' : 'gram32',
    };
  }
  const krylov = await krylovSpectrum(kernels, matrix, STEPS, seed ?? DEFAULT_SEED);
  return { spectrum: estimatedSpectrum(krylov, rows, columns, energy), method: 'krylov' };
}

/** Ends at the next read after `signal`. */
function cancellable(source: RowSource, signal: CancelSignal | undefined): RowSource {
  if (signal === undefined) return source;
  return {
    ...source,
    read: (...place) => {
      if (signal.aborted) return Promise.reject(new CancelledError());
      return source.read(...place);
    },
  };
}
