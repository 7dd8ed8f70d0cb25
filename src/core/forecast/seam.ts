import { median } from '../fit/robust';

/** A sudden change of level in the residuals of a fit. */
export interface Seam {
  /** Number of the first bin after it. */
  readonly bin: number;
  /** Relative size of the jump, negative for a fall. */
  readonly jump: number;
}

/** Bins a side of a seam needs. */
const LEAST_SIDE = 4;

/** A jump of this relative size and of this many times the spread within both sides is a seam. */
const LEAST_JUMP = 0.006;
const LEAST_RATIO = 5;

/** It must also pass this multiple of the standard deviation of the bins beside it: the bins of early steps hold few points. */
const LEAST_SIGMAS = 2;

/**
 * The greatest change of level in relative `residuals` (one per bin, in order) when it is a seam: the medians of the four
 * bins before and after differ by at least 0.6 % of the loss, by 5 times what neighbouring bins differ by, and by twice the
 * standard deviation `sigma` of the bins there.
 * `undefined` when there is none or there are fewer than 8 bins.
 */
export function findSeam(residuals: Float64Array, sigma: Float64Array): Seam | undefined {
  let best: Seam | undefined;
  const steps = residuals.slice(1).map((value, i) => Math.abs(value - residuals[i]!));
  const spread = steps.length > 0 ? median(steps) : 0;
  for (let bin = LEAST_SIDE; bin + LEAST_SIDE <= residuals.length; bin++) {
    const before = median(residuals.subarray(bin - LEAST_SIDE, bin));
    const after = median(residuals.subarray(bin, bin + LEAST_SIDE));
    const jump = after - before;
    const own = Math.abs(residuals[bin]! - residuals[bin - 1]!);
    const error = median(sigma.subarray(bin - LEAST_SIDE, bin + LEAST_SIDE));
    if (own < 0.7 * Math.abs(jump) || Math.abs(jump) < LEAST_SIGMAS * error) continue;
    if (best === undefined || Math.abs(jump) > Math.abs(best.jump)) best = { bin, jump };
  }
  if (best === undefined || Math.abs(best.jump) < LEAST_JUMP || Math.abs(best.jump) < LEAST_RATIO * spread)
    return undefined;
  return best;
}
