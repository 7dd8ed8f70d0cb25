import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minimize, type ResidualProblem } from '../../../src/core/fit/levenbergMarquardt';
import { covarianceOf, normalEquations } from '../../../src/core/fit/normalEquations';
import { NIST, type NistSet } from './nist';

function problemOf({ x, y, model, slopes }: NistSet): ResidualProblem {
  const size = slopes(x[0]!, new Float64Array(9)).length;
  return {
    size,
    rows: x.length,
    residuals: (u, out) => {
      for (const [i, xi] of x.entries()) out[i] = model(xi, u) - y[i]!;
    },
    jacobian: (u, out) => {
      for (const [i, xi] of x.entries()) out.set(slopes(xi, u), i * size);
    },
  };
}

for (const set of NIST) {
  for (const [k, start] of set.starts.entries()) {
    test(`NIST ${set.name} from start ${k + 1}: certified parameters, errors and sum of squares`, () => {
      const problem = problemOf(set);
      const { u, cost, converged } = minimize(problem, Float64Array.from(start), {
        maxIterations: 3000,
        tolerance: 1e-14,
      });
      assert.ok(converged);
      for (const [a, value] of set.certified.entries()) {
        assert.ok(Math.abs(u[a]! / value - 1) < 1e-6, `b${a + 1} ${u[a]} ${value}`);
      }
      assert.ok(Math.abs((2 * cost) / set.squares - 1) < 1e-8, `${2 * cost}`);

      const { size, rows } = problem;
      const jacobian = new Float64Array(rows * size);
      problem.jacobian(u, jacobian);
      const flat = new Float64Array(rows);
      const { matrix } = normalEquations(
        size,
        jacobian,
        flat,
        flat.map(() => 1),
      );
      const covariance = covarianceOf(matrix, size);
      set.errors.forEach((error, a) => {
        const sd = Math.sqrt((covariance[a * size + a]! * 2 * cost) / (rows - size));
        assert.ok(Math.abs(sd / error - 1) < 1e-4, `error of b${a + 1}: ${sd}, ${error}`);
      });
    });
  }
}

const LINE: ResidualProblem = {
  size: 2,
  rows: 9,
  residuals: (u, out) => {
    for (let i = 0; i < 9; i++) out[i] = u[0]! + u[1]! * i - (2 + 0.5 * i + (i === 4 ? 100 : 0));
  },
  jacobian: (_u, out) => {
    for (let i = 0; i < 9; i++) out.set([1, i], 2 * i);
  },
};

test('an outlier pulls least squares but hardly a Huber fit', () => {
  const squares = minimize(LINE, Float64Array.of(0, 0));
  const robust = minimize({ ...LINE, thresholds: new Float64Array(9).fill(0.01) }, Float64Array.of(0, 0));
  assert.ok(Math.abs(squares.u[0]! - 2) > 5);
  assert.ok(Math.abs(robust.u[0]! - 2) < 0.01 && Math.abs(robust.u[1]! - 0.5) < 0.01);
});

test('the stopping rule is relative: scaling all residuals changes neither the point nor the iterations', () => {
  const set = NIST[0]!;
  const plain = problemOf(set);
  const scaled: ResidualProblem = {
    ...plain,
    residuals: (u, out) => {
      plain.residuals(u, out);
      for (let i = 0; i < out.length; i++) out[i] = out[i]! * 2 ** -40;
    },
    jacobian: (u, out) => {
      plain.jacobian(u, out);
      for (let i = 0; i < out.length; i++) out[i] = out[i]! * 2 ** -40;
    },
  };
  const start = Float64Array.from(set.starts[0]!);
  const [a, b] = [minimize(plain, start), minimize(scaled, start)];
  assert.deepEqual(a.u, b.u);
  assert.equal(a.iterations, b.iterations);
});

test('when time is up the best point so far is kept', () => {
  const problem = problemOf(NIST[1]!);
  const start = Float64Array.from(NIST[1]!.starts[0]!);
  let asked = 0;
  const early = minimize(problem, start, { maxIterations: 500, tolerance: 1e-12, isTimeUp: () => ++asked > 4 });
  const first = minimize(problem, start, { maxIterations: 0, tolerance: 1e-12 });
  assert.equal(early.iterations, 4);
  assert.equal(early.converged, false);
  assert.ok(early.cost < first.cost);
});

test('a start without finite residuals is returned as it is', () => {
  const start = Float64Array.of(Number.NaN, 0);
  const { cost, iterations, converged } = minimize(LINE, start);
  assert.deepEqual([cost, iterations, converged], [Number.POSITIVE_INFINITY, 0, false]);
});

test('a parameter without effect gets infinite variance, the others keep theirs', () => {
  const covariance = covarianceOf(Float64Array.of(4, 0, 0, 0), 2);
  assert.deepEqual([covariance[0], covariance[3]], [0.25, Number.POSITIVE_INFINITY]);
});
