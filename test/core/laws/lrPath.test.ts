import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annealingAreaAt, traceAnnealing } from '../../../src/core/laws/annealingArea';
import { progressAt, rateAt, traceLr } from '../../../src/core/laws/lrPath';
import { type LrCurve, lrAt } from '../../../src/core/plan/lrCurve';

function curveOf(...points: [number, number][]): LrCurve {
  return { steps: Float64Array.from(points, (p) => p[0]), lrs: Float64Array.from(points, (p) => p[1]) };
}

const CURVES: Record<string, LrCurve> = {
  constant: curveOf([0, 3e-4], [5000, 3e-4]),
  'warm-up and linear decay': curveOf([0, 0], [300, 1e-3], [4000, 1e-3], [5000, 0]),
  'drop in one step': curveOf([0, 0], [100, 1e-3], [2500, 1e-3], [2501, 1e-4], [5000, 1e-4]),
  'knots between steps': curveOf([0.5, 2e-4], [99.3, 1e-3], [1000.7, 1e-3], [1001.2, 7e-4], [3333.3, 1e-5]),
  'rise after a fall': curveOf([0, 0], [200, 1], [2000, 0.1], [2010, 0.9], [5000, 0]),
  'first step above zero': curveOf([1, 1e-3], [5000, 0]),
};

/** S1 and S2 of every step by the recursion of the paper. */
function bruteForce(curve: LrCurve, last: number, lambda: number): { s1: Float64Array; s2: Float64Array } {
  const path = traceLr(curve, last)!;
  const first = path.steps[0]!;
  const s1 = new Float64Array(last + 1);
  const s2 = new Float64Array(last + 1);
  let momentum = 0;
  for (let i = first; i <= last; i++) {
    const rate = lrAt(curve, i) / path.peakLr;
    const before = lrAt(curve, i - 1) / path.peakLr;
    s1[i] = (i > first ? s1[i - 1]! : 0) + rate;
    if (i > path.warmupEnd) momentum = lambda * momentum + (before - rate);
    s2[i] = (i > first ? s2[i - 1]! : 0) + momentum;
  }
  return { s1, s2 };
}

function assertNear(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, ${expected}`,
  );
}

for (const [name, curve] of Object.entries(CURVES)) {
  test(`progress and annealing area equal the recursion at every step: ${name}`, () => {
    const path = traceLr(curve, 6000)!;
    for (const lambda of [0.9, 0.999, 0.9999]) {
      const { s1, s2 } = bruteForce(curve, 6000, lambda);
      const annealing = traceAnnealing(path, lambda);
      for (let step = path.steps[0]!; step <= 6000; step++) {
        assertNear(progressAt(path, step), s1[step]!, 1e-10, `S1(${step})`);
        assertNear(annealingAreaAt(annealing, step), s2[step]!, 1e-9, `S2(${step}), lambda ${lambda}`);
      }
    }
  });
}

test('progress and annealing area equal the recursion over a million steps', () => {
  const points = Array.from({ length: 400 }, (_, k): [number, number] => {
    return [2000 + (k * 998_000) / 399, 1e-4 + 4.5e-4 * (1 + Math.cos((Math.PI * k) / 399))];
  });
  const curve = curveOf([0, 0], ...points);
  const path = traceLr(curve, 1e6)!;
  const { s1, s2 } = bruteForce(curve, 1e6, 0.9998);
  const annealing = traceAnnealing(path, 0.9998);
  for (const step of [1, 2000, 2001, 54_321, 500_000, 999_999, 1e6]) {
    assertNear(progressAt(path, step), s1[step]!, 1e-9, `S1(${step})`);
    assertNear(annealingAreaAt(annealing, step), s2[step]!, 1e-8, `S2(${step})`);
  }
});

test('ten million steps are kept by their knots', () => {
  const path = traceLr(curveOf([0, 0], [1e4, 1], [8e6, 1], [1e7, 0]), 1e7)!;
  const annealing = traceAnnealing(path, 0.999);
  for (let k = 1; k <= 1000; k++) annealingAreaAt(annealing, k * 1e4);
  assert.deepEqual([...path.steps], [0, 1e4, 8e6, 1e7]);
  assertNear(progressAt(path, 1e7), 5000.5 + 7.99e6 + 999_999.5, 1e-12, 'S1 at the end');
});

test('a full decay that is long past releases 1 / (1 - lambda) of area', () => {
  const path = traceLr(curveOf([0, 1], [1000, 1], [1001, 0], [200_000, 0]), 200_000)!;
  assertNear(annealingAreaAt(traceAnnealing(path, 0.999), 200_000), 1000, 1e-9, 'S2');
});

test('the peak and the warm-up are those of the observed part', () => {
  const curve = curveOf([0, 0], [100, 1e-3], [1000, 1e-3], [1010, 5e-3], [2000, 0]);
  assert.deepEqual([traceLr(curve, 900)!.peakLr, traceLr(curve, 900)!.warmupEnd], [1e-3, 100]);
  assert.deepEqual([traceLr(curve, 2000)!.peakLr, traceLr(curve, 2000)!.warmupEnd], [5e-3, 1010]);
  assert.equal(traceLr(curve, 50)!.warmupEnd, 50, 'a run that still warms up');
  assertNear(rateAt(traceLr(curve, 900)!, 1010), 5, 1e-12, 'e beyond the observed part');
});

test('a curve without a positive finite rate has no path', () => {
  assert.equal(traceLr(curveOf(), 10), undefined);
  assert.equal(traceLr(curveOf([0, 0], [10, 0]), 10), undefined);
  assert.equal(traceLr(curveOf([0, 1], [10, Number.NaN]), 10), undefined);
  assert.equal(traceLr(curveOf([0, 1], [10, Number.POSITIVE_INFINITY]), 20), undefined);
});
