/**
 * The falling (never rising) sequence nearest to `values` in least squares: neighbours that rise are averaged until none
 * does. Empty input gives an empty list. O(n). Source: Barlow et al. 1972, pool adjacent violators; equals
 * `scipy.optimize.isotonic_regression(values, increasing=False)`.
 */
export function isotonicFall(values: readonly number[]): number[] {
  const blocks: { mean: number; count: number }[] = [];
  for (const value of values) {
    let block = { mean: value, count: 1 };
    for (let last = blocks.at(-1); last !== undefined && last.mean < block.mean; last = blocks.at(-1)) {
      const count = last.count + block.count;
      block = { mean: (last.mean * last.count + block.mean * block.count) / count, count };
      blocks.pop();
    }
    blocks.push(block);
  }
  return blocks.flatMap(({ mean, count }) => new Array<number>(count).fill(mean));
}
