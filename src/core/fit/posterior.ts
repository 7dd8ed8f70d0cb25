import type { LawFit } from './fitLaw';
import { huberWeight } from './huber';
import { neighbourCorrelation } from './noise';
import { covarianceOf, normalEquations } from './normalEquations';
import { robustSd } from './robust';

/** What a fit leaves open, in the unbounded coordinates of its parameters. */
export interface Posterior {
  /** params × params, row-major. */
  readonly covariance: Float64Array;
  /** Whether each parameter is determined by the data rather than by a prior. */
  readonly identified: readonly boolean[];
  /** Fitted less measured value of every point, relative to it (absolute for a law that rises). */
  readonly errors: Float64Array;
  /** Robust standard deviation of the residuals of the fit: 1 when the data model is right. */
  readonly residualScale: number;
  /** Correlation of neighbouring residuals that the data model does not expect, in [0, 0.8]. */
  readonly correlation: number;
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
  const covarianceWith = (priorWeight: number): Float64Array => {
    const weights = all.map((residual, i) =>
      i < dataRows ? huberWeight(residual, problem.thresholds[i]!) / inflation : priorWeight,
    );
    return covarianceOf(normalEquations(size, jacobian, all, weights).matrix, size);
  };
  const covariance = covarianceWith(1);
  const wider = covarianceWith(1 / 4);
  const identified = Array.from({ length: size }, (_, a) => {
    const variance = covariance[a * size + a]!;
    return Number.isFinite(variance) && wider[a * size + a]! < HELD_BY_PRIOR ** 2 * variance;
  });
  return { covariance, identified, errors, residualScale, correlation };
}
