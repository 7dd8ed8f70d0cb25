import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attentionLogitBounds } from '../../../../src/core/spectra/measures/attentionLogit';
import { gaussian, plainProduct } from '../matrices';
import { exactOf, kernels, withMatrix } from '../spectra';

const [heads, keyHeads, headSize, width] = [4, 2, 8, 48];
const q = gaussian(heads * headSize, width, 1, 0.3);
const k = gaussian(keyHeads * headSize, width, 2, 0.3);

function bounds() {
  return kernels.scope(() => {
    const [queries, keys] = [q, k].map((values) => {
      const at = kernels.allocate(values.length * 4);
      kernels.f32(at, values.length).set(values);
      return at;
    }) as [number, number];
    return attentionLogitBounds(kernels, queries, keys, { heads, keyHeads, headSize, width });
  });
}

test('is d·σ₁ of the product of one head over √h, with key heads shared', async () => {
  for (const { head, plain, rotated } of bounds()) {
    const shared = Math.floor(head / 2);
    const part = (values: Float32Array, i: number): Float32Array =>
      values.slice(i * headSize * width, (i + 1) * headSize * width);
    const product = plainProduct(part(q, head), true, part(k, shared), false, [width, width, headSize]);
    const top = await withMatrix(
      Float32Array.from(product),
      width,
      width,
      async (matrix) => (await exactOf(matrix)).values[0]!,
    );
    assert.ok(Math.abs(plain / ((width * Math.sqrt(top)) / Math.sqrt(headSize)) - 1) < 1e-5);
    assert.ok(rotated >= plain * (1 - 1e-9));
  }
});

test('no normalised input exceeds it', () => {
  const all = bounds();
  for (let seed = 0; seed < 50; seed++) {
    const [x, y] = [gaussian(1, width, 2 * seed + 10), gaussian(1, width, 2 * seed + 11)].map((vector) => {
      const scale = Math.sqrt(width / vector.reduce((sum, value) => sum + value ** 2, 0));
      return vector.map((value) => value * scale);
    }) as [Float32Array, Float32Array];
    for (const { head, plain } of all) {
      let logit = 0;
      for (let i = 0; i < headSize; i++) {
        let [left, right] = [0, 0];
        for (let j = 0; j < width; j++) {
          left += q[(head * headSize + i) * width + j]! * x[j]!;
          right += k[(Math.floor(head / 2) * headSize + i) * width + j]! * y[j]!;
        }
        logit += (left * right) / Math.sqrt(headSize);
      }
      assert.ok(Math.abs(logit) <= plain);
    }
  }
});
