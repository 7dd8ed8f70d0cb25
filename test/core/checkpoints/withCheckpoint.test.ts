import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Checkpoint } from '../../../src/core/checkpoints/checkpoint';
import { withCheckpoint } from '../../../src/core/checkpoints/withCheckpoint';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';
import { f32, safetensors } from '../../lib/safetensors';

const one = (name: string): Uint8Array =>
  safetensors([{ name, dtype: 'F32', shape: [2, 2], bytes: f32([1, 2, 3, 4]) }]);

test('a checkpoint is opened once while its files are the same, and again when they change', async () => {
  const fs = new MemoryFileSystem();
  for (const path of ['/a', '/b', '/c']) fs.write(`${path}.safetensors`, one(path));
  const seen = (path: string): Promise<Checkpoint> => withCheckpoint(fs, `${path}.safetensors`, async (it) => it);
  const first = await seen('/a');
  assert.equal(await seen('/a'), first);
  await first.readRows(first.tensors[0]!, 0, 2);
  fs.now += 1000;
  fs.write('/a.safetensors', one('other'));
  const second = await seen('/a');
  assert.notEqual(second, first);
  assert.equal(second.tensors[0]!.name, 'other');
  const b = await seen('/b');
  assert.equal(await seen('/a'), second);
  await seen('/c');
  assert.equal(await seen('/b'), b);
  assert.notEqual(await seen('/a'), second);
});

test('a checkpoint that cannot be opened is tried again', async () => {
  const fs = new MemoryFileSystem();
  const names = (): Promise<string[]> =>
    withCheckpoint(fs, '/a.safetensors', async ({ tensors }) => tensors.map(({ name }) => name));
  await assert.rejects(names(), { code: 'file.notFound' });
  fs.write('/a.safetensors', one('w'));
  assert.deepEqual(await names(), ['w']);
});
