import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hardRank } from '../../../../src/core/spectra/measures/hardRank';
import { looksUntouched, randomBaseline } from '../../../../src/core/spectra/measures/randomBaseline';
import { softRank } from '../../../../src/core/spectra/measures/softRank';
import { stableRank } from '../../../../src/core/spectra/measures/stableRank';
import { gaussian } from '../matrices';
import { exactOf, withMatrix } from '../spectra';

test('GPT-2 and LLaMA shapes have the ranks of the closed form', () => {
  const gpt = randomBaseline(768, 3072);
  assert.deepEqual(
    [gpt.hardRank, gpt.softRank, gpt.stableRank].map((x) => x.toFixed(1)),
    ['614.2', '677.8', '341.3'],
  );
  const llama = randomBaseline(11_008, 4096);
  assert.deepEqual(
    [llama.hardRank, llama.softRank, llama.stableRank].map((x) => x.toFixed(0)),
    ['2985', '3401', '1580'],
  );
});

test('noise looks untouched, and one learned direction shows', async () => {
  for (const [rows, columns] of [
    [100, 100],
    [128, 512],
    [600, 150],
  ] as const) {
    const noise = gaussian(rows, columns, rows + columns, 0.02);
    const learned = noise.map((value, i) => value + (i % columns === 3 ? 0.05 : 0));
    for (const [values, expected] of [
      [noise, true],
      [learned, false],
    ] as const) {
      await withMatrix(values, rows, columns, async (matrix) => {
        const spectrum = await exactOf(matrix);
        const baseline = randomBaseline(rows, columns);
        assert.equal(looksUntouched(rows, columns, hardRank(spectrum), stableRank(spectrum)), expected);
        if (!expected) return;
        assert.ok(Math.abs(hardRank(spectrum).value / baseline.hardRank - 1) < 0.03);
        assert.ok(Math.abs(softRank(spectrum).value / baseline.softRank - 1) < 0.03);
      });
    }
  }
});

test('small layers are never called untouched', () => {
  const { hardRank: hard, stableRank: stable } = randomBaseline(32, 32);
  assert.equal(looksUntouched(32, 32, { value: hard, error: 0 }, { value: stable, error: 0 }), false);
});
