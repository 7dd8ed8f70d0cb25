import { type LrPath, progressAt, rateAt, rateBlocks } from './lrPath';

/**
 * The changes of the rate that have come by each of some steps, as few weighted points: sums over all steps
 * of (e_{k-1} - e_k) · G(age of k) become sums over `weights` · G(`ages`). Rows follow each other; those of row i are
 * `begins[i]` to `begins[i + 1]`.
 */
export interface RateDrops {
  readonly begins: Float64Array;
  /** Fall of e, negative for a rise. */
  readonly weights: Float64Array;
  /** Progress since the fall, in steps at peak learning rate, from 0. */
  readonly ages: Float64Array;
  /** Rate e at the fall, above 0. */
  readonly rates: Float64Array;
}

/** Blocks a schedule is summed in; each has two points. Losses are then within 5e-4 nats of the sum over all steps. */
const MAX_BLOCKS = 48;

/** Two-point Gauss-Legendre quadrature of the unit interval. */
const POINTS = [0.5 - Math.sqrt(1 / 12), 0.5 + Math.sqrt(1 / 12)] as const;

/** Rates below this count as this: laws divide by powers of the rate. */
const LEAST_RATE = 1e-6;

interface Point {
  readonly weight: number;
  readonly progress: number;
  readonly rate: number;
}

/**
 * The changes of `path` by each of `steps` (any order). The rise of the warm-up is part of them. A sudden change is one
 * point, at the step that has the new rate. O(blocks · (steps + log nodes)).
 */
export function rateDrops(path: LrPath, steps: Float64Array): RateDrops {
  const { from, to, before, after } = rateBlocks(path, MAX_BLOCKS);
  const pointsOf = (k: number, end: number, rate: number): Point[] => {
    const fall = before[k]! - rate;
    if (end - from[k]! <= 1) return [{ weight: fall, progress: progressAt(path, end), rate }];
    return POINTS.map((share) => {
      const step = from[k]! + share * (end - from[k]!);
      return { weight: fall / 2, progress: progressAt(path, step), rate: before[k]! - share * fall };
    });
  };
  const whole = Array.from(from, (_, k) => pointsOf(k, to[k]!, after[k]!));
  const begins = new Float64Array(steps.length + 1);
  const room = steps.length * 2 * whole.length;
  const [weights, ages, rates] = [new Float64Array(room), new Float64Array(room), new Float64Array(room)];
  let used = 0;
  for (const [i, step] of steps.entries()) {
    const now = progressAt(path, step);
    for (let k = 0; k < whole.length && (from[k]! < step || to[k]! <= step); k++) {
      const points = to[k]! <= step ? whole[k]! : pointsOf(k, step, Math.max(0, rateAt(path, step)));
      for (const { weight, progress, rate } of points) {
        weights[used] = weight;
        ages[used] = Math.max(0, now - progress);
        rates[used++] = Math.max(LEAST_RATE, rate);
      }
    }
    begins[i + 1] = used;
  }
  return { begins, weights, ages, rates };
}
