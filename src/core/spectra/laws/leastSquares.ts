import { choleskyFactor, choleskySolve } from '../../fit/cholesky';

/** 97.5 % quantiles of Student's t for 1, 2, … degrees of freedom. */
const T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131];

/** 97.5 % quantile of Student's t: half a 95 % interval in standard errors. Infinite below one degree of freedom. */
export function studentT(degrees: number): number {
  if (degrees < 1) return Number.POSITIVE_INFINITY;
  // Beyond the table the first term of the expansion around the normal quantile is exact to 0.1 %.
  return T[degrees - 1] ?? 1.96 + 2.372 / degrees;
}

/** A polynomial through points, with what its scatter says of it. */
export interface PolynomialFit {
  /** Constant first. */
  readonly coefficients: readonly number[];
  /** Half widths of their 95 % intervals; infinite with as many points as coefficients. */
  readonly errors: readonly number[];
  /** Part of the variance that is explained; 1 when there is none to explain. */
  readonly rSquared: number;
  /** Value at x, and the half width of the 95 % interval of a further observation there. */
  at(x: number): { readonly value: number; readonly error: number };
}

/** Ordinary least squares. Null with fewer points than coefficients, or when the places are too few or equal. */
export function fitPolynomial(x: readonly number[], y: readonly number[], degree: number): PolynomialFit | null {
  const [count, size] = [x.length, degree + 1];
  if (count < size || new Set(x).size < size) return null;
  const powers = (place: number): number[] => Array.from({ length: size }, (_, k) => place ** k);
  const normal = new Float64Array(size * size);
  const right = new Float64Array(size);
  x.forEach((place, i) => {
    const row = powers(place);
    for (let a = 0; a < size; a++) {
      right[a]! += row[a]! * y[i]!;
      for (let b = 0; b < size; b++) normal[a * size + b]! += row[a]! * row[b]!;
    }
  });
  const factor = choleskyFactor(normal, size);
  if (factor === undefined) return null;
  const coefficients = [...choleskySolve(factor, right)];
  const value = (place: number): number => powers(place).reduce((sum, power, k) => sum + power * coefficients[k]!, 0);
  const mean = y.reduce((sum, each) => sum + each, 0) / count;
  const residual = y.reduce((sum, each, i) => sum + (each - value(x[i]!)) ** 2, 0);
  const total = y.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const variance = count > size ? residual / (count - size) : Number.POSITIVE_INFINITY;
  const reach = studentT(count - size);
  /** vᵀ(XᵀX)⁻¹v. */
  const leverage = (v: readonly number[]): number =>
    choleskySolve(factor, v).reduce((sum, each, k) => sum + each * v[k]!, 0);
  return {
    coefficients,
    errors: coefficients.map(
      (_, k) => reach * Math.sqrt(variance * leverage(coefficients.map((__, j) => Number(j === k)))),
    ),
    rSquared: total > 0 ? 1 - residual / total : 1,
    at: (place) => ({ value: value(place), error: reach * Math.sqrt(variance * (1 + leverage(powers(place)))) }),
  };
}
