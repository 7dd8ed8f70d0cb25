import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseMatrix } from '../../../../src/core/spectra/analyseMatrix';
import { largestEntry } from '../../../../src/core/spectra/measures/superWeight';
import { rowsOfArray } from '../../../../src/core/spectra/rowSource';
import { gaussian } from '../matrices';
import { kernels, withMatrix } from '../spectra';

test('an oversized entry is found where it is, and the hard rank without it is that of the rest', async () => {
  const [rows, columns] = [256, 688];
  const clean = gaussian(rows, columns, 1, 0.01);
  const spoilt = clean.slice();
  spoilt[200 * columns + 17] = -20;
  await withMatrix(spoilt, rows, columns, async ({ facts }) => {
    const entry = largestEntry(facts, rows, columns)!;
    assert.deepEqual([entry.row, entry.column, entry.candidate], [200, 17, true]);
    assert.ok(entry.share > 0.5);
  });
  const { measures } = await analyseMatrix(kernels, rowsOfArray(spoilt, rows, columns));
  const { measures: expected } = await analyseMatrix(kernels, rowsOfArray(clean, rows, columns));
  assert.ok(measures!.hardRank.value < 1.2);
  assert.ok(Math.abs(measures!.hardRankWithoutLargest!.value / expected!.hardRank.value - 1) < 0.001);
  assert.equal(expected!.hardRankWithoutLargest, null);
});

test('noise has no candidate, zeros have no largest entry', async () => {
  await withMatrix(gaussian(50, 60, 2), 50, 60, async ({ facts }) => {
    const entry = largestEntry(facts, 50, 60)!;
    assert.ok(!entry.candidate && entry.ratio > 3 && entry.ratio < 6);
  });
  await withMatrix(new Float32Array(12), 3, 4, async ({ facts }) => assert.equal(largestEntry(facts, 3, 4), null));
});
