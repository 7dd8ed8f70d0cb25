import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gguf, ggufText } from '../../lib/gguf';
import { f32 } from '../../lib/safetensors';
import { matrix, openFiles, reasons } from './recorded';

const F32 = 0;
const Q8_0 = 8;
const BF16 = 30;

describe('gguf: reading', () => {
  test('rows come in the order of PyTorch; the vocabulary is passed over', async () => {
    const words = Array.from({ length: 70_000 }, (_, i) => `word${i}`);
    const file = gguf(
      [
        { name: 'blk.0.attn_q.weight', sizes: [3, 2], type: F32, bytes: f32([1, 2, 3, 4, 5, 6]) },
        {
          name: 'output.weight',
          sizes: [2, 1, 2],
          type: BF16,
          bytes: Uint8Array.of(0x80, 0x3f, 0, 0xc0, 0, 0x40, 0, 0),
        },
      ],
      { 'general.architecture': 'llama', 'tokenizer.ggml.tokens': words },
    );
    const checkpoint = await openFiles({ 'm.gguf': file });
    assert.deepEqual(
      checkpoint.tensors.map(({ shape, kind }) => [...shape, kind]),
      [
        [2, 3, 'q'],
        [2, 2, 'head'],
      ],
    );
    assert.deepEqual(await matrix(checkpoint, 'blk.0.attn_q.weight', 1), Float32Array.of(1, 2, 3, 4, 5, 6));
    assert.deepEqual(await matrix(checkpoint, 'output.weight'), Float32Array.of(1, -2, 2, 0));
  });
  test('Q8_0: blocks of 32 with a common factor', async () => {
    const block = (half: number, first: number): number[] => [
      half & 0xff,
      half >> 8,
      ...Array.from({ length: 32 }, (_, i) => (first + i) & 0xff),
    ];
    const bytes = Uint8Array.from([
      ...block(0x3800, -16),
      ...block(0x4000, 100),
      ...block(0x3c00, 0),
      ...block(0xbc00, -1),
    ]);
    const checkpoint = await openFiles({
      'm.gguf': gguf([{ name: 'blk.1.ffn_up.weight', sizes: [64, 2], type: Q8_0, bytes }]),
    });
    const expected = Float32Array.from({ length: 128 }, (_, i) => {
      const signed = (value: number): number => (value << 24) >> 24;
      return [0.5 * (i - 16), 2 * signed(100 + i - 32), i - 64, -signed(i - 97)][i >> 5]!;
    });
    for (const rows of [1, 2]) assert.deepEqual(await matrix(checkpoint, 'blk.1.ffn_up.weight', rows), expected);
    assert.equal(checkpoint.tensors[0]!.bytes, 136);
  });
  test('experts are matrices of their own, heads split what is fused', async () => {
    const checkpoint = await openFiles({
      'm.gguf': gguf(
        [
          {
            name: 'blk.0.ffn_down_exps.weight',
            sizes: [2, 2, 3],
            type: F32,
            bytes: f32(Array.from({ length: 12 }, (_, i) => i)),
          },
          {
            name: 'blk.0.attn_qkv.weight',
            sizes: [4, 8],
            type: F32,
            bytes: f32(Array.from({ length: 32 }, (_, i) => i)),
          },
        ],
        { 'llama.attention.head_count': 2, 'llama.attention.head_count_kv': 1 },
      ),
    });
    assert.deepEqual(await matrix(checkpoint, 'blk.0.ffn_down_exps.weight[2]'), Float32Array.of(8, 9, 10, 11));
    assert.equal(checkpoint.tensors.find(({ name }) => name.endsWith('[2]'))!.expert, 2);
    assert.deepEqual(
      checkpoint.tensors.filter(({ name }) => name.includes('qkv')).map(({ kind, shape }) => [kind, ...shape]),
      [
        ['q', 4, 4],
        ['k', 2, 4],
        ['v', 2, 4],
      ],
    );
  });
  test('lossy quantisations are named', async () => {
    const tensors = [
      [12, 'a'],
      [2, 'b'],
      [39, 'c'],
      [77, 'd'],
    ].map(([type, name]) => ({ name: String(name), sizes: [32, 2], type: Number(type), bytes: new Uint8Array(64) }));
    assert.deepEqual(reasons(await openFiles({ 'm.gguf': gguf(tensors) })), {
      a: 'Q4_K is a lossy quantisation',
      b: 'Q4_0 is a lossy quantisation',
      c: 'MXFP4 is a lossy quantisation',
      d: 'ggml type 77 is not known',
    });
  });
});

describe('gguf: files that lie', () => {
  const good = { name: 'w', sizes: [2, 2], type: F32, bytes: f32([1, 2, 3, 4]) };
  const files: readonly [what: string, bytes: Uint8Array][] = [
    ['only a name', Buffer.from('GGUF')],
    ['an unknown version', gguf([good], {}, { version: 9 })],
    ['a byte order that is not this one', gguf([good], {}, { version: 0x03000000 })],
    ['more tensors than there are', gguf([good], {}, { tensors: 5n })],
    ['more tensors than can be', gguf([good], {}, { tensors: 2n ** 63n })],
    ['more settings than there are', gguf([good], {}, { settings: 2n ** 63n })],
    [
      'a text longer than the file',
      Buffer.concat([gguf([], {}, { settings: 1n }).subarray(0, 24), Buffer.alloc(8, 0xff)]),
    ],
    ['an alignment of nothing', gguf([good], { 'general.alignment': 0 })],
    [
      'a setting of an unknown type',
      Buffer.concat([gguf([], {}, { settings: 1n }).subarray(0, 24), ggufText('k'), Buffer.alloc(8, 99)]),
    ],
    [
      'lists in lists',
      Buffer.concat([
        gguf([], {}, { settings: 1n }).subarray(0, 24),
        ggufText('k'),
        ...Array.from({ length: 99 }, () => Buffer.from([9, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])),
      ]),
    ],
  ];
  for (const [what, bytes] of files) {
    test(what, async () =>
      assert.rejects(openFiles({ 'm.gguf': bytes }), { code: 'checkpoint.invalid', file: '/run/m.gguf' }),
    );
  }
  const lies: readonly [what: string, lie: object, reason: RegExp][] = [
    ['outside the file', { offset: 2n ** 40n }, /cut off/],
    ['at no number', { offset: 2n ** 64n - 1n }, /cut off/],
    ['overlapping', { offset: 8n }, /overlaps/],
    ['with more entries than numbers go', { sizes: [2n ** 40n, 2n ** 40n] }, /too many entries/],
    ['with half a block', { type: Q8_0 }, /no blocks of 32/],
    ['twice', { name: 'w' }, /described twice/],
  ];
  for (const [what, lie, reason] of lies) {
    test(`a tensor ${what}`, async () => {
      const checkpoint = await openFiles({ 'm.gguf': gguf([good, { ...good, name: 'bad', ...lie }]) });
      assert.match(checkpoint.skipped[0]!.reason, reason);
      assert.equal(checkpoint.tensors.length, 1);
    });
  }
});
