import { choleskyFactor } from '../fit/cholesky';
import type { LawFit } from '../fit/fitLaw';
import { covarianceOf } from '../fit/normalEquations';
import type { Posterior } from '../fit/posterior';
import type { PriorTerm } from '../laws/prior';

/** The constants of a run of the generalised annealing law that earlier runs tell something about, in this order. */
export const CONSTANT_NAMES = ['ln alpha', 'ln release', 'ln C', 'ln R', 'anchor'] as const;

/** How many there are. */
export const CONSTANTS = CONSTANT_NAMES.length;

/** Where the variance of the release stands in a covariance of the constants. */
export const RELEASE_VARIANCE = CONSTANT_NAMES.indexOf('ln release') * (CONSTANTS + 1);

/**
 * Where the anchor is measured: the loss at a progress of 10 000 steps at peak rate, before any decay, in nats. It is the
 * level of a run, so it carries over between runs of one model on the same data only.
 */
const ANCHOR_PROGRESS = 10;

/**
 * The release is the part of B that has come this long after a sudden full decay, in steps at peak rate. Runs with one
 * short decay determine it far better than B, which they confound with C.
 */
const RELEASE_AGE = 2000;

/** Share of B released by that age, and its derivative by C. */
function releasedAt(memory: number): [number, number] {
  const base = 1 + RELEASE_AGE * memory;
  return [1 - base ** -0.5, 0.5 * RELEASE_AGE * base ** -1.5];
}

/** Constants with their uncertainty: `mean` has 5 entries, `covariance` is 5 × 5, row-major. Plain data. */
export interface Constants {
  readonly mean: readonly number[];
  readonly covariance: readonly number[];
}

/** The constants at the parameters (L0, R, alpha, B, C) of the generalised annealing law. */
export function constantsAt(theta: Float64Array): number[] {
  const [level, reach, alpha, drop, memory] = [theta[0]!, theta[1]!, theta[2]!, theta[3]!, theta[4]!];
  const anchor = level + reach * ANCHOR_PROGRESS ** -alpha;
  return [Math.log(alpha), Math.log(drop * releasedAt(memory)[0]), Math.log(memory), Math.log(reach), anchor];
}

/** Derivatives of the constants by the parameters: 5 × 5, row-major. */
function constantsJacobian(theta: Float64Array): Float64Array {
  const [reach, alpha, drop, memory] = [theta[1]!, theta[2]!, theta[3]!, theta[4]!];
  const power = ANCHOR_PROGRESS ** -alpha;
  const out = new Float64Array(CONSTANTS * CONSTANTS);
  out[2] = 1 / alpha;
  const [released, slope] = releasedAt(memory);
  out[5 + 3] = 1 / drop;
  out[5 + 4] = slope / released;
  out[10 + 4] = 1 / memory;
  out[15 + 1] = 1 / reach;
  out.set([1, power, -reach * power * Math.log(ANCHOR_PROGRESS)], 20);
  return out;
}

/** The constants of a fitted run with the covariance of its posterior. */
export function constantsOf({ theta, u, problem }: LawFit, { covariance }: Posterior): Constants {
  const jacobian = constantsJacobian(theta);
  const size = CONSTANTS;
  for (let i = 0; i < jacobian.length; i++) {
    jacobian[i] = jacobian[i]! * problem.transforms[i % size]!.slope(u[i % size]!);
  }
  const out: number[] = [];
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      let sum = 0;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          sum += jacobian[a * size + i]! * jacobian[b * size + j]! * covariance[i * size + j]!;
        }
      }
      out.push(sum);
    }
  }
  return { mean: constantsAt(theta), covariance: out };
}

/**
 * A normal prior on the constants as terms of a fit: rows of the whitened difference, so that correlations count.
 * A constant whose variance is infinite or above 100 is left free.
 */
export function priorTermsOf({ mean, covariance }: Constants): PriorTerm[] {
  const known = Array.from({ length: CONSTANTS }, (_, a) => a).filter((a) => !(covariance[a * CONSTANTS + a]! > 100));
  const size = known.length;
  const part = Float64Array.from(known.flatMap((a) => known.map((b) => covariance[a * CONSTANTS + b]!)));
  const factor = choleskyFactor(covarianceOf(part, size), size);
  if (factor === undefined) return [];
  return known.map((_, row) => {
    // Rows of the transposed factor of the information: their squares add up to the Mahalanobis distance.
    const weights = new Float64Array(CONSTANTS);
    for (let k = 0; k < size; k++) weights[known[k]!] = factor[k * size + row]!;
    const project = (constants: readonly number[]): number => constants.reduce((sum, c, a) => sum + weights[a]! * c, 0);
    return {
      name: `constants ${row + 1}`,
      mean: project(mean),
      sd: 1,
      quantity: (theta) => project(constantsAt(theta)),
      gradient: (theta, out) => {
        const jacobian = constantsJacobian(theta);
        for (let i = 0; i < CONSTANTS; i++) {
          out[i] = 0;
          for (let a = 0; a < CONSTANTS; a++) out[i] = out[i]! + weights[a]! * jacobian[a * CONSTANTS + i]!;
        }
      },
    };
  });
}
