/**
 * What earlier runs say of one quantity made from the parameters of a law: `quantity(theta)` is normal with `mean` and
 * `sd`. A fit adds (quantity - mean) / sd to its residuals.
 */
export interface PriorTerm {
  /** The quantity in words: `ln alpha`. */
  readonly name: string;
  readonly mean: number;
  readonly sd: number;
  quantity(theta: Float64Array): number;
  /** Writes the derivatives of `quantity` by the parameters into `out` (length params). */
  gradient(theta: Float64Array, out: Float64Array): void;
}

/** Mean and standard deviation of a normal distribution. */
export interface Normal {
  readonly mean: number;
  readonly sd: number;
}

/** Prior on the natural logarithm of the positive parameter number `index`. */
export function logPrior(name: string, index: number, { mean, sd }: Normal): PriorTerm {
  return {
    name: `ln ${name}`,
    mean,
    sd,
    quantity: (theta) => Math.log(theta[index]!),
    gradient: (theta, out) => {
      out.fill(0);
      out[index] = 1 / theta[index]!;
    },
  };
}

/** Progress at which `reachPrior` measures, in steps at peak learning rate. */
const REACH_STEPS = 1000;

/**
 * Prior on ln R, where R = A · 1000^-alpha is the loss above the floor after 1000 steps at peak learning rate. A alone
 * depends so strongly on alpha that it differs by orders of magnitude between runs; R does not.
 */
export function reachPrior(indexA: number, indexAlpha: number, { mean, sd }: Normal): PriorTerm {
  const logSteps = Math.log(REACH_STEPS);
  return {
    name: 'ln R',
    mean,
    sd,
    quantity: (theta) => Math.log(theta[indexA]!) - theta[indexAlpha]! * logSteps,
    gradient: (theta, out) => {
      out.fill(0);
      out[indexA] = 1 / theta[indexA]!;
      out[indexAlpha] = -logSteps;
    },
  };
}
