import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matrix, openRecorded, pattern, transposed } from './recorded';

for (const folder of ['torchZip', 'torchLegacy']) {
  describe(`${folder}: a checkpoint as a trainer saves it`, () => {
    test('every type, view and transposition', async () => {
      const checkpoint = await openRecorded(`${folder}/ckpt.pt`);
      assert.equal(checkpoint.format, folder);
      for (const rows of [1, 3, 1000]) {
        const read = (name: string): Promise<Float32Array> => matrix(checkpoint, name, rows);
        assert.deepEqual(await read('transformer.wte.weight'), pattern(0, 12, 8));
        assert.deepEqual(await read('transformer.h.0.attn.c_attn.weight'), pattern(1, 24, 8));
        assert.deepEqual(await read('transformer.h.0.attn.c_proj.weight'), pattern(2, 8, 8));
        assert.deepEqual(await read('transformer.h.0.mlp.c_fc.weight'), pattern(3, 32, 8));
        assert.deepEqual(await read('transformer.h.0.mlp.c_proj.weight'), transposed(pattern(4, 32, 8), 32));
        assert.deepEqual(await read('double.weight'), pattern(5, 3, 5));
        const slice = pattern(1, 24, 8).filter((_, i) => i >= 32 && i < 96 && i % 8 >= 2 && i % 8 < 6);
        assert.deepEqual(await read('slice.weight'), slice);
      }
    });
  });
}
