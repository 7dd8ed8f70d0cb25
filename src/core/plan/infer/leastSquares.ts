/** A weighted least-squares problem in a handful of parameters. */
export interface SmallProblem {
  /** Residuals in units of their standard deviation. */
  residuals(theta: readonly number[], out: Float64Array): void;
  readonly count: number;
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Parameters that fit best, with what is known of their errors. */
export interface SmallFit {
  readonly theta: readonly number[];
  /** Sum of squared residuals. */
  readonly cost: number;
  /** Covariance of the parameters for residuals of unit variance, row-major; `null` when they cannot be told apart. */
  readonly covariance: readonly number[][] | null;
}

const MAX_ITERATIONS = 25;
const STEP = 1e-6;

/**
 * Levenberg-Marquardt with forward differences and clipping to the bounds, for up to about five parameters. Stops when the cost
 * falls by less than 1e-9 of itself. A start outside the bounds is clipped. Source: Marquardt 1963; scipy `least_squares`.
 */
export function fitSmall(problem: SmallProblem, start: readonly number[]): SmallFit {
  const clip = (theta: readonly number[]): number[] =>
    theta.map((value, i) => Math.min(Math.max(value, problem.low[i]!), problem.high[i]!));
  let theta = clip(start);
  const residuals = new Float64Array(problem.count);
  let cost = evaluate(problem, theta, residuals);
  let damping = 1e-3;
  let normal = normalEquations(problem, theta, residuals);
  for (let iteration = 0; iteration < MAX_ITERATIONS && damping < 1e8; iteration++) {
    const step = solve(
      normal.matrix.map((row, i) => row.map((value, j) => (i === j ? value * (1 + damping) + 1e-12 : value))),
      normal.gradient,
    );
    if (step === null) break;
    const trial = clip(theta.map((value, i) => value - step[i]!));
    const trialCost = evaluate(problem, trial, residuals);
    if (trialCost < cost) {
      const gain = cost - trialCost;
      theta = trial;
      cost = trialCost;
      damping = Math.max(damping / 5, 1e-9);
      normal = normalEquations(problem, theta, residuals);
      if (gain < 1e-9 * cost || cost < 1e-12) break;
    } else damping *= 6;
  }
  return { theta, cost, covariance: invert(normal.matrix) };
}

function evaluate(problem: SmallProblem, theta: readonly number[], out: Float64Array): number {
  problem.residuals(theta, out);
  let cost = 0;
  for (const residual of out) cost += residual * residual;
  return Number.isFinite(cost) ? cost : Number.POSITIVE_INFINITY;
}

function normalEquations(
  problem: SmallProblem,
  theta: readonly number[],
  residuals: Float64Array,
): { matrix: number[][]; gradient: number[] } {
  problem.residuals(theta, residuals);
  const columns = theta.map((value, i) => {
    const moved = [...theta];
    const delta = value + STEP > problem.high[i]! ? -STEP : STEP;
    moved[i] = value + delta;
    const column = new Float64Array(problem.count);
    problem.residuals(moved, column);
    for (let row = 0; row < column.length; row++) column[row] = (column[row]! - residuals[row]!) / delta;
    return column;
  });
  const dot = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let row = 0; row < a.length; row++) sum += a[row]! * b[row]!;
    return sum;
  };
  return {
    matrix: columns.map((a) => columns.map((b) => dot(a, b))),
    gradient: columns.map((a) => dot(a, residuals)),
  };
}

/** Solution of `matrix` x = `right` by elimination with pivoting; `null` for a singular matrix. */
function solve(matrix: number[][], right: readonly number[]): number[] | null {
  const size = right.length;
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let i = column + 1; i < size; i++) {
      if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const head = rows[column]!;
    if (!(Math.abs(head[column]!) > 0)) return null;
    for (let i = 0; i < size; i++) {
      if (i === column) continue;
      const factor = rows[i]![column]! / head[column]!;
      for (let j = column; j <= size; j++) rows[i]![j]! -= factor * head[j]!;
    }
  }
  const solution = rows.map((row, i) => row[size]! / row[i]!);
  return solution.every(Number.isFinite) ? solution : null;
}

function invert(matrix: number[][]): number[][] | null {
  // A parameter on its bound has a zero column; the ridge gives it a large variance instead of none at all.
  const scale = Math.max(...matrix.map((row, i) => row[i]!), Number.MIN_VALUE);
  const ridged = matrix.map((row, i) => row.map((value, j) => (i === j ? value + 1e-14 * scale : value)));
  const columns = matrix.map((_, k) =>
    solve(
      ridged,
      matrix.map((_row, i) => (i === k ? 1 : 0)),
    ),
  );
  return columns.every((column) => column !== null) ? (columns as number[][]) : null;
}
