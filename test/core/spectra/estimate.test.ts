import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eigenvalueList, fromList } from '../../../src/core/spectra/eigenvalueList';
import { gramEigenvalues } from '../../../src/core/spectra/exact';
import { krylovSpectrum } from '../../../src/core/spectra/krylov';
import { bulk } from '../../../src/core/spectra/measures/bulk';
import { concentration } from '../../../src/core/spectra/measures/concentration';
import { hardRank } from '../../../src/core/spectra/measures/hardRank';
import { softRank } from '../../../src/core/spectra/measures/softRank';
import { topValues } from '../../../src/core/spectra/measures/topValues';
import { rowsOfArray } from '../../../src/core/spectra/rowSource';
import { estimatedSpectrum, type Spectrum } from '../../../src/core/spectra/spectrum';
import { StoredMatrix } from '../../../src/core/spectra/storedMatrix';
import { gaussian, SHAPES, withSingularValues } from './matrices';
import { estimateOf, exactOf, kernels, withMatrix } from './spectra';

const STEPS = 8;
const SEEDS = 20;
function matrixOf(shape: string, rows: number, columns: number): Float32Array {
  if (shape === 'noise') return gaussian(rows, columns, 11);
  return withSingularValues(SHAPES[shape]!(Math.min(rows, columns)), rows, columns, 12);
}

test('exact eigenvalues are the squares of known singular values', async () => {
  for (const [rows, columns] of [
    [60, 200],
    [200, 60],
    [70, 70],
  ] as const) {
    const values = SHAPES.powerLaw!(Math.min(rows, columns));
    const found = await withMatrix(withSingularValues(values, rows, columns, 1), rows, columns, (matrix) =>
      gramEigenvalues(kernels, matrix),
    );
    // The matrix itself is rounded to float32.
    found.forEach((value, i) => {
      assert.ok(Math.abs(Math.sqrt(value) - values[i]!) < 3e-7, `${rows} × ${columns} [${i}]`);
    });
  }
});

test('beyond a side of 1024 the Gram matrix is in float32, and right to 1e-5 of the largest eigenvalue', async () => {
  for (const [rows, columns, budget] of [
    [1030, 1060, Number.POSITIVE_INFINITY],
    [1060, 1030, 0],
  ] as const) {
    const values = SHAPES.powerLaw!(1030);
    const source = rowsOfArray(withSingularValues(values, rows, columns, 3), rows, columns);
    await kernels.scope(async () => {
      const matrix = await StoredMatrix.load(kernels, source, budget);
      (await gramEigenvalues(kernels, matrix)).forEach((value, i) => {
        assert.ok(Math.abs(value - values[i]! ** 2) < 1e-5, `${rows} × ${columns} [${i}] ${value}`);
      });
    });
  }
});

for (const [rows, columns] of [
  [240, 320],
  [320, 240],
] as const) {
  test(`estimates of ${rows} × ${columns} are near the truth, and their bars cover it`, async () => {
    for (const shape of ['noise', ...Object.keys(SHAPES)]) {
      await withMatrix(matrixOf(shape, rows, columns), rows, columns, async (matrix) => {
        const exact = await exactOf(matrix);
        const truths = [hardRank(exact).value, softRank(exact).value];
        const covered = [0, 0];
        const squares = [0, 0];
        for (let seed = 0; seed < SEEDS; seed++) {
          const spectrum = await estimateOf(matrix, STEPS, seed);
          [hardRank(spectrum), softRank(spectrum)].forEach(({ value, error }, i) => {
            squares[i]! += (value / truths[i]! - 1) ** 2 / SEEDS;
            if (Math.abs(value - truths[i]!) <= error!) covered[i]!++;
          });
          topValues(spectrum).forEach(({ value, error }, i) => {
            const truth = Math.sqrt(exact.values[i]!);
            assert.ok(
              Math.abs(value - truth) <= error! + 1e-6 * truth,
              `${shape}: σ${i} ${value} ± ${error}, ${truth}`,
            );
            assert.ok(
              Math.abs(value / truth - 1) < (shape === 'spiked' ? 1e-4 : 0.005),
              `${shape}: σ${i} ${value} ${truth}`,
            );
          });
        }
        assert.ok(Math.max(...squares) < 0.01 ** 2, `${shape}: relative errors ${squares.map(Math.sqrt)}`);
        assert.ok(Math.min(...covered) >= 0.85 * SEEDS, `${shape}: ${covered} of ${SEEDS} bars cover the truth`);
      });
    }
  });
}

