import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topRightVectors } from '../../../src/core/spectra/krylov';
import { principalCosines, rotation } from '../../../src/core/spectra/laws/principalAngles';
import { gaussian, withSingularValues } from './matrices';
import { kernels, withMatrix } from './spectra';

const TOP = 6;
/** Values that fall slowly: a cold start needs several walks to tell the first six from the rest. */
const VALUES = Array.from({ length: 200 }, (_, i) => (i + 1) ** -0.5);

function vectorsOf(values: Float32Array, [rows, columns]: readonly [number, number], warm?: readonly Float32Array[]) {
  return withMatrix(values, rows, columns, (matrix) => topRightVectors(kernels, matrix, TOP, 1, warm));
}

for (const [rows, columns] of [
  [200, 320],
  [320, 200],
] as const) {
  const shape = [rows, columns] as const;
  test(`${rows} × ${columns}: what turned little is found again in fewer walks, and as well`, async () => {
    const before = withSingularValues(VALUES, rows, columns, 1);
    const change = gaussian(rows, columns, 2, 3e-4);
    const after = before.map((value, i) => value + change[i]!);
    const first = await vectorsOf(before, shape);
    const cold = await vectorsOf(after, shape);
    const warm = await vectorsOf(after, shape, first.vectors);
    assert.ok(warm.walks < cold.walks, `${warm.walks} of ${cold.walks} walks`);
    const apart = rotation(principalCosines(warm.vectors, cold.vectors));
    assert.ok(apart < 1e-3, `${apart}`);
    assert.ok(rotation(principalCosines(first.vectors, warm.vectors)) < 0.05);
  });
}

test('directions of noise are never settled, and those of slowly falling values are', async () => {
  const noise = await vectorsOf(gaussian(300, 400, 8), [300, 400]);
  assert.equal(noise.settled, false);
  const falling = await vectorsOf(withSingularValues(VALUES, 200, 320, 1), [200, 320]);
  assert.equal(falling.settled, true);
});

test('vectors of another length or none are no start, and the result is the same', async () => {
  const shape = [60, 80] as const;
  const values = withSingularValues(VALUES.slice(0, 60), ...shape, 5);
  const cold = await vectorsOf(values, shape);
  const odd = await vectorsOf(values, shape, [new Float32Array(7), new Float32Array(0)]);
  assert.deepEqual(odd.vectors, cold.vectors);
});

test('a start in the wrong directions costs walks, not correctness', async () => {
  const shape = [200, 260] as const;
  const values = withSingularValues(VALUES, ...shape, 6);
  const good = await vectorsOf(values, shape);
  const wrong = Array.from({ length: TOP }, (_, k) => gaussian(1, 260, 50 + k));
  const found = await vectorsOf(values, shape, wrong);
  assert.ok(rotation(principalCosines(good.vectors, found.vectors)) < 0.01);
});
