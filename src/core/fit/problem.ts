import type { Law, LawInput } from '../laws/law';
import type { LrPath } from '../laws/lrPath';
import type { PriorTerm } from '../laws/prior';
import { whiten } from './drift';
import type { ResidualProblem } from './levenbergMarquardt';
import { type Transform, transformFor } from './transform';

/** One curve to fit. Equal lengths; `sigma` and `thresholds` in the unit of `targets`. */
export interface FitCurve {
  readonly path: LrPath;
  readonly steps: Float64Array;
  /** Natural logarithms of the losses; the values themselves for a law that rises. */
  readonly targets: Float64Array;
  /** Standard deviation of each point. */
  readonly sigma: Float64Array;
  /** What of `sigma` is noise of the measured points: the rest is error of the law. All of it is without. */
  readonly noise?: Float64Array | undefined;
  /** Triangular factor of the covariance of the points where their errors go together (`driftFactor`). */
  readonly factor?: Float64Array | undefined;
  /** Where Huber's loss turns straight, in standard deviations. */
  readonly thresholds: Float64Array;
}

/**
 * The residuals of a law on several curves that share all parameters, followed by those of the priors:
 * (ln L(theta) - ln loss) / sigma and (quantity(theta) - mean) / sd, over unbounded coordinates. Values instead of
 * logarithms for a law that rises; a factor instead of sigma where errors go together.
 */
export class LawProblem implements ResidualProblem {
  readonly size: number;
  readonly rows: number;
  /** Rows that are data; the rest are priors. */
  readonly dataRows: number;
  readonly thresholds: Float64Array;
  readonly transforms: readonly Transform[];
  readonly inputs: readonly LawInput[];
  /** The newest point at which the law was evaluated, and its losses there: derivatives are asked for at the same point. */
  readonly #at: Float64Array;
  readonly #losses: Float64Array;

  constructor(
    readonly law: Law,
    readonly curves: readonly FitCurve[],
    readonly priors: readonly PriorTerm[],
    settings: readonly number[],
  ) {
    this.size = law.params.length;
    this.dataRows = curves.reduce((sum, curve) => sum + curve.steps.length, 0);
    this.rows = this.dataRows + priors.length;
    this.transforms = law.params.map(transformFor);
    this.inputs = curves.map((curve) => law.prepare(curve.path, curve.steps, settings));
    this.#at = new Float64Array(this.size).fill(Number.NaN);
    this.#losses = new Float64Array(this.dataRows);
    this.thresholds = new Float64Array(this.rows).fill(Number.POSITIVE_INFINITY);
    let row = 0;
    for (const curve of curves) {
      this.thresholds.set(curve.thresholds, row);
      row += curve.steps.length;
    }
  }

  /** Parameters at the coordinates `u`. */
  theta(u: Float64Array): Float64Array {
    return u.map((value, a) => this.transforms[a]!.toBounded(value));
  }

  /** Coordinates of the parameters `theta`. */
  free(theta: Float64Array): Float64Array {
    return theta.map((value, a) => this.transforms[a]!.toFree(value));
  }

  residuals(u: Float64Array, out: Float64Array): void {
    this.errors(u, out);
    this.#standardise(out, 1);
    const theta = this.theta(u);
    let row = this.dataRows;
    for (const prior of this.priors) out[row++] = (prior.quantity(theta) - prior.mean) / prior.sd;
  }

  /** Writes ln L(theta) - ln loss of every point into `out`, differences of values for a law that rises. */
  errors(u: Float64Array, out: Float64Array): void {
    const losses = this.#lossesAt(u);
    let row = 0;
    for (const { targets } of this.curves) {
      for (let i = 0; i < targets.length; i++, row++) {
        out[row] = (this.law.rises ? losses[row]! : Math.log(losses[row]!)) - targets[i]!;
      }
    }
  }

  jacobian(u: Float64Array, out: Float64Array): void {
    const { size } = this;
    const theta = this.theta(u);
    const losses = this.#lossesAt(u);
    let row = 0;
    for (const [c, { steps }] of this.curves.entries()) {
      const count = steps.length;
      this.law.jacobian(theta, this.inputs[c]!, out.subarray(row * size, (row + count) * size));
      for (let i = 0; i < count; i++, row++) {
        if (this.law.rises) continue;
        for (let a = 0; a < size; a++) out[row * size + a] = out[row * size + a]! / losses[row]!;
      }
    }
    this.#standardise(out, size);
    for (const prior of this.priors) {
      const gradient = out.subarray(row * size, (row + 1) * size);
      prior.gradient(theta, gradient);
      for (let a = 0; a < size; a++) gradient[a] = gradient[a]! / prior.sd;
      row++;
    }
    const slopes = u.map((value, a) => this.transforms[a]!.slope(value));
    for (let i = 0; i < out.length; i++) out[i] = out[i]! * slopes[i % size]!;
  }

  /** Divides the rows of the data in `out` (rows × `width`) by the standard deviations of the points, or by their factor. */
  #standardise(out: Float64Array, width: number): void {
    let row = 0;
    for (const { sigma, factor } of this.curves) {
      const count = sigma.length;
      for (let a = 0; a < width; a++) {
        const column = { from: row * width + a, stride: width };
        if (factor !== undefined) whiten(factor, count, out, column);
        else for (let i = 0; i < count; i++) out[column.from + i * width] = out[column.from + i * width]! / sigma[i]!;
      }
      row += count;
    }
  }

  /** Losses of all curves at `u`, one after the other. */
  #lossesAt(u: Float64Array): Float64Array {
    if (u.every((value, a) => value === this.#at[a])) return this.#losses;
    const theta = this.theta(u);
    let row = 0;
    for (const [c, { steps }] of this.curves.entries()) {
      this.law.predict(theta, this.inputs[c]!, this.#losses.subarray(row, row + steps.length));
      row += steps.length;
    }
    this.#at.set(u);
    return this.#losses;
  }
}
