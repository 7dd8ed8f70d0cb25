import assert from 'node:assert/strict';
import { test } from 'node:test';
import { farmsExponent } from '../../../../src/core/spectra/measures/farms';
import { hillExponent } from '../../../../src/core/spectra/measures/tailExponent';
import { gaussian, withSingularValues } from '../matrices';
import { exactOf, kernels, withMatrix } from '../spectra';

test('noise has one exponent whatever its shape, where Hill on the whole has many', async () => {
  const whole: number[] = [];
  for (const [rows, columns] of [
    [256, 256],
    [128, 512],
    [1024, 128],
  ] as const) {
    await withMatrix(gaussian(rows, columns, 3), rows, columns, async (matrix) => {
      const found = (await farmsExponent(kernels, matrix))!;
      assert.ok(Math.abs(found.value - found.noise) < 0.15, `${rows} × ${columns}: ${found.value}`);
      assert.ok(Math.abs(found.noise - 2.12) < 0.03);
      whole.push(hillExponent((await exactOf(matrix)).values)!);
    });
  }
  assert.ok(Math.max(...whole) - Math.min(...whole) > 1);
});

test('a heavy tail is heavier than noise; a narrow matrix has no exponent', async () => {
  const values = Array.from({ length: 200 }, (_, i) => (i + 1) ** -0.8);
  await withMatrix(withSingularValues(values, 200, 300, 1), 200, 300, async (matrix) => {
    const found = (await farmsExponent(kernels, matrix))!;
    assert.ok(found.value < found.noise - 0.2, `${found.value}`);
    assert.equal(found.window, 200);
  });
  await withMatrix(gaussian(40, 400, 4), 40, 400, async (matrix) => {
    assert.equal(await farmsExponent(kernels, matrix), null);
  });
});

test('windows whose rank is far below their size have eigenvalues of rounding, which end', async () => {
  // A diagonal between a few reflections: windows off the diagonal have a rank of some sixteen.
  const values = Array.from({ length: 1100 }, (_, i) => (i < 12 ? 60 / Math.sqrt(i + 1) : 2 - i / 1100));
  await withMatrix(withSingularValues(values, 1100, 1300, 3), 1100, 1300, async (matrix) => {
    assert.ok((await farmsExponent(kernels, matrix))!.value > 1);
  });
});
