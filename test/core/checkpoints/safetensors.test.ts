import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Checkpoint } from '../../../src/core/checkpoints/checkpoint';
import { openCheckpoint } from '../../../src/core/checkpoints/open';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';
import { f32, safetensors, withHeader } from '../../lib/safetensors';

const PATH = '/run/model.safetensors';

async function open(bytes: Uint8Array): Promise<Checkpoint> {
  const fs = new MemoryFileSystem();
  fs.write(PATH, bytes);
  return openCheckpoint(fs, PATH);
}

const four = { dtype: 'F32', shape: [2, 2], bytes: f32([1, 2, 3, 4]) };

describe('safetensors: reading', () => {
  test('rows of a matrix, with what its name says', async () => {
    const checkpoint = await open(
      safetensors([
        { ...four, name: 'model.layers.3.self_attn.q_proj.weight' },
        { name: 'model.norm.weight', dtype: 'F32', shape: [2], bytes: f32([1, 1]) },
      ]),
    );
    const [q] = checkpoint.tensors;
    assert.equal(q!.kind, 'q');
    assert.equal(q!.layer, 3);
    assert.deepEqual(await checkpoint.readRows(q!, 1, 1), { values: Float32Array.of(3, 4), nonFinite: 0 });
    const into = new Float32Array(8);
    const { values } = await checkpoint.readRows(q!, 0, 2, into);
    assert.deepEqual(values, Float32Array.of(1, 2, 3, 4));
    assert.equal(values.buffer, into.buffer);
    assert.deepEqual(checkpoint.skipped, [{ name: 'model.norm.weight', file: PATH, reason: 'a vector, not a matrix' }]);
  });
  test('entries that are not finite are counted', async () => {
    const bytes = f32([1, Number.NaN, Number.POSITIVE_INFINITY, 2]);
    const checkpoint = await open(safetensors([{ ...four, name: 'w', bytes }]));
    assert.equal((await checkpoint.readRows(checkpoint.tensors[0]!, 0, 2)).nonFinite, 2);
    assert.equal((await checkpoint.readRows(checkpoint.tensors[0]!, 1, 1)).nonFinite, 1);
  });
  test('rows that do not exist are refused', async () => {
    const checkpoint = await open(safetensors([{ ...four, name: 'w' }]));
    const [w] = checkpoint.tensors;
    for (const [first, count, into] of [
      [-1, 1],
      [0, 3],
      [2, 1],
      [0.5, 1],
      [0, 2, new Float32Array(3)],
    ] as const) {
      await assert.rejects(checkpoint.readRows(w!, first, count, into), { code: 'argument.invalid' });
    }
    await checkpoint.close();
    await assert.rejects(checkpoint.readRows(w!, 0, 1), { code: 'file.unreadable', file: PATH });
  });
});

describe('safetensors: headers that lie', () => {
  const body = f32([1, 2, 3, 4]);
  const reasons = async (header: string): Promise<Record<string, string>> => {
    const { skipped } = await open(withHeader(header, body));
    return Object.fromEntries(skipped.map(({ name, reason }) => [name, reason]));
  };
  const entry = (shape: string, offsets: string, dtype = 'F32'): string =>
    `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

  const lies: readonly [what: string, header: string, reason: RegExp][] = [
    ['past the end', `{"w":${entry('[2,4]', '[0,32]')}}`, /cut off/],
    ['negative', `{"w":${entry('[2,2]', '[-16,0]')}}`, /no range/],
    ['backwards', `{"w":${entry('[2,2]', '[16,0]')}}`, /no range/],
    ['huge', `{"w":${entry('[2,2]', '[0,1e300]')}}`, /no range/],
    ['one offset', `{"w":${entry('[2,2]', '[0]')}}`, /no range/],
    ['other size', `{"w":${entry('[2,2]', '[0,8]')}}`, /not those of/],
    ['overflowing shape', `{"w":${entry('[4294967296,4294967296]', '[0,16]')}}`, /too many entries/],
    ['overflow behind a zero', `{"w":${entry('[0,4294967296,4294967296]', '[0,0]')}}`, /too many entries/],
    ['negative shape', `{"w":${entry('[-2,-2]', '[0,16]')}}`, /no shape/],
    ['broken shape', `{"w":${entry('[0.5,8]', '[0,16]')}}`, /no shape/],
    ['unknown dtype', `{"w":${entry('[2,2]', '[0,16]', 'constructor')}}`, /not known/],
    ['no dtype', '{"w":{"shape":[2,2],"data_offsets":[0,16]}}', /missing/],
    ['same name twice', `{"w":${entry('[2,2]', '[0,16]')},"w":${entry('[1,2]', '[0,8]')}}`, /twice/],
    ['same field twice', '{"w":{"dtype":"F32","dtype":"F16","shape":[2,2],"data_offsets":[0,16]}}', /twice/],
    ['overlap', `{"v":${entry('[1,2]', '[0,8]')},"w":${entry('[1,2]', '[4,12]')}}`, /overlaps/],
  ];
  for (const [what, header, reason] of lies) {
    test(what, async () => assert.match((await reasons(header)).w!, reason));
  }

  const files: readonly [what: string, bytes: Uint8Array][] = [
    ['empty', new Uint8Array(0)],
    ['only a length', new Uint8Array(8)],
    ['header longer than the file', Uint8Array.of(100, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d)],
    ['header longer than any file', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 0x7b, 0x7d)],
    ['no JSON', withHeader('[1,2]')],
    ['cut JSON', withHeader('{"w":{"dtype":"F32"')],
    ['nested without end', withHeader('{"a":'.repeat(100_000))],
  ];
  for (const [what, bytes] of files) {
    test(what, async () => assert.rejects(open(bytes), { code: 'checkpoint.invalid', file: PATH }));
  }
});
