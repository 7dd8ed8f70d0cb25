/** Means of neighbouring values: what is left of a noisy series when its noise is averaged away. Plain data. */
export interface Blocks {
  sum: number;
  count: number;
  /** Values that the present block takes. */
  size: number;
}

/** A finished block. */
export interface Block {
  readonly mean: number;
  /** Standard error of the mean from the noise of one value. */
  readonly error: number;
  readonly count: number;
}

export function newBlocks(size: number): Blocks {
  return { sum: 0, count: 0, size };
}

/** Takes a value with its noise; the block that it completes, else `undefined`. The caller may change `size` then. */
export function addToBlock(blocks: Blocks, value: number, sigma: number): Block | undefined {
  blocks.sum += value;
  blocks.count++;
  if (blocks.count < blocks.size) return undefined;
  const { sum, count } = blocks;
  blocks.sum = 0;
  blocks.count = 0;
  return { mean: sum / count, error: sigma / Math.sqrt(count), count };
}

/** `value` no further than `bound` from `level`: one outlier must not carry a mean. */
export function clipped(value: number, level: number, bound: number): number {
  return Math.max(level - bound, Math.min(level + bound, value));
}
