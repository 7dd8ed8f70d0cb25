import type { EntryFacts } from '../storedMatrix';

/** Own threshold: largest entry over root mean square from which it is called a super weight candidate. */
const SUPER_WEIGHT_RATIO = 64;

/** The largest entry of a matrix against the others. */
export interface LargestEntry {
  readonly row: number;
  readonly column: number;
  /** Absolute value over the root mean square of all entries. */
  readonly ratio: number;
  /** Part of the squared Frobenius norm in this one entry. */
  readonly share: number;
  readonly candidate: boolean;
}

/**
 * Pre-screen for super weights from the weights alone (arXiv 2411.07191 finds them in forward passes): a single entry, in an early
 * down projection, that must not be pruned or quantised. Null for a matrix of zeros.
 */
export function largestEntry(facts: EntryFacts, rows: number, columns: number): LargestEntry | null {
  if (!(facts.energy > 0)) return null;
  const ratio = facts.largest / Math.sqrt(facts.energy / (rows * columns));
  return {
    row: facts.largestRow,
    column: facts.largestColumn,
    ratio,
    share: facts.largest ** 2 / facts.energy,
    candidate: ratio >= SUPER_WEIGHT_RATIO && Math.min(rows, columns) > 1,
  };
}
