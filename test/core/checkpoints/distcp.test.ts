import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { call, dict, op, pickle, torchFile, tuple } from '../../lib/pickle';
import { matrix, openFiles, pattern, reasons, withRecorded } from './recorded';

const ROOT = 'test/fixtures/checkpoints/distcp';

describe('distcp: reading', () => {
  test('as PyTorch 1.13 writes it, opened by folder, description or part', async () => {
    for (const path of ['single', 'single/.metadata', 'single/__0_0.distcp']) {
      await withRecorded(`distcp/${path}`, async (checkpoint) => {
        assert.equal(checkpoint.format, 'distcp');
        assert.deepEqual(await matrix(checkpoint, 'model.layers.0.self_attn.q_proj.weight'), pattern(11, 6, 4));
        assert.equal(reasons(checkpoint).step, 'an object, not a tensor');
      });
    }
  });
  test('the parts of two ranks are one matrix', () =>
    withRecorded('distcp/sharded', async (checkpoint) => {
      for (const rows of [1, 2, 4, 6]) {
        assert.deepEqual(await matrix(checkpoint, 'model.layers.0.mlp.down_proj.weight', rows), pattern(12, 6, 10));
      }
      assert.deepEqual(reasons(checkpoint), { optim: 'optimizer state, 2 entries' });
    }));
});

describe('distcp: what is missing or cut off', () => {
  const files = (): Record<string, Uint8Array> =>
    Object.fromEntries(
      fs.readdirSync(`${ROOT}/sharded`).map((name) => [name, fs.readFileSync(`${ROOT}/sharded/${name}`)]),
    );
  const name = 'model.layers.0.mlp.down_proj.weight';
  test('a part that is not there', async () => {
    const { '__1_0.distcp': _, ...rest } = files();
    assert.equal(reasons(await openFiles(rest))[name], 'its file __1_0.distcp is missing');
  });
  test('a part that is cut off', async () => {
    const all = files();
    const cut = { ...all, '__1_0.distcp': all['__1_0.distcp']!.subarray(0, 400) };
    assert.match(reasons(await openFiles(cut))[name]!, /ends at byte 747 of 400 in __1_0.distcp: the file is cut off/);
  });
  test('a part that holds something else', async () => {
    const all = files();
    const other = Buffer.alloc(all['__1_0.distcp']!.length);
    const checkpoint = await openFiles({ ...all, '__1_0.distcp': other });
    await checkpoint.readRows(checkpoint.tensors[0]!, 0, 3);
    await assert.rejects(checkpoint.readRows(checkpoint.tensors[0]!, 3, 1), {
      code: 'checkpoint.invalid',
      file: '/run/__1_0.distcp',
    });
  });
});

describe('distcp: descriptions that lie', () => {
  const META = 'torch.distributed.checkpoint.metadata';
  const object = (name: string, state: Record<string, Uint8Array>): Buffer =>
    Buffer.concat([call(META, name), dict(state), op.build]);
  const numbers = (...values: readonly number[]): Buffer => call('torch', 'Size', tuple(...values.map(op.whole)));
  const box = (offsets: readonly number[], sizes: readonly number[]): Buffer =>
    object('ChunkStorageMetadata', { offsets: numbers(...offsets), sizes: numbers(...sizes) });
  const properties = Buffer.concat([call(META, 'TensorProperties'), tuple(op.global('torch', 'float32')), op.build]);
  const describedAs = (size: readonly number[], boxes: readonly Buffer[], path = 'a.distcp', length = 700): Buffer => {
    const places = boxes.flatMap((_, i) => [
      object('MetadataIndex', { fqn: op.text('w'), offset: op.none, index: op.whole(i) }),
      object('_StorageInfo', { relative_path: op.text(path), offset: op.whole(0), length: op.whole(length) }),
    ]);
    const chunks = Buffer.concat([op.list, op.mark, ...boxes, op.appends]);
    const tensors = dict({ w: object('TensorStorageMetadata', { properties, size: numbers(...size), chunks }) });
    const storage = Buffer.concat([op.dict, op.mark, ...places, op.setItems]);
    return pickle(object('Metadata', { state_dict_metadata: tensors, storage_data: storage }));
  };
  const lies: readonly [what: string, metadata: Buffer, reason: RegExp][] = [
    ['files outside the folder', describedAs([2, 2], [box([0, 0], [2, 2])], '../a.distcp'), /none beside/],
    ['files by a whole path', describedAs([2, 2], [box([0, 0], [2, 2])], '/etc/passwd'), /none beside/],
    ['the folder as a file', describedAs([2, 2], [box([0, 0], [2, 2])], '..'), /none beside/],
    ['parts behind the file', describedAs([2, 2], [box([0, 0], [2, 2])], 'a.distcp', 1e9), /cut off/],
    ['parts of negative length', describedAs([2, 2], [box([0, 0], [2, 2])], 'a.distcp', -5), /cut off/],
    ['boxes outside the tensor', describedAs([2, 2], [box([1, 0], [2, 2])]), /outside/],
    ['boxes before it', describedAs([2, 2], [box([-1, 0], [2, 2])]), /outside/],
    ['boxes that overlap', describedAs([2, 2], [box([0, 0], [1, 2]), box([0, 0], [1, 2])]), /overlap/],
    ['boxes that leave a hole', describedAs([4, 2], [box([0, 0], [2, 2])]), /4 of 8 entries/],
    ['too large a tensor', describedAs([2 ** 40, 2 ** 40], [box([0, 0], [2, 2])]), /too many entries/],
  ];
  for (const [what, metadata, reason] of lies) {
    test(what, async () => {
      const checkpoint = await openFiles({
        '.metadata': metadata,
        'a.distcp': torchFile(pickle(op.none), new Uint8Array(1000)),
      });
      assert.match(reasons(checkpoint).w!, reason);
    });
  }
  test('something else', async () => {
    await assert.rejects(openFiles({ '.metadata': pickle(op.whole(1)) }), {
      code: 'checkpoint.invalid',
      file: '/run/.metadata',
    });
  });
});
