import type { Estimate } from '../spectrum';

/** What independent entries of equal variance would show. */
export interface RandomBaseline {
  readonly hardRank: number;
  readonly softRank: number;
  readonly stableRank: number;
}

/**
 * Ranks of a random matrix of this shape, in closed form: hard rank mn/(m+n+1) (exact for Gaussian entries to order 1/mn), soft
 * rank m·exp(−m/2n), stable rank mn/(√m+√n)², m the shorter side (moments of the law of Marchenko and Pastur).
 */
export function randomBaseline(rows: number, columns: number): RandomBaseline {
  const [m, n] = [Math.min(rows, columns), Math.max(rows, columns)];
  return {
    hardRank: (m * n) / (m + n + 1),
    softRank: m * Math.exp(-m / (2 * n)),
    stableRank: (m * n) / (Math.sqrt(m) + Math.sqrt(n)) ** 2,
  };
}

/** Distances that chance explains, relative: of the hard rank, and of the largest singular value. */
const SAME_RANK = 0.01;
const SAME_TOP = 0.03;

/**
 * Whether a layer looks as it was drawn: hard rank and stable rank within chance of the baseline. Then it is frozen, dead
 * or was left out of the optimizer. Layers below 64 are never called untouched: chance is too large there.
 */
export function looksUntouched(rows: number, columns: number, hard: Estimate, stable: Estimate): boolean {
  if (Math.min(rows, columns) < 64) return false;
  const expected = randomBaseline(rows, columns);
  const rankOff = Math.abs(hard.value / expected.hardRank - 1);
  const topOff = Math.abs(Math.sqrt(stable.value / expected.stableRank) - 1);
  return rankOff <= SAME_RANK + (hard.error ?? 0) / hard.value && topOff <= SAME_TOP;
}
