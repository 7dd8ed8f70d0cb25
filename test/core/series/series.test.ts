import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Column, lowerBound } from '../../../src/core/series/column';
import { decimate } from '../../../src/core/series/decimate';
import { collectPoints, countPoints, resolveSpans, Series, supersededSpans } from '../../../src/core/series/series';
import { Smoother } from '../../../src/core/series/smooth';
import { StepColumn } from '../../../src/core/series/stepColumn';

function series(...points: [number, number][]): Series {
  const made = new Series('train_loss', 'loss', 'nats');
  for (const [step, value] of points) made.push(step, value);
  return made;
}

test('a column keeps what was pushed through many growths', () => {
  const column = new Column();
  for (let i = 0; i < 10_000; i++) column.push(i * 0.5);
  assert.equal(column.length, 10_000);
  assert.equal(column.at(9_999), 4_999.5);
  assert.ok(Number.isNaN(column.at(10_000)));
  assert.deepEqual([...column.view(2, 4)], [1, 1.5]);
  assert.ok(column.byteLength <= 10_000 * 8 * 2 + 1024);
});

test('a column that is filled in one go is whole wherever and whenever it is looked at', () => {
  const column = new Column();
  for (let i = 0; i < 300_000; i++) {
    column.push(i);
    if (i === 70_000 || i === 200_001) assert.equal(column.at(i), i);
  }
  assert.equal(column.length, 300_000);
  assert.ok(column.view().every((value, i) => value === i));
  assert.ok(column.byteLength <= 300_000 * 8 * 1.13);
  for (let i = 300_000; i < 700_000; i++) column.push(i);
  column.truncate(450_000);
  assert.equal(column.length, 450_000);
  column.push(-1);
  assert.deepEqual([...column.view(449_999)], [449_999, -1]);
});

test('lowerBound finds the first value not below the target', () => {
  const values = Float64Array.of(1, 2, 2, 5);
  assert.equal(lowerBound(values, 2), 1);
  assert.equal(lowerBound(values, 3), 3);
  assert.equal(lowerBound(values, 6), 4);
  assert.equal(lowerBound(new Float64Array(0), 1), 0);
});

test('series of one log share their steps until they differ', () => {
  const leader = new StepColumn();
  const same = new StepColumn(leader);
  const sparse = new StepColumn(leader);
  for (let step = 0; step < 100; step++) {
    leader.push(step);
    same.push(step);
    if (step % 10 === 0) sparse.push(step);
  }
  assert.ok(same.shared && !sparse.shared);
  assert.deepEqual([...sparse.view()], [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  assert.deepEqual([...same.view()], [...leader.view()]);
  same.push(100);
  assert.ok(!same.shared);
  assert.equal(same.at(100), 100);
  assert.equal(same.at(99), 99);
  sparse.truncate(3);
  assert.deepEqual([sparse.length, sparse.last], [3, 20]);
  sparse.truncate(0);
  sparse.push(5);
  assert.deepEqual([...sparse.view()], [5]);
});

test('steps that go back start a segment, and the resumed part replaces what it repeats', () => {
  const resumed = series([10, 5], [20, 4], [30, 3], [20, 4.1], [30, 2.9]);
  const spans = resolveSpans([resumed]);
  const { steps, values } = collectPoints(spans);
  assert.deepEqual([...steps], [10, 20, 30]);
  assert.deepEqual([...values], [5, 4.1, 2.9]);
  assert.equal(countPoints(spans), 3);
  assert.deepEqual([...supersededSpans([resumed])[0]!.steps], [20, 30]);
});

test('a later file replaces an earlier one from its first step on', () => {
  const { steps } = collectPoints(resolveSpans([series([1, 1], [2, 1], [3, 1]), series([3, 2], [4, 2])]));
  assert.deepEqual([...steps], [1, 2, 3, 4]);
});

test('non-finite values are kept, counted, and do not touch the range', () => {
  const made = series([1, 2], [2, Number.NaN], [3, Number.POSITIVE_INFINITY], [4, 1]);
  assert.equal(made.nonFinite, 2);
  assert.deepEqual(made.range, { min: 1, max: 2 });
  assert.equal(made.length, 4);
});

test('restore forgets exactly what came after the mark', () => {
  const made = series([1, 3], [2, 2]);
  const mark = made.mark();
  made.push(1, Number.NaN);
  made.push(2, -7);
  made.restore(mark);
  assert.equal(made.length, 2);
  assert.equal(made.nonFinite, 0);
  assert.deepEqual(made.range, { min: 2, max: 3 });
  assert.deepEqual(made.segmentStarts, [0]);
  made.push(3, 1);
  assert.deepEqual(made.segmentStarts, [0]);
});

test('decimation keeps every bucket extreme and the last point', () => {
  const steps = Float64Array.from({ length: 100_000 }, (_, i) => i);
  const values = steps.map((i) => Math.sin(i / 500));
  values[54_321] = 50;
  values[12_345] = -50;
  const thin = decimate([{ steps, values }], 400);
  assert.ok(thin.steps.length <= 410, `${thin.steps.length} points`);
  assert.ok(thin.values.includes(50) && thin.values.includes(-50));
  assert.equal(thin.steps.at(-1), 99_999);
  assert.deepEqual(
    [...thin.steps].sort((a, b) => a - b),
    thin.steps,
  );
});

test('decimation of a window keeps one point on each side', () => {
  const steps = Float64Array.of(0, 10, 20, 30, 40);
  const values = Float64Array.of(5, 4, 3, 2, 1);
  assert.deepEqual(decimate([{ steps, values }], 100, [12, 28]).steps, [10, 20, 30]);
  assert.deepEqual(decimate([], 100).steps, []);
});

test('smoothing starts at the first value, skips what is not finite and goes on where it stopped', () => {
  const values = Float64Array.of(Number.NaN, 4, 4, Number.POSITIVE_INFINITY, 3, 5);
  const smoothed = new Smoother(0.9).all(values);
  assert.deepEqual([...smoothed.subarray(0, 4)], [Number.NaN, 4, 4, 4]);
  assert.ok(smoothed[4]! < 4 && smoothed[5]! > smoothed[4]!);
  const inParts = new Smoother(0.9);
  const parts = [inParts.all(values.subarray(0, 3)), inParts.copy().all(values.subarray(3))];
  assert.deepEqual(
    parts.flatMap((part) => [...part]),
    [...smoothed],
  );
  assert.deepEqual([...new Smoother(0).all(Float64Array.of(7))], [7]);
});