test('the same seed gives the same numbers, another one others', async () => {
  await withMatrix(gaussian(120, 90, 3), 120, 90, async (matrix) => {
    const [first, again, other] = [
      await estimateOf(matrix, 4, 5),
      await estimateOf(matrix, 4, 5),
      await estimateOf(matrix, 4, 6),
    ];
    assert.deepEqual(again, first);
    assert.notDeepEqual(other.values, first.values);
  });
});

test('a matrix of low rank is exhausted and then exact', async () => {
  const values = Array.from({ length: 100 }, (_, i) => (i < 20 ? 3 - i / 10 : 0));
  await withMatrix(withSingularValues(values, 100, 150, 8), 100, 150, async (matrix) => {
    const krylov = await krylovSpectrum(kernels, matrix, 8, 1);
    assert.ok(krylov.exhausted);
    const spectrum = estimatedSpectrum(krylov, 100, 150, matrix.facts.energy);
    assert.equal(spectrum.settled, 20);
    spectrum.values.subarray(0, 20).forEach((value, i) => {
      assert.ok(Math.abs(Math.sqrt(value) - values[i]!) < 1e-5);
    });
  });
});

test('matrices narrower than a block, and of one row or column', async () => {
  for (const [rows, columns] of [
    [1, 1],
    [1, 40],
    [40, 1],
    [5, 33],
    [33, 5],
  ] as const) {
    const values = gaussian(rows, columns, 4);
    await withMatrix(values, rows, columns, async (matrix) => {
      const truth = await gramEigenvalues(kernels, matrix);
      const spectrum = await estimateOf(matrix, 3, 2);
      truth.forEach((value, i) => {
        assert.ok(
          Math.abs(spectrum.values[i]! / value - 1) < 1e-4,
          `${rows} × ${columns}: ${spectrum.values} ${truth}`,
        );
      });
    });
  }
});

test('where the matrix is kept makes no difference', async () => {
  const [rows, columns] = [203, 101];
  const values = gaussian(rows, columns, 9).map((value) => Math.fround(Math.round(value * 16) / 16));
  const results: Spectrum[] = [];
  const places: string[] = [];
  for (const [width, budget] of [
    ['f32', 1e9],
    ['bf16', 60_000],
    ['f16', 60_000],
    ['f32', 0],
  ] as const) {
    await kernels.scope(async () => {
      const matrix = await StoredMatrix.load(kernels, { ...rowsOfArray(values, rows, columns), width }, budget);
      places.push(matrix.residence);
      results.push(await estimateOf(matrix, 4, 1));
      const truth = await gramEigenvalues(kernels, matrix);
      assert.ok(Math.abs(truth.reduce((sum, value) => sum + value, 0) / matrix.facts.energy - 1) < 1e-12);
    });
  }
  assert.deepEqual(places, ['f32', 'bf16', 'f16', 'streamed']);
  for (const other of results.slice(1)) assert.deepEqual(other, results[0]);
});

test('what is measured on the list of eigenvalues is near the truth', async () => {
  for (const [shape, rows, columns] of [
    ['noise', 300, 400],
    ['noise', 400, 300],
    ['spiked', 300, 400],
    ['powerLaw', 400, 300],
    ['halfRank', 300, 400],
    ['lowRank', 300, 400],
  ] as const) {
    await withMatrix(matrixOf(shape, rows, columns), rows, columns, async (matrix) => {
      const exact = await exactOf(matrix);
      const spectrum = await estimateOf(matrix, 10, 1);
      const truth = concentration(exact.values);
      const { value, error } = fromList(spectrum, concentration);
      assert.ok(Math.abs(value - truth) < 0.01, `${shape}: concentration ${value} ± ${error}, ${truth}`);
      const [spikes, expected] = [spectrum, exact].map(
        (each) => bulk(eigenvalueList(each), rows, columns, 0.02)!.spikes,
      );
      assert.ok(Math.abs(spikes! - expected!) <= 2 + 0.1 * expected!, `${shape}: ${spikes} spikes, ${expected}`);
      assert.ok(
        eigenvalueList(spectrum).every((each, i, all) => each >= 0 && each <= (all[i - 1] ?? Number.POSITIVE_INFINITY)),
      );
    });
  }
});
