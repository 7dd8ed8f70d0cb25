import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noiseEigenvalues } from '../../../../src/core/spectra/measures/noiseSpectrum';
import { gaussian } from '../matrices';
import { exactOf, withMatrix } from '../spectra';

test('moments and edges of the law of Marchenko and Pastur', () => {
  for (const [m, n] of [
    [300, 300],
    [300, 900],
    [64, 4096],
  ] as const) {
    const values = noiseEigenvalues(m, n);
    const mean = values.reduce((sum, value) => sum + value, 0) / m;
    const square = values.reduce((sum, value) => sum + value ** 2, 0) / m;
    assert.ok(Math.abs(mean / n - 1) < 2e-3, `${m} × ${n}: mean ${mean / n}`);
    assert.ok(Math.abs(square / (n * n * (1 + m / n)) - 1) < 5e-3);
    assert.ok(values[0]! < (Math.sqrt(n) + Math.sqrt(m)) ** 2 && values.at(-1)! > (Math.sqrt(n) - Math.sqrt(m)) ** 2);
  }
});

test('noise has these eigenvalues', async () => {
  const [rows, columns] = [400, 250];
  const expected = noiseEigenvalues(rows, columns);
  await withMatrix(gaussian(rows, columns, 5), rows, columns, async (matrix) => {
    const { values } = await exactOf(matrix);
    for (const i of [10, 60, 125, 200]) assert.ok(Math.abs(values[i]! / expected[i]! - 1) < 0.03, `${i}`);
  });
});
