import type { Law } from '../laws/law';
import type { PriorTerm } from '../laws/prior';
import { minimize, SOLVER_DEFAULTS, type Solution, type SolverOptions } from './levenbergMarquardt';
import { type FitCurve, LawProblem } from './problem';
import { projectedStarts } from './starts';

/** How to fit. */
export interface FitOptions {
  /** Replaces the law's own priors; an empty list gives a plain fit. */
  readonly priors?: readonly PriorTerm[];
  /** Fixed constants in the order of `law.settings`, or `search` to try their grid; standard values without. */
  readonly settings?: readonly number[] | 'search';
  /** How many of the law's starts to try, all unless given. With priors on all that bends the curve, one finds the minimum. */
  readonly starts?: number;
  readonly solver?: SolverOptions;
}

/** A law fitted to one or more curves. */
export interface LawFit {
  readonly law: Law;
  readonly problem: LawProblem;
  readonly theta: Float64Array;
  /** The same point in unbounded coordinates. */
  readonly u: Float64Array;
  readonly settings: readonly number[];
  readonly cost: number;
  /** Iterations of all starts together. */
  readonly iterations: number;
  readonly starts: number;
  readonly converged: boolean;
}

/**
 * Fits `law` to `curves` with all parameters shared: the starts of the law with their linear parameters solved for, then
 * Levenberg-Marquardt on the Huber loss of the logarithmic residuals; the lowest cost wins, the earlier start on a tie.
 * With `settings: 'search'` the same for every grid value of the law's first setting. Deterministic.
 */
export function fitLaw(law: Law, curves: readonly FitCurve[], options: FitOptions = {}): LawFit {
  const fits = settingsToTry(law, options.settings).map((settings) => fitAt(law, curves, settings, options));
  return fits.reduce((best, fit) => (fit.cost < best.cost ? fit : best));
}

function fitAt(law: Law, curves: readonly FitCurve[], settings: readonly number[], options: FitOptions): LawFit {
  const problem = new LawProblem(law, curves, options.priors ?? law.priors, settings);
  const starts = projectedStarts(problem, options.starts);
  let best: Solution | undefined;
  let iterations = 0;
  for (const start of starts) {
    const solution = minimize(problem, problem.free(start), options.solver ?? SOLVER_DEFAULTS);
    iterations += solution.iterations;
    if (best === undefined || solution.cost < best.cost) best = solution;
  }
  const { u, cost, converged } = best!;
  return { law, problem, theta: problem.theta(u), u, settings, cost, iterations, starts: starts.length, converged };
}

function settingsToTry(law: Law, settings: FitOptions['settings']): (readonly number[])[] {
  const standard = law.settings.map((setting) => setting.standard);
  if (settings === undefined) return [standard];
  if (settings !== 'search') return [settings];
  const [first, ...rest] = law.settings;
  return first === undefined ? [[]] : first.grid.map((value) => [value, ...rest.map((setting) => setting.standard)]);
}
