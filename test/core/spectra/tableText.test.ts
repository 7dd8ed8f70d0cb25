import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measuresOf } from '../../../src/core/spectra/analyseMatrix';
import type { TensorReport } from '../../../src/core/spectra/analyseTensors';
import { spectraCsv } from '../../../src/core/spectra/tableText';
import { knownSpectrum } from './spectra';

function report(name: string, change: Partial<TensorReport> = {}): TensorReport {
  return {
    name,
    file: 'f',
    shape: [2, 3],
    dtype: 'F32',
    kind: 'up',
    layer: 1,
    expert: null,
    aliases: [],
    rank: null,
    nonFinite: 0,
    measures: measuresOf(knownSpectrum([2, 1], 2, 3), 'gram64'),
    refused: null,
    ...change,
  };
}

/** Cells of a row by the name of their column; names here have no commas. */
function parsed(csv: string): Record<string, string>[] {
  const [head, ...rows] = csv.trimEnd().split('\n');
  return rows.map((row) => Object.fromEntries(row.split(',').map((cell, i) => [head!.split(',')[i], cell])));
}

test('one row for each matrix of each checkpoint, with values and their errors', () => {
  const checkpoints = [
    { path: 'a', step: 10, tensors: [report('w')] },
    { path: 'b', step: null, tensors: [report('w'), report('v', { measures: null, nonFinite: 3, refused: 'bad' })] },
  ];
  const [first, second, third] = parsed(spectraCsv(checkpoints));
  assert.deepEqual(
    [first!.checkpoint, first!.step, first!.rows, first!.columns, first!.sigma1, first!['sigma1.error'], first!.sigma3],
    ['a', '10', '2', '3', '2', '0', ''],
  );
  assert.equal(Number(first!.hardRank), 25 / 17);
  assert.equal(Number(first!['hardRank.error']), 0);
  assert.deepEqual([second!.checkpoint, second!.step], ['b', '']);
  assert.deepEqual([third!.name, third!.nonFinite, third!.hardRank, third!.refused], ['v', '3', '', 'bad']);
});

test('names with commas and quotes stay one cell', () => {
  const [, row] = spectraCsv([{ path: 'a', step: 1, tensors: [report('x,"y"')] }]).split('\n');
  assert.ok(row!.startsWith('a,1,"x,""y""",'));
});

test('no matrices, no rows', () => assert.equal(spectraCsv([]), '\n'));
