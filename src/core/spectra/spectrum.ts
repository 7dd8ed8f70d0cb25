import type { KrylovSpectrum } from './krylov';

/** A value and the half width of its 95 % interval. An error of null: no bound is known; 0: exact but for rounding. */
export interface Estimate {
  readonly value: number;
  readonly error: number | null;
}

/**
 * Squared singular values of a matrix as far as they are known. The first `settled` of `values` are eigenvalues of
 * multiplicity one; the rest are nodes of a quadrature rule, of which each random probe has its own weights.
 */
export interface Spectrum {
  readonly rows: number;
  readonly columns: number;
  /** Number of singular values: the shorter side. */
  readonly size: number;
  /** Sum of all eigenvalues: the squared Frobenius norm. */
  readonly energy: number;
  /** Descending. */
  readonly values: Float64Array;
  /** Distance of each value to an eigenvalue. */
  readonly errors: Float64Array;
  readonly settled: number;
  /** Relative error of sums over eigenvalues that comes from rounding alone. */
  readonly relativeRounding: number;
  /** Expected number of eigenvalues at each node, one array for each probe; values that are settled are left out. */
  readonly weights: readonly Float64Array[];
}

/** What float32 products lose: relative error of sums over eigenvalues. */
const ROUNDING = 2e-6;

/**
 * Half width of a bar in standard errors of the mean over 16 probes: Student's t for 95 % with 15 degrees of freedom is 2.13; the rest
 * is for the rule's own error, chosen so that bars cover on all spectra that are tested.
 */
const BAR = 2.5;

/** Residual relative to a value below which a Ritz value counts as an eigenvalue. */
const SETTLED = 0.01;

/** Values closer than this, relative to their size, may be one eigenvalue of higher multiplicity. */
const SAME = 1e-4;

/** The spectrum of a matrix of which all eigenvalues are known, descending. Values below zero are rounding and become zero. */
export function exactSpectrum(values: Float64Array, rows: number, columns: number, relativeError: number): Spectrum {
  const clean = values.map((value) => Math.max(0, value));
  return {
    rows,
    columns,
    size: values.length,
    energy: clean.reduce((sum, value) => sum + value, 0),
    values: clean,
    errors: clean.map(() => relativeError * (clean[0] ?? 0)),
    settled: values.length,
    relativeRounding: relativeError,
    weights: [],
  };
}

/** The spectrum that a Krylov space shows of a rows × columns matrix of known `energy`. */
export function estimatedSpectrum(krylov: KrylovSpectrum, rows: number, columns: number, energy: number): Spectrum {
  const size = Math.min(rows, columns);
  const { values, residuals } = krylov;
  const settled = settledCount(krylov, size);
  const weights = krylov.weights.map((row) => row.slice(settled).map((weight) => weight * size));
  return {
    rows,
    columns,
    size,
    energy,
    values,
    errors: valueErrors(values, residuals).map((error) => error + ROUNDING * (values[0] ?? 0)),
    settled,
    relativeRounding: ROUNDING,
    weights,
  };
}

/**
 * How many of the largest Ritz values are eigenvalues that stand alone. Equal ones are told apart as long as there are
 * fewer of them than vectors in a block; of more, only 16 are seen, so such a group and all below it is left to the rule.
 */
function settledCount({ values, residuals, weights }: KrylovSpectrum, size: number): number {
  let count = 0;
  while (count < Math.min(values.length, size)) {
    let end = count + 1;
    while (end < values.length && values[end - 1]! - values[end]! <= SAME * values[count]!) end++;
    if (end - count >= weights.length || end > size) break;
    if (residuals.subarray(count, end).some((residual, i) => residual > SETTLED * values[count + i]!)) break;
    count = end;
  }
  return count;
}

/**
 * Bounds on the distance to an eigenvalue: the residual, or its square over the gap to the next value that is not within reach
 * (Kato and Temple), whichever is less.
 */
