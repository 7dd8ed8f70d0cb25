import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { openFiles, reasons } from './recorded';
import { checkTrainerFile } from './trainerFile';

checkTrainerFile('torchLegacy');

describe('torchLegacy: files that are cut off', () => {
  const bytes = fs.readFileSync('test/fixtures/checkpoints/torchLegacy/ckpt.pt');
  test('inside the storages: what was written is read', async () => {
    const checkpoint = await openFiles({ 'ckpt.pt': bytes.subarray(0, 3500) });
    assert.ok(checkpoint.tensors.some(({ name }) => name === 'transformer.h.0.attn.c_attn.weight[q]'));
    assert.match(reasons(checkpoint)['double.weight']!, /storage \d+ is not in the file/);
    assert.match(reasons(checkpoint)['transformer.h.0.attn.c_proj.weight']!, /cut off/);
  });
  test('inside the pickles: refused, with the byte', async () => {
    await assert.rejects(openFiles({ 'ckpt.pt': bytes.subarray(0, 1000) }), (error: { offset: number }) => {
      assert.equal((error as unknown as { code: string }).code, 'checkpoint.invalid');
      return error.offset > 0;
    });
  });
});
