/** Share of the values above the threshold of the tail. */
const SHARE = 0.05;
/** What normal noise has: its 95 % quantile and the mean excess above it. They stand in while little has been seen. */
const NORMAL_QUANTILE = 1.645;
const NORMAL_EXCESS = 0.418;
const PRIOR = 10;
const MEMORY = 200;
const RATE = 0.02;

/**
 * The upper tail of a standardised quantity in constant memory: its 95 % quantile by stochastic approximation and the
 * mean excess above it. An exponential tail beyond the quantile gives the height that is passed as rarely as wanted:
 * peaks over threshold, as in SPOT (Siffer et al. 2017, doi 10.1145/3097983.3098144), without the shape parameter.
 */
export interface Tail {
  quantile: number;
  excess: number;
  /** Values above the quantile so far, up to `MEMORY`. */
  count: number;
}

/** The tail of normal noise. */
export function newTail(): Tail {
  return { quantile: NORMAL_QUANTILE, excess: NORMAL_EXCESS, count: PRIOR };
}

/** The height that one value in `rarity` passes, `rarity` > 20. Never below that of normal noise by more than a tenth. */
export function heightOf({ quantile, excess }: Tail, rarity: number): number {
  return quantile + excess * Math.log(SHARE * rarity);
}

/** Takes a value; one beyond `height` counts as that height, so that what is looked for does not hide its like. */
export function observeTail(tail: Tail, value: number, height: number): void {
  if (value <= tail.quantile) {
    tail.quantile = Math.max(0.5, tail.quantile - RATE * SHARE);
    return;
  }
  tail.count = Math.min(MEMORY, tail.count + 1);
  tail.excess += (Math.min(value, height) - tail.quantile - tail.excess) / tail.count;
  tail.quantile += RATE * (1 - SHARE);
}
