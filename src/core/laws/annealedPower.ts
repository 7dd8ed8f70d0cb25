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
  /** Writes the drop of every row and its derivatives by its own parameters into `out`: rows × (1 + shapes), row-major. */
  fill(theta: Float64Array, input: LawInput, out: Float64Array): void;
}

/** The drops of an input at the newest point it was evaluated at. */
interface Filled {
  /** Parameters of the drop there. */
  readonly at: Float64Array;
  readonly drops: Float64Array;
}

/**
 * Evaluation of a law L = floor + size · progress^-alpha - release · drop with derivatives. Pure. A drop is computed once for
 * the losses and the derivatives at a point, and while only the other parameters move.
 */
export function annealedPower({ shapes, fill }: Drop): Pick<Law, 'predict' | 'jacobian' | 'remaining'> {
  const size = FIRST_OF_DROP + shapes;
  const width = 1 + shapes;
  const newest = new WeakMap<LawInput, Filled>();
  const dropsOf = (theta: Float64Array, input: LawInput): Float64Array => {
    const own = theta.subarray(FIRST_OF_DROP, size);
    let filled = newest.get(input);
    if (filled === undefined) {
      filled = { at: new Float64Array(shapes).fill(Number.NaN), drops: new Float64Array(input.rows * width) };
      newest.set(input, filled);
    } else if (own.every((value, k) => value === filled!.at[k])) return filled.drops;
    fill(theta, input, filled.drops);
    filled.at.set(own);
    return filled.drops;
  };
  const powerAt = (theta: Float64Array, { columns }: LawInput, i: number): number => {
    return theta[SIZE]! * columns[0]![i]! ** -theta[ALPHA]!;
  };
  return {
    predict(theta, input, out) {
      const drops = dropsOf(theta, input);
      for (let i = 0; i < input.rows; i++) {
        out[i] = theta[FLOOR]! + powerAt(theta, input, i) - theta[RELEASE]! * drops[width * i]!;
      }
    },
    jacobian(theta, input, out) {
      const drops = dropsOf(theta, input);
      for (let i = 0; i < input.rows; i++) {
        const power = powerAt(theta, input, i);
        const row = size * i;
        out[row + FLOOR] = 1;
        out[row + SIZE] = power / theta[SIZE]!;
        out[row + ALPHA] = -power * Math.log(input.columns[0]![i]!);
        out[row + RELEASE] = -drops[width * i]!;
        for (let k = 1; k <= shapes; k++) out[row + RELEASE + k] = -theta[RELEASE]! * drops[width * i + k]!;
      }
    },
    remaining(theta, input, [from, to]) {
      const drops = dropsOf(theta, input);
      return {
        progress: powerAt(theta, input, from) - powerAt(theta, input, to),
        annealing: theta[RELEASE]! * (drops[width * to]! - drops[width * from]!),
      };
    },
  };
}

/** The drop of a law whose second column holds it ready: it has no parameters of its own. */
export const READY_DROP: Drop = {
  shapes: 0,
  fill: (_theta, { rows, columns }, out) => out.set(columns[1]!.subarray(0, rows)),
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
