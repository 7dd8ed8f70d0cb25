import type { LawFit } from '../fit/fitLaw';
import { varianceAlong } from '../fit/normalEquations';
import type { Posterior } from '../fit/posterior';
import type { LrPath } from '../laws/lrPath';
import type { Estimate } from './forecast';

/** Expected loss at some steps with its uncertainty. Equal lengths. */
export interface Band {
  readonly steps: Float64Array;
  /** Nats. */
  readonly values: Float64Array;
  /** Standard deviation of the smoothed loss about `values`, relative to them. */
  readonly relativeSd: Float64Array;
}

/**
 * Error of a law beyond what its parameters leave open, as shares of what is still to fall. Chosen on 158 recorded
 * curves; docs/laws.md has the coverage they give.
 */
export const LAW_ERROR = {
  /** Share of the fall that comes from a lower learning rate. */
  annealing: 0.2,
  /** Share of the fall that comes from more steps. */
  progress: 0.05,
  /** Relative error that remains when nothing is left to fall. */
  floor: 0.002,
} as const;

/** Half-widths of the intervals in standard deviations; heavier tails than a normal distribution's 1.28 and 1.96. */
export const HALF_WIDTHS = { of80: 1.28, of95: 2.2 } as const;

/** What a band is computed from. */
export interface BandSource {
  readonly fit: LawFit;
  readonly posterior: Posterior;
  readonly path: LrPath;
  /** Newest step used by the fit: what lies behind it is known, what lies ahead is forecast. */
  readonly newest: number;
  /** Relative noise of the smoothed loss. */
  readonly smoothNoise: number;
}

/**
 * Evaluates a fitted law at `steps` with its uncertainty: the posterior by the delta method, the error of the law itself
 * in proportion to what falls between the newest step and each step, and the noise of the smoothed loss.
 */
export function bandAt({ fit, posterior, path, newest, smoothNoise }: BandSource, steps: Float64Array): Band {
  const { law, theta, u, settings, problem } = fit;
  const size = theta.length;
  const input = law.prepare(path, Float64Array.of(...steps, newest), settings);
  const values = new Float64Array(input.rows);
  const jacobian = new Float64Array(input.rows * size);
  law.predict(theta, input, values);
  law.jacobian(theta, input, jacobian);
  const slopes = u.map((value, a) => problem.transforms[a]!.slope(value));
  const relativeSd = steps.map((step, i) => {
    const gradient = slopes.map((slope, a) => (slope * jacobian[i * size + a]!) / values[i]!);
    let variance = varianceAlong(gradient, posterior.covariance) + smoothNoise ** 2 + LAW_ERROR.floor ** 2;
    if (step > newest) {
      const { progress, annealing } = law.remaining(theta, input, [steps.length, i]);
      variance += ((LAW_ERROR.progress * progress) / values[i]!) ** 2;
      variance += ((LAW_ERROR.annealing * annealing) / values[i]!) ** 2;
    }
    return Math.sqrt(variance);
  });
  return { steps, values: values.slice(0, steps.length), relativeSd };
}

/** A value with relative standard deviation `relativeSd` and its 80 % and 95 % intervals, symmetric in its logarithm. */
export function estimateOf(value: number, relativeSd: number): Estimate {
  const around = (width: number): [number, number] => [
    value * Math.exp(-width * relativeSd),
    value * Math.exp(width * relativeSd),
  ];
  return { value, interval80: around(HALF_WIDTHS.of80), interval95: around(HALF_WIDTHS.of95) };
}
