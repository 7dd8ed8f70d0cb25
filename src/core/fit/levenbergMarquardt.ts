import { huber, huberWeight } from './huber';
import { dampedStep, type NormalEquations, normalEquations } from './normalEquations';

/** A sum of (Huber) squares to make small over unbounded coordinates u. */
export interface ResidualProblem {
  readonly size: number;
  readonly rows: number;
  /** Writes the residuals at `u` into `out` (length rows). Non-finite ones make the point refused. */
  residuals(u: Float64Array, out: Float64Array): void;
  /** Writes the derivatives of the residuals into `out`: rows × size, row-major. */
  jacobian(u: Float64Array, out: Float64Array): void;
  /** Huber thresholds in the unit of the residuals (length rows); least squares without. */
  readonly thresholds?: Float64Array;
}

/** When to stop. */
export interface SolverOptions {
  readonly maxIterations: number;
  /** Relative: of the cost for a decrease, of each coordinate's size for a step. */
  readonly tolerance: number;
  /** Asked before every iteration; `true` ends the search with the best point so far. */
  readonly isTimeUp?: () => boolean;
}

/** Used where the caller gives none. */
export const SOLVER_DEFAULTS: SolverOptions = { maxIterations: 200, tolerance: 1e-10 };

/** The best point found. */
export interface Solution {
  readonly u: Float64Array;
  /** Sum of Huber losses, so half the sum of squares when no residual passes its threshold. */
  readonly cost: number;
  readonly iterations: number;
  readonly converged: boolean;
}

const FIRST_DAMPING = 1e-3;
const MAX_DAMPING = 1e16;

/** Along a flat valley steps stay large: this many tiny decreases in a row end the search there. */
const ENOUGH = 5;

/**
 * Minimises the sum of Huber losses by Levenberg-Marquardt from `start`: normal equations with the weights of Huber's
 * loss, scaled by the greatest diagonal so far, damping after Nielsen. Stops when a decrease is below `tolerance` of the
 * cost and the step below its root or five decreases in a row are that small, or at the limits; the best point is always returned. Deterministic.
 * A start with non-finite residuals is returned as it is, with cost `Infinity`.
 * Source: Madsen, Nielsen & Tingleff 2004, algorithm 3.16; Moré 1978 for the scaling. Like
 * `scipy.optimize.least_squares(loss='huber')`.
 */
export function minimize(
  problem: ResidualProblem,
  start: Float64Array,
  options: SolverOptions = SOLVER_DEFAULTS,
): Solution {
  const search = new Search(problem, start);
  let damping = FIRST_DAMPING;
  let growth = 2;
  let tiny = 0;
  let iterations = 0;
  let converged = search.cost === 0;
  while (!converged && Number.isFinite(search.cost) && iterations < options.maxIterations) {
    if (options.isTimeUp?.() || damping > MAX_DAMPING) break;
    iterations++;
    const step = dampedStep(search.equations, search.scale, damping);
    const gain = step === undefined ? Number.NEGATIVE_INFINITY : search.tryStep(step, damping);
    if (step === undefined || !(gain > 0)) {
      if (step !== undefined && isSmall(step, search.u, options.tolerance)) converged = true;
      damping *= growth;
      growth *= 2;
      continue;
    }
    const isTiny = search.lastDecrease <= options.tolerance * (search.cost + search.lastDecrease);
    tiny = isTiny ? tiny + 1 : 0;
    converged = isTiny && (tiny >= ENOUGH || isSmall(step, search.u, Math.sqrt(options.tolerance)));
    damping *= Math.max(1 / 3, 1 - (2 * gain - 1) ** 3);
    growth = 2;
  }
  return { u: search.u, cost: search.cost, iterations, converged };
}

/** The current point of a search with its linearisation. */
class Search {
  u: Float64Array;
  cost: number;
  lastDecrease = 0;
  equations!: NormalEquations;
  readonly scale: Float64Array;
  readonly #problem: ResidualProblem;
  #residuals: Float64Array;
  #trial: Float64Array;
  readonly #jacobian: Float64Array;
  readonly #weights: Float64Array;

  constructor(problem: ResidualProblem, start: Float64Array) {
    this.#problem = problem;
    this.u = Float64Array.from(start);
    this.scale = new Float64Array(problem.size);
    this.#residuals = new Float64Array(problem.rows);
    this.#trial = new Float64Array(problem.rows);
    this.#jacobian = new Float64Array(problem.rows * problem.size);
    this.#weights = new Float64Array(problem.rows);
    problem.residuals(this.u, this.#residuals);
    this.cost = this.#costOf(this.#residuals);
    if (Number.isFinite(this.cost)) this.#linearise();
  }

  /** Moves when the cost falls; returns the real decrease over the predicted one, not positive when it stayed. */
  tryStep(step: Float64Array, damping: number): number {
    const next = this.u.map((value, a) => value + step[a]!);
    this.#problem.residuals(next, this.#trial);
    const cost = this.#costOf(this.#trial);
    const decrease = this.cost - cost;
    if (!(decrease > 0)) return Number.NEGATIVE_INFINITY;
    let predicted = 0;
    for (let a = 0; a < step.length; a++) {
      predicted += 0.5 * step[a]! * (damping * this.scale[a]! ** 2 * step[a]! - this.equations.gradient[a]!);
    }
    this.u = next;
    this.cost = cost;
    this.lastDecrease = decrease;
    [this.#residuals, this.#trial] = [this.#trial, this.#residuals];
    this.#linearise();
    return decrease / predicted;
  }

  #costOf(residuals: Float64Array): number {
    const { thresholds } = this.#problem;
    let sum = 0;
    for (let i = 0; i < residuals.length; i++) {
      sum += huber(residuals[i]!, thresholds?.[i] ?? Number.POSITIVE_INFINITY);
    }
    return Number.isFinite(sum) ? sum : Number.POSITIVE_INFINITY;
  }

  #linearise(): void {
    const { size, thresholds } = this.#problem;
    this.#problem.jacobian(this.u, this.#jacobian);
    for (let i = 0; i < this.#weights.length; i++) {
      this.#weights[i] = huberWeight(this.#residuals[i]!, thresholds?.[i] ?? Number.POSITIVE_INFINITY);
    }
    this.equations = normalEquations(size, this.#jacobian, this.#residuals, this.#weights);
    for (let a = 0; a < size; a++) {
      const root = Math.sqrt(this.equations.matrix[a * size + a]!);
      this.scale[a] = Math.max(this.scale[a]!, root) || 1;
    }
  }
}

function isSmall(step: Float64Array, u: Float64Array, tolerance: number): boolean {
  return step.every((value, a) => Math.abs(value) <= tolerance * (Math.abs(u[a]!) + tolerance));
}
