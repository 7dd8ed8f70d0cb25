import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { f32, safetensors } from '../../lib/safetensors';
import { matrix, openFiles, reasons } from './recorded';

const shard = (...names: readonly string[]): Uint8Array =>
  safetensors(names.map((name) => ({ name, dtype: 'F32', shape: [2, 2], bytes: f32([1, 2, 3, 4]) })));

const INDEX = 'model.safetensors.index.json';
const ONE = 'model-00001-of-00002.safetensors';
const TWO = 'model-00002-of-00002.safetensors';
const index = (map: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ metadata: { total_size: 32 }, weight_map: map });

describe('checkpoints of several files', () => {
  test('shards and their index, by folder or by index', async () => {
    const files = { [INDEX]: index({ a: ONE, b: TWO }), [ONE]: shard('a'), [TWO]: shard('b'), 'notes.txt': 'x' };
    for (const path of ['', INDEX]) {
      const checkpoint = await openFiles(files, path);
      assert.deepEqual(
        checkpoint.tensors.map(({ name, file }) => `${name} ${file}`),
        [`a /run/${ONE}`, `b /run/${TWO}`],
      );
      assert.deepEqual(await matrix(checkpoint, 'b'), Float32Array.of(1, 2, 3, 4));
      assert.deepEqual(checkpoint.skipped, []);
    }
  });
  test('shards that are missing, cut off or without a tensor are named, the others are read', async () => {
    const whole = { [INDEX]: index({ a: ONE, b: TWO, c: TWO }), [ONE]: shard('a') };
    const gone = await openFiles(whole);
    assert.deepEqual(
      gone.tensors.map(({ name }) => name),
      ['a'],
    );
    assert.deepEqual(reasons(gone), { [TWO]: `No file at /run/${TWO}.`, b: 'not in its file', c: 'not in its file' });
    const cut = await openFiles({ ...whole, [TWO]: shard('b', 'c').subarray(0, -20) });
    assert.match(reasons(cut).c!, /cut off/);
    const partial = await openFiles({ ...whole, [TWO]: shard('b') });
    assert.deepEqual(reasons(partial), { c: 'not in its file' });
    await assert.rejects(openFiles({ [INDEX]: index({ a: ONE }) }), { code: 'file.notFound' });
  });
  const lies: readonly [what: string, text: string][] = [
    ['out of the folder', index({ a: '../secret.safetensors' })],
    ['by a whole path', index({ a: '/etc/passwd' })],
    ['by a path of Windows', index({ a: 'C:\\x' })],
    ['to the folder itself', index({ a: '..' })],
    ['to no text', index({ a: 7 })],
    ['nowhere', index({})],
    ['without a map', '{}'],
    ['as no JSON', '{"weight_map"'],
    [
      'to more files than can be',
      index(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`w${i}`, `${i}.safetensors`]))),
    ],
  ];
  for (const [what, text] of lies) {
    test(`an index that leads ${what} is refused`, async () => {
      await assert.rejects(openFiles({ [INDEX]: text, [ONE]: shard('a') }), {
        code: 'checkpoint.invalid',
        file: `/run/${INDEX}`,
      });
    });
  }
  test('ranks with parts that are one matrix', async () => {
    const part = fs.readFileSync('test/fixtures/checkpoints/torchZip/pytorch_model.bin');
    const checkpoint = await openFiles(
      {
        'iter_0000700/mp_rank_00/model_optim_rng.pt': part,
        'iter_0000700/mp_rank_01/model_optim_rng.pt': part,
      },
      'iter_0000700',
    );
    assert.deepEqual(
      checkpoint.tensors.map(({ name, kind }) => `${name} ${kind}`),
      ['q_proj.weight q'],
    );
    assert.equal(checkpoint.step, 700);
  });
  test('the optimizer beside the weights gives its settings', async () => {
    const optimizer = fs.readFileSync('test/fixtures/checkpoints/torchZip/ckpt.pt');
    const checkpoint = await openFiles({ 'model.safetensors': shard('w'), 'optimizer.pt': optimizer });
    assert.deepEqual(
      checkpoint.tensors.map(({ name }) => name),
      ['w'],
    );
    assert.equal(checkpoint.paramGroups[0]!.lr, 3e-4);
    const broken = await openFiles({ 'model.safetensors': shard('w'), 'optimizer.pt': 'x' });
    assert.deepEqual(broken.paramGroups, []);
  });
  test('folders with several checkpoints, or none', async () => {
    const several = { 'step_1.safetensors': shard('w'), 'step_2.safetensors': shard('w') };
    await assert.rejects(openFiles(several), { code: 'argument.invalid', file: '/run' });
    await assert.rejects(openFiles({ 'log.txt': 'x' }), { code: 'file.unknownFormat', file: '/run' });
    await assert.rejects(openFiles({ 'log.txt': 'x' }, 'log.txt'), { code: 'file.unknownFormat' });
    await assert.rejects(openFiles({ 'log.txt': 'x' }, 'none.pt'), { code: 'file.notFound' });
    assert.equal((await openFiles({ 'step_2.safetensors': shard('w') })).tensors.length, 1);
  });
});
