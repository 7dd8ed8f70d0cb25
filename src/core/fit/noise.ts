import { robustSd } from './robust';

/**
 * Standard deviation of the noise of one point, in the unit of `values`: how far each point lies from the straight line
 * between its two neighbours, divided by the spread that independent noise would give that distance. The trend cancels
 * whatever the spacing. `steps` ascend strictly, `values` are finite. 0 for fewer than 3 points.
 * Source: Gasser, Sroka & Jennen-Steinmetz 1986, doi 10.1093/biomet/73.3.625, made robust by the median.
 */
export function pointNoise(steps: Float64Array, values: Float64Array): number {
  if (steps.length < 3) return 0;
  const distances = new Float64Array(steps.length - 2);
  for (let i = 1; i + 1 < steps.length; i++) {
    const right = (steps[i]! - steps[i - 1]!) / (steps[i + 1]! - steps[i - 1]!);
    const left = 1 - right;
    const distance = values[i]! - left * values[i - 1]! - right * values[i + 1]!;
    distances[i - 1] = distance / Math.sqrt(1 + left * left + right * right);
  }
  return robustSd(distances, 0);
}

/**
 * Correlation of neighbouring `residuals` about zero, in [-1, 1]; 0 for fewer than 3 or when all are zero. Equals the
 * lag-1 entry of an autocorrelation without removal of the mean.
 */
export function neighbourCorrelation(residuals: Float64Array): number {
  if (residuals.length < 3) return 0;
  let cross = 0;
  let square = 0;
  for (let i = 0; i < residuals.length; i++) {
    square += residuals[i]! ** 2;
    if (i > 0) cross += residuals[i]! * residuals[i - 1]!;
  }
  return square > 0 ? cross / square : 0;
}
