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

/** Width of the law of Tracy and Widom that chance explains, in its own units: 99.9 % lie between −5 and 5. */
const TRACY_WIDOM_REACH = 5;

/**
 * Whether a layer looks as it was drawn: hard rank and largest singular value within chance of the baseline. Then it is
 * frozen, dead or was left out of the optimizer. Layers below 64 are never called untouched: chance is too large there.
 */
export function looksUntouched(rows: number, columns: number, hard: Estimate, stable: Estimate): boolean {
  const shorter = Math.min(rows, columns);
  if (shorter < 64) return false;
  const expected = randomBaseline(rows, columns);
  const [m, n] = [Math.sqrt(rows), Math.sqrt(columns)];
  const topReach = (TRACY_WIDOM_REACH * (1 / n + 1 / m) ** (1 / 3)) / (n + m);
  const rankReach = 0.005 + 2.5 / shorter;
  const rankOff = Math.abs(hard.value / expected.hardRank - 1);
  const topOff = Math.abs(expected.stableRank / stable.value - 1);
  return (
    rankOff <= rankReach + (hard.error ?? 0) / hard.value && topOff <= topReach + (stable.error ?? 0) / stable.value
  );
}
