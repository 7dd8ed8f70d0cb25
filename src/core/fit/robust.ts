/** Standard deviation of a normal distribution over its median absolute deviation. */
const NORMAL_PER_MAD = 1.4826022185056018;

/**
 * Median of the finite `values`, in their unit; the mean of the middle two when their number is even. `NaN` when none is
 * finite. Does not modify `values`; O(n log n). Equals `numpy.nanmedian` on finite input.
 */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Robust standard deviation of the finite `values` about `centre` (their median unless given), in their unit: 1.4826
 * times the median absolute deviation. `NaN` when none is finite, 0 for one value. Equals
 * `scipy.stats.median_abs_deviation(values, scale='normal')`.
 */
export function robustSd(values: ArrayLike<number>, centre = median(values)): number {
  return NORMAL_PER_MAD * median(Float64Array.from(values, (value) => Math.abs(value - centre)));
}
