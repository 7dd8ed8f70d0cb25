/** Points of the integral. */
const POINTS = 2048;

/**
 * Eigenvalues of a rows × columns matrix of independent entries of variance 1, as the law of Marchenko and Pastur expects
 * them: its quantiles (i − ½)/m, descending, m the shorter side. `count` thins them out.
 */
export function noiseEigenvalues(rows: number, columns: number, count = Math.min(rows, columns)): Float64Array {
  const [short, long] = [Math.min(rows, columns), Math.max(rows, columns)];
  const [low, high] = [(Math.sqrt(long) - Math.sqrt(short)) ** 2, (Math.sqrt(long) + Math.sqrt(short)) ** 2];
  const [middle, radius] = [(low + high) / 2, (high - low) / 2];
  // With x = middle − radius·cos t the density is smooth in t: sin² t / x.
  const sums = new Float64Array(POINTS + 1);
  for (let i = 1; i <= POINTS; i++) {
    const t = (Math.PI * (i - 0.5)) / POINTS;
    sums[i] = sums[i - 1]! + Math.sin(t) ** 2 / (middle - radius * Math.cos(t));
  }
  const total = sums[POINTS]!;
  const result = new Float64Array(count);
  for (let k = 0, i = 0; k < count; k++) {
    const wanted = ((k + 0.5) / count) * total;
    while (sums[i + 1]! < wanted) i++;
    const part = (wanted - sums[i]!) / (sums[i + 1]! - sums[i]!);
    result[count - 1 - k] = middle - radius * Math.cos((Math.PI * (i + part)) / POINTS);
  }
  return result;
}
