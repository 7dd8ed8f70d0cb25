import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalSource } from '../../../../src/core/spectra/linear/random';
import { bulk } from '../../../../src/core/spectra/measures/bulk';
import { gaussian } from '../matrices';
import { exactOf, withMatrix } from '../spectra';

/** Noise of variance `scale`² with `count` planted directions of a strength. */
function planted(rows: number, columns: number, scale: number, strengths: readonly number[]): Float32Array {
  const matrix = gaussian(rows, columns, 7, scale);
  const next = normalSource(8);
  for (const strength of strengths) {
    const [u, v] = [rows, columns].map((length) => {
      const vector = Float64Array.from({ length }, next);
      const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
      return vector.map((x) => x / norm);
    }) as [Float64Array, Float64Array];
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) matrix[i * columns + j]! += strength * u[i]! * v[j]!;
  }
  return matrix;
}

test('directions above the threshold of Baik, Ben Arous and Péché are found, weaker ones are not', async () => {
  const [rows, columns, scale] = [300, 500, 0.02];
  const threshold = scale * (rows * columns) ** 0.25;
  const strengths = [3, 2, 1.6].map((factor) => factor * threshold);
  await withMatrix(planted(rows, columns, scale, [...strengths, 0.5 * threshold]), rows, columns, async (matrix) => {
    const { values } = await exactOf(matrix);
    const found = bulk(values, rows, columns)!;
    assert.equal(found.spikes, 3);
    assert.ok(Math.abs(Math.sqrt(found.variance) / scale - 1) < 0.02);
    strengths.forEach((t, i) => {
      const expected = ((t ** 2 + columns * scale ** 2) * (t ** 2 + rows * scale ** 2)) / t ** 2;
      assert.ok(Math.abs(values[i]! / expected - 1) < 0.1, `${i}`);
    });
    assert.ok(Math.abs(found.softRank - found.edge / values[0]!) < 1e-12);
  });
});

test('noise of any shape has no spikes', async () => {
  for (const [rows, columns] of [
    [200, 200],
    [100, 700],
    [500, 80],
  ] as const) {
    await withMatrix(gaussian(rows, columns, rows), rows, columns, async (matrix) => {
      const found = bulk((await exactOf(matrix)).values, rows, columns)!;
      assert.equal(found.spikes, 0);
      assert.ok(found.softRank > 0.9);
    });
  }
});

test('zeros have no bulk, and a matrix of few directions is all spikes or edge', () => {
  assert.equal(bulk(new Float64Array(5), 5, 5), null);
  assert.ok(bulk(Float64Array.of(1, 0, 0, 0, 0, 0, 0), 7, 9)!.spikes >= 1);
});
