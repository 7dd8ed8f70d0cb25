import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spacedRanks, spectrumCurve } from '../../../src/core/spectra/spectrumCurve';
import { gaussian, SHAPES, withSingularValues } from './matrices';
import { estimateOf, exactOf, knownSpectrum, withMatrix } from './spectra';

const STEPS = 10;
const [ROWS, COLUMNS] = [700, 900];

test('ranks begin at 1, end at the last value and are about evenly apart', () => {
  assert.deepEqual(spacedRanks(1), [1]);
  assert.deepEqual(spacedRanks(5), [1, 2, 3, 4, 5]);
  const ranks = spacedRanks(4096);
  assert.deepEqual([ranks[0], ranks.at(-1)], [1, 4096]);
  assert.ok(ranks.length <= 72);
  assert.ok(ranks.every((rank, i) => i === 0 || rank > ranks[i - 1]!));
});

test('a known spectrum is drawn as it is, without error', () => {
  const { ranks, sigma, errors } = spectrumCurve(knownSpectrum([5, 3, 2, 0], 4, 9));
  assert.deepEqual(
    [ranks, sigma, errors],
    [
      [1, 2, 3, 4],
      [5, 3, 2, 0],
      [0, 0, 0, 0],
    ],
  );
});

for (const shape of ['noise', ...Object.keys(SHAPES)]) {
  test(`bars of an estimated curve cover: ${shape}`, async () => {
    const matrix =
      shape === 'noise' ? gaussian(ROWS, COLUMNS, 5) : withSingularValues(SHAPES[shape]!(ROWS), ROWS, COLUMNS, 6);
    await withMatrix(matrix, ROWS, COLUMNS, async (stored) => {
      const truth = (await exactOf(stored)).values.map(Math.sqrt);
      let [covered, points] = [0, 0];
      for (const seed of [1, 2, 3]) {
        const { ranks, sigma, errors } = spectrumCurve(await estimateOf(stored, STEPS, seed));
        points += ranks.length;
        covered += ranks.filter((rank, i) => Math.abs(truth[rank - 1]! - sigma[i]!) <= errors[i]!).length;
      }
      assert.ok(covered / points >= 0.85, `${covered} of ${points}`);
    });
  });
}
