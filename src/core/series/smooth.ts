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

  /** The smoothed value after `value`; `NaN` before the first finite value. */
  next(value: number): number {
    if (Number.isFinite(value)) {
      this.#sum = this.weight * this.#sum + (1 - this.weight) * value;
      this.#norm = this.weight * this.#norm + (1 - this.weight);
    }
    return this.#norm > 0 ? this.#sum / this.#norm : Number.NaN;
  }
}
