/**
 * Huber loss of one residual: r²/2 up to `threshold`, then straight with the same slope. An infinite threshold gives
 * least squares. Source: Huber 1964, doi 10.1214/aoms/1177703732; equals `scipy.special.huber`.
 */
export function huber(residual: number, threshold: number): number {
  const size = Math.abs(residual);
  return size <= threshold ? 0.5 * size * size : threshold * (size - 0.5 * threshold);
}

/** Weight that makes a squared residual act as its Huber loss does: slope / residual, in (0, 1]. */
export function huberWeight(residual: number, threshold: number): number {
  const size = Math.abs(residual);
  return size <= threshold ? 1 : threshold / size;
}
