import { unwhitenTransposed } from './drift';
import type { LawFit } from './fitLaw';
import { huberWeight } from './huber';
import { neighbourCorrelation } from './noise';
import { covarianceOf, normalEquations } from './normalEquations';
import { robustSd } from './robust';

/** What a fit leaves open, in the unbounded coordinates of its parameters. */
export interface Posterior {
  /** params × params, row-major. */
  readonly covariance: Float64Array;
  /** The same by cause; they add up to it. */
  readonly causes: Causes;
  /** Whether each parameter is determined by the data rather than by a prior. */
  readonly identified: readonly boolean[];
  /** Fitted less measured value of every point, relative to it (absolute for a law that rises). */
  readonly errors: Float64Array;
  /** Robust standard deviation of the residuals of the fit: 1 when the data model is right. */
  readonly residualScale: number;
  /** Correlation of neighbouring residuals that the data model does not expect, in [0, 0.8]. */
  readonly correlation: number;
}

/** What the parameters are uncertain by: noise of the points, error of the law, too little known before. Like a covariance each. */
export interface Causes {
  readonly noise: Float64Array;
  readonly law: Float64Array;
  readonly prior: Float64Array;
}

/** More correlation than this cannot be told from a wrong law with the few bins there are. */
const MAX_CORRELATION = 0.8;

/** A parameter whose error grows by this factor when the priors are made twice as wide is held by the priors. */
const HELD_BY_PRIOR = 1.3;

/**
 * Laplace approximation at the best point: information of the data, divided by scale² · (1 + r) / (1 - r) where
 * that is above 1, for residuals larger or more alike than the data model says, plus that of the priors. A parameter is identified
 * when its error hardly changes with priors twice as wide; one without any information has variance `Infinity`.
 */
export function posteriorOf(fit: LawFit): Posterior {
  const { problem, u } = fit;
  const { size, rows, dataRows } = problem;
  const all = new Float64Array(rows);
  const jacobian = new Float64Array(rows * size);
  problem.residuals(u, all);
  problem.jacobian(u, jacobian);
  const residuals = all.slice(0, dataRows);
  const errors = new Float64Array(dataRows);
  problem.errors(u, errors);
  const residualScale = dataRows > 0 ? robustSd(residuals, 0) : 0;
  const correlation = Math.min(MAX_CORRELATION, Math.max(0, neighbourCorrelation(residuals)));
  const inflation = Math.max(1, (residualScale ** 2 * (1 + correlation)) / (1 - correlation));
  const weights = all.map((residual, i) =>
    i < dataRows ? huberWeight(residual, problem.thresholds[i]!) / inflation : 1,
  );
  const information = (from: number, to: number): Float64Array =>
    normalEquations(size, jacobian.subarray(from * size), all.subarray(from, to), weights.subarray(from)).matrix;
  const [data, priors] = [information(0, dataRows), information(dataRows, rows)];
  const covarianceWith = (priorWeight: number): Float64Array =>
    covarianceOf(
      data.map((value, k) => value + priorWeight * priors[k]!),
      size,
    );
  const covariance = covarianceWith(1);
  const wider = covarianceWith(1 / 4);
  const noise = noiseInformation(problem, jacobian, weights);
  const causes = {
    noise: between(covariance, noise, size),
    law: between(
      covariance,
      data.map((value, k) => value - noise[k]!),
      size,
    ),
    prior: between(covariance, priors, size),
  };
  const identified = Array.from({ length: size }, (_, a) => {
    const variance = covariance[a * size + a]!;
    return Number.isFinite(variance) && wider[a * size + a]! < HELD_BY_PRIOR ** 2 * variance;
  });
  return { covariance, causes, identified, errors, residualScale, correlation };
}

/** The covariance with the standard deviations of each cause times its share. */
export function shareOf(
  { covariance, causes }: Posterior,
  shares: Readonly<Record<keyof Causes, number>>,
): Float64Array {
  const { noise, law, prior } = shares;
  if (noise === 1 && law === 1 && prior === 1) return covariance;
  return covariance.map((_, k) => {
    return noise ** 2 * causes.noise[k]! + law ** 2 * causes.law[k]! + prior ** 2 * causes.prior[k]!;
  });
}

/**
 * The part of the information of the data whose error is noise of the points: rows of the whitened jacobian are mixtures of
 * points, each of which has its noise.
 */
function noiseInformation(
  { size, curves }: LawFit['problem'],
  jacobian: Float64Array,
  weights: Float64Array,
): Float64Array {
  const out = new Float64Array(size * size);
  let from = 0;
  for (const { sigma, factor, noise = sigma } of curves) {
    const count = sigma.length;
    const rows = Float64Array.from(jacobian.subarray(from * size, (from + count) * size), (value, k) => {
      return value * Math.sqrt(weights[from + Math.floor(k / size)]!);
    });
    for (let a = 0; a < size; a++) {
      const column = { from: a, stride: size };
      if (factor !== undefined) unwhitenTransposed(factor, count, rows, column);
      else for (let i = 0; i < count; i++) rows[a + i * size] = rows[a + i * size]! / sigma[i]!;
    }
    const variances = noise.map((sd) => sd ** 2);
    const own = normalEquations(size, rows, new Float64Array(count), variances).matrix;
    for (const [k, value] of own.entries()) out[k] = out[k]! + value;
    from += count;
  }
  return out;
}

/** covariance · information · covariance: what of an uncertainty comes from a part of the information. */
function between(covariance: Float64Array, information: Float64Array, size: number): Float64Array {
  const product = (a: Float64Array, b: Float64Array): Float64Array =>
    a.map((_, at) => {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += a[Math.floor(at / size) * size + k]! * b[k * size + (at % size)]!;
      return sum;
    });
  return product(product(covariance, information), covariance);
}
