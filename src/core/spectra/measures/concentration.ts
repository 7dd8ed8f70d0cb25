/**
 * Spectral concentration (early eigenvalue enrichment) (2/D)·Σᵢ(cᵢ − i/D) of the cumulative shares cᵢ of the eigenvalues, descending,
 * within [0, 1]: 0 for a flat spectrum, (D − 1)/D for rank one. NerVE, arXiv 2603.06922. NaN for a matrix of zeros.
 */
export function concentration(eigenvalues: Float64Array): number {
  const size = eigenvalues.length;
  const total = eigenvalues.reduce((sum, value) => sum + value, 0);
  let share = 0;
  let sum = 0;
  for (let i = 0; i < size; i++) {
    share += eigenvalues[i]! / total;
    sum += share - (i + 1) / size;
  }
  return Math.max(0, Math.min(1, (2 * sum) / size));
}
