import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matrix, pattern, reasons, transposed, withRecorded } from './recorded';

/** What must be read of `ckpt.pt`, in whichever form PyTorch wrote it. */
export function checkTrainerFile(format: 'torchZip' | 'torchLegacy'): void {
  describe(`${format}: a checkpoint as a trainer saves it`, () => {
    test('every type, view and transposition, in blocks of any size', () =>
      withRecorded(`${format}/ckpt.pt`, async (checkpoint) => {
        assert.equal(checkpoint.format, format);
        const file = `test/fixtures/checkpoints/${format}/ckpt.pt`;
        assert.deepEqual([...new Set([...checkpoint.tensors, ...checkpoint.skipped].map((one) => one.file))], [file]);
        const fused = pattern(1, 24, 8);
        const expected: Record<string, Float32Array> = {
          'transformer.wte.weight': pattern(0, 12, 8),
          'transformer.h.0.attn.c_attn.weight[q]': fused.slice(0, 64),
          'transformer.h.0.attn.c_attn.weight[k]': fused.slice(64, 128),
          'transformer.h.0.attn.c_attn.weight[v]': fused.slice(128),
          'transformer.h.0.attn.c_proj.weight': pattern(2, 8, 8),
          'transformer.h.0.mlp.c_fc.weight': pattern(3, 32, 8),
          'transformer.h.0.mlp.c_proj.weight': transposed(pattern(4, 32, 8), 32),
          'double.weight': pattern(5, 3, 5),
          'slice.weight': fused.filter((_, i) => i >= 32 && i < 96 && i % 8 >= 2 && i % 8 < 6),
        };
        assert.deepEqual(checkpoint.tensors.map(({ name }) => name).sort(), Object.keys(expected).sort());
        for (const rows of [1, 3, 1000]) {
          for (const [name, values] of Object.entries(expected)) {
            assert.deepEqual(await matrix(checkpoint, name, rows), values, name);
          }
        }
      }));
    test('tied weights are one matrix with two names', () =>
      withRecorded(`${format}/ckpt.pt`, ({ tensors }) => {
        assert.deepEqual(tensors.find(({ kind }) => kind === 'embedding')?.aliases, ['lm_head.weight']);
      }));
    test('the optimizer gives its settings, not its states', () =>
      withRecorded(`${format}/ckpt.pt`, (checkpoint) => {
        assert.deepEqual(checkpoint.paramGroups, [
          { lr: 3e-4, initialLr: null, weightDecay: 0.1, betas: [0.9, 0.95], eps: 1e-8, momentum: null },
        ]);
        assert.equal(checkpoint.step, 500);
        assert.deepEqual(reasons(checkpoint), {
          optimizer: 'optimizer state, 3 tensors',
          'transformer.h.0.ln_1.weight': 'a vector, not a matrix',
          'transformer.h.0.attn.bias': 'U8 entries are no weights',
          best_val_loss: 'a single number',
        });
      }));
  });
}
