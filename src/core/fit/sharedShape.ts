import type { Law, LawInput } from '../laws/law';
import { type FitOptions, fitLaw, type LawFit } from './fitLaw';
import { type Posterior, posteriorOf } from './posterior';
import { type FitCurve, LawProblem } from './problem';

/** A fit of one curve, and how far a second one of its shape lies above it. */
export interface SharedFit {
  readonly fit: LawFit;
  readonly posterior: Posterior;
  /** Loss of the companion less that of the curve, nats, and its errors as in `Posterior`; `null` without a companion. */
  readonly companion: { readonly offset: number; readonly errors: Float64Array } | null;
}

/** Where a search for the offset begins, nats. */
const TYPICAL_OFFSET = 0.1;

/**
 * Fits `law` to `curve`, together with a `companion` that has its shape, but its own level and noise: the training loss of
 * a run beside its validation loss. What is returned speaks of `curve` alone, the offset integrated out. Without a
 * companion as `fitLaw` and `posteriorOf`.
 */
export function fitShared(
  law: Law,
  [curve, companion]: readonly [FitCurve, FitCurve | undefined],
  options: FitOptions,
): SharedFit {
  if (companion === undefined) {
    const fit = fitLaw(law, [curve], options);
    return { fit, posterior: posteriorOf(fit), companion: null };
  }
  // A path of its own tells the law whose points it is asked for.
  const beside = { ...companion, path: { ...companion.path } };
  const joint = fitLaw(withOffset(law, beside), [curve, beside], options);
  const posterior = posteriorOf(joint);
  const own = curve.steps.length;
  const size = law.params.length;
  const u = joint.u.slice(0, size);
  const problem = new LawProblem(law, [curve], joint.problem.priors, joint.settings);
  const without = (matrix: Float64Array): Float64Array =>
    matrix.filter((_, at) => at % (size + 1) < size && at < size * (size + 1));
  const { noise, law: ofLaw, prior } = posterior.causes;
  return {
    fit: { ...joint, law, problem, u, theta: problem.theta(u) },
    posterior: {
      ...posterior,
      covariance: without(posterior.covariance),
      causes: { noise: without(noise), law: without(ofLaw), prior: without(prior) },
      identified: posterior.identified.slice(0, size),
      errors: posterior.errors.slice(0, own),
    },
    companion: { offset: joint.theta[size]!, errors: posterior.errors.slice(own) },
  };
}

/** `law` with one more parameter, which raises the curve of `beside` alone. The last column of an input says whose it is. */
function withOffset(law: Law, beside: FitCurve): Law {
  const size = law.params.length;
  const [name, meaning] = ['offset', 'loss of the companion less that of the curve'];
  const shift = (input: LawInput): Float64Array => input.columns.at(-1)!;
  return {
    ...law,
    params: [
      ...law.params,
      { name, unit: 'nats', meaning, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, linear: true },
    ],
    prepare: (path, steps, settings) => {
      const { rows, columns } = law.prepare(path, steps, settings);
      return { rows, columns: [...columns, new Float64Array(rows).fill(path === beside.path ? 1 : 0)] };
    },
    predict: (theta, input, out) => {
      law.predict(theta, input, out);
      shift(input).forEach((by, i) => {
        out[i] = out[i]! + by * theta[size]!;
      });
    },
    jacobian: (theta, input, out) => {
      const own = new Float64Array(input.rows * size);
      law.jacobian(theta, input, own);
      shift(input).forEach((by, i) => {
        out.set(own.subarray(i * size, (i + 1) * size), i * (size + 1));
        out[i * (size + 1) + size] = by;
      });
    },
    starts: () => law.starts().map((start) => Float64Array.of(...start, TYPICAL_OFFSET)),
  };
}
