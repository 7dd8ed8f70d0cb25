import { type Law, type LawInput, type ParamSpec, positive } from './law';
import { logPrior, type Normal, type PriorTerm, reachPrior } from './prior';

/**
 * Indices of the parameters that all laws of the shape L = floor + size · progress^-alpha - release · drop share, in this
 * order; parameters of the drop itself follow.
 */
export const [FLOOR, SIZE, ALPHA, RELEASE, FIRST_OF_DROP] = [0, 1, 2, 3, 4] as const;

/** How much of the release has come by each row of a `LawInput` whose first column is the progress. */
export interface Drop {
  /** Number of parameters of the drop, which follow the release. */
  readonly shapes: number;
  /** Writes the drop of row `i` and its derivatives by its own parameters into `out` (length 1 + shapes). */
  at(theta: Float64Array, input: LawInput, i: number, out: Float64Array): void;
}

/** Evaluation of a law L = floor + size · progress^-alpha - release · drop with derivatives. Pure. */
export function annealedPower({ shapes, at }: Drop): Pick<Law, 'predict' | 'jacobian' | 'remaining'> {
  const size = FIRST_OF_DROP + shapes;
  const powerAt = (theta: Float64Array, { columns }: LawInput, i: number): number => {
    return theta[SIZE]! * columns[0]![i]! ** -theta[ALPHA]!;
  };
  return {
    predict(theta, input, out) {
      const drop = new Float64Array(1 + shapes);
      for (let i = 0; i < input.rows; i++) {
        at(theta, input, i, drop);
        out[i] = theta[FLOOR]! + powerAt(theta, input, i) - theta[RELEASE]! * drop[0]!;
      }
    },
    jacobian(theta, input, out) {
      const drop = new Float64Array(1 + shapes);
      for (let i = 0; i < input.rows; i++) {
        at(theta, input, i, drop);
        const power = powerAt(theta, input, i);
        const row = size * i;
        out[row + FLOOR] = 1;
        out[row + SIZE] = power / theta[SIZE]!;
        out[row + ALPHA] = -power * Math.log(input.columns[0]![i]!);
        out[row + RELEASE] = -drop[0]!;
        for (let k = 1; k <= shapes; k++) out[row + RELEASE + k] = -theta[RELEASE]! * drop[k]!;
      }
    },
    remaining(theta, input, [from, to]) {
      const [before, after] = [new Float64Array(1 + shapes), new Float64Array(1 + shapes)];
      at(theta, input, from, before);
      at(theta, input, to, after);
      return {
        progress: powerAt(theta, input, from) - powerAt(theta, input, to),
        annealing: theta[RELEASE]! * (after[0]! - before[0]!),
      };
    },
  };
}

/** The drop of a law whose second column holds it ready: it has no parameters of its own. */
export const READY_DROP: Drop = {
  shapes: 0,
  at(_theta, { columns }, i, out) {
    out[0] = columns[1]![i]!;
  },
};

/** The first three parameters of laws that measure progress in steps at peak learning rate. */
export const POWER_PARAMS: readonly ParamSpec[] = [
  positive('L0', 'nats', 'loss that endless training at peak learning rate would approach', true),
  positive('A', 'nats · steps^alpha', 'size of the fall that comes with more steps', true),
  { name: 'alpha', unit: '1', meaning: 'how fast that fall slows down', low: 0.05, high: 2, linear: false },
];

/** What earlier runs say of alpha, of the release (unit of the law) and of R (see `reachPrior`, nats), in logarithms. */
export interface AnnealingConstants {
  readonly alpha: Normal;
  readonly drop: Normal;
  readonly reach: Normal;
}

/** Priors on the first parameters of laws that measure progress in steps at peak learning rate. */
export function annealingPriors(release: string, { alpha, drop, reach }: AnnealingConstants): PriorTerm[] {
  return [logPrior('alpha', ALPHA, alpha), logPrior(release, RELEASE, drop), reachPrior(SIZE, ALPHA, reach)];
}

/** Alpha and R of the 43 models of docs/laws.md for progress that counts e to the first power. */
export const TYPICAL_POWER = {
  alpha: { mean: Math.log(0.45), sd: 0.25 },
  reach: { mean: Math.log(0.85), sd: 0.25 },
} as const;
