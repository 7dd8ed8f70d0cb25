/**
 * Exponential moving average that starts at the first value instead of 0 (debiased, as TensorBoard draws it).
 * `weight` is the share of the past, [0, 1): 0 returns the values themselves. Non-finite values are skipped.
 * State is two numbers, so that a live series goes on where it stopped.
 */
export class Smoother {
  #sum = 0;
  #norm = 0;

  constructor(readonly weight: number) {}

  /** The same state, to go on from twice. */
  copy(): Smoother {
    const copy = new Smoother(this.weight);
    copy.#sum = this.#sum;
    copy.#norm = this.#norm;
    return copy;
  }

  /** The smoothed value after each of `values`, in a new array; `NaN` before the first finite value. */
  all(values: Float64Array): Float64Array<ArrayBuffer> {
    const { weight } = this;
    const smoothed = new Float64Array(values.length);
    let sum = this.#sum;
    let norm = this.#norm;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isFinite(value)) {
        sum = weight * sum + (1 - weight) * value;
        norm = weight * norm + (1 - weight);
      }
      smoothed[i] = norm > 0 ? sum / norm : Number.NaN;
    }
    this.#sum = sum;
    this.#norm = norm;
    return smoothed;
  }
}