function valueErrors(values: Float64Array, residuals: Float64Array): Float64Array {
  return residuals.map((residual, i) => {
    const above = i > 0 ? values[i - 1]! - values[i]! : Number.POSITIVE_INFINITY;
    const below = i + 1 < values.length ? values[i]! - values[i + 1]! - residuals[i + 1]! : 0;
    const gap = Math.min(above, below) - residual;
    return gap > 0 ? Math.min(residual, residual ** 2 / gap) : residual;
  });
}

/**
 * Sum of f over all eigenvalues. What is not settled is estimated by the probes, less the straight line through f that
 * fits best: its trace is known exactly from the number of eigenvalues and their sum (a control variate).
 */
export function spectralSum(spectrum: Spectrum, f: (value: number) => number): Estimate {
  const { values, settled, weights, size, energy, relativeRounding } = spectrum;
  let known = 0;
  let sum = 0;
  for (let i = 0; i < settled; i++) {
    known += values[i]!;
    sum += f(values[i]!);
  }
  const rest = size - settled;
  if (rest === 0) return { value: sum, error: relativeRounding * Math.abs(sum) };
  const nodes = values.subarray(settled);
  const results = Float64Array.from(nodes, f);
  const [level, slope] = lineThrough(nodes, results, meanWeights(weights, nodes.length), rest, f(0));
  const samples = weights.map((row) => {
    let mass = 0;
    let total = 0;
    for (let l = 0; l < nodes.length; l++) {
      mass += row[l]!;
      total += row[l]! * (results[l]! - level - slope * nodes[l]!);
    }
    return total + (rest - mass) * (f(0) - level);
  });
  const { mean, spread } = meanAndSpread(samples);
  const value = sum + level * rest + slope * (energy - known) + mean;
  return { value, error: (BAR * spread) / Math.sqrt(samples.length) + relativeRounding * Math.abs(value) };
}

/** Weights of the nodes, mean over the probes. */
export function meanWeights(weights: readonly Float64Array[], count: number): Float64Array {
  const mean = new Float64Array(count);
  for (const row of weights) {
    for (let l = 0; l < count; l++) mean[l]! += row[l]! / weights.length;
  }
  return mean;
}

/** Vectors of a block, and so nodes that belong together at the lower end. */
const LOWEST = 16;

/**
 * What `total` eigenvalues have below the lowest node of a rule. Up to the weight of the lowest nodes that is how rules end; more
 * of it are zeros, and `unsure` is how well they can be counted.
 */
export function massBelow(weights: Float64Array, total: number): { readonly zeros: number; readonly unsure: number } {
  const missing = total - weights.reduce((sum, weight) => sum + weight, 0);
  const unsure = weights.subarray(-LOWEST).reduce((sum, weight) => sum + weight, 0);
  return { zeros: missing > unsure ? Math.round(missing) : 0, unsure };
}

/** Straight line that fits f best under the weights, and under what is missing of `total` at the value 0. */
function lineThrough(x: Float64Array, y: Float64Array, weights: Float64Array, total: number, atZero: number) {
  let [w, wx, wy, wxx, wxy] = [0, 0, 0, 0, 0];
  for (let l = 0; l < x.length; l++) {
    const weight = weights[l]!;
    w += weight;
    wx += weight * x[l]!;
    wy += weight * y[l]!;
    wxx += weight * x[l]! * x[l]!;
    wxy += weight * x[l]! * y[l]!;
  }
  const missing = Math.max(0, total - w);
  w += missing;
  wy += missing * atZero;
  const divisor = w * wxx - wx * wx;
  const slope = divisor > 1e-12 * w * wxx ? (w * wxy - wx * wy) / divisor : 0;
  return [w > 0 ? (wy - slope * wx) / w : 0, slope] as const;
}

/** Mean and standard deviation of a sample. */
function meanAndSpread(samples: readonly number[]): { mean: number; spread: number } {
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  const square = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, samples.length - 1);
  return { mean, spread: Math.sqrt(square) };
}
