import { Matrix, solve } from 'ml-matrix';
import type { LawProblem } from './problem';

/**
 * Starts of a fit: for each start of the law the linear parameters are replaced by their weighted least-squares solution
 * (variable projection). A linear parameter that comes out outside its bounds goes back to its typical size and the
 * others are solved again. The first `count` starts, all without. Returns parameters, not coordinates. Source: Golub & Pereyra 1973, doi 10.1137/0710036.
 */
export function projectedStarts(problem: LawProblem, count?: number): Float64Array[] {
  const starts = problem.law.starts().slice(0, count);
  return starts.map((start) => project(problem, start));
}

function project(problem: LawProblem, start: Float64Array): Float64Array {
  const { params } = problem.law;
  const theta = Float64Array.from(start);
  let open = params.flatMap((param, a) => (param.linear ? [a] : []));
  while (open.length > 0) {
    const solved = solveLinear(problem, theta, open);
    if (solved === undefined) return theta;
    const outside = open.filter((a, k) => !(solved[k]! > params[a]!.low && solved[k]! < params[a]!.high));
    if (outside.length === 0) {
      for (const [k, a] of open.entries()) theta[a] = solved[k]!;
      return theta;
    }
    open = open.filter((a) => !outside.includes(a));
  }
  return theta;
}

/** A start that is this uncertain in a linear parameter, relative to its typical size, stays near that size. */
const RIDGE = 3;

function solveLinear(problem: LawProblem, theta: Float64Array, open: readonly number[]): number[] | undefined {
  const { law, size, curves, inputs } = problem;
  const rows = problem.dataRows + open.length;
  const design = Matrix.zeros(rows, open.length);
  const right = Matrix.zeros(rows, 1);
  let row = 0;
  for (const [c, curve] of curves.entries()) {
    const jacobian = new Float64Array(curve.steps.length * size);
    law.jacobian(theta, inputs[c]!, jacobian);
    for (let i = 0; i < curve.steps.length; i++, row++) {
      const target = law.rises ? curve.targets[i]! : Math.exp(curve.targets[i]!);
      const weight = 1 / ((law.rises ? 1 : target) * curve.sigma[i]!);
      let fixed = 0;
      for (let a = 0; a < size; a++) {
        if (law.params[a]!.linear && !open.includes(a)) fixed += theta[a]! * jacobian[i * size + a]!;
      }
      for (const [k, a] of open.entries()) design.set(row, k, jacobian[i * size + a]! * weight);
      right.set(row, 0, (target - fixed) * weight);
    }
  }
  for (const [k, a] of open.entries()) {
    design.set(row, k, 1 / (RIDGE * theta[a]!));
    right.set(row++, 0, 1 / RIDGE);
  }
  const solved = solve(design, right).to1DArray();
  return solved.every(Number.isFinite) ? solved : undefined;
}
