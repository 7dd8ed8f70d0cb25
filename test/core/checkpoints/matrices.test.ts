import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Checkpoint } from '../../../src/core/checkpoints/checkpoint';
import { f32, type Raw, safetensors } from '../../lib/safetensors';
import { matrix, openFiles, reasons, transposed } from './recorded';

/** Entries 0, 1, 2, … of a tensor. */
function counted(name: string, ...shape: readonly number[]): Raw {
  const count = shape.reduce((product, size) => product * size, 1);
  return { name, dtype: 'F32', shape, bytes: f32(counting(0, count)) };
}

function counting(from: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => from + i);
}

function open(tensors: readonly Raw[], beside: Readonly<Record<string, string>> = {}): Promise<Checkpoint> {
  return openFiles({ 'model.safetensors': safetensors(tensors), ...beside });
}

function kinds({ tensors }: Checkpoint): string[] {
  return tensors.map(({ name, kind, shape }) => `${name} ${kind} ${shape.join('×')}`);
}

describe('fused projections', () => {
  test('queries, keys, values of the same size', async () => {
    const checkpoint = await open([counted('blocks.0.attn.qkv.weight', 6, 2)]);
    assert.deepEqual(kinds(checkpoint), [
      'blocks.0.attn.qkv.weight[q] q 2×2',
      'blocks.0.attn.qkv.weight[k] k 2×2',
      'blocks.0.attn.qkv.weight[v] v 2×2',
    ]);
    assert.deepEqual(await matrix(checkpoint, 'blocks.0.attn.qkv.weight[k]', 1), counting(4, 4));
  });
  test('fewer keys than queries: the output projection says how many queries there are', async () => {
    const layer = 'model.layers.3.self_attn';
    const checkpoint = await open([counted(`${layer}.qkv_proj.weight`, 8, 4), counted(`${layer}.o_proj.weight`, 4, 4)]);
    assert.deepEqual(kinds(checkpoint).slice(0, 3), [
      `${layer}.qkv_proj.weight[q] q 4×4`,
      `${layer}.qkv_proj.weight[k] k 2×4`,
      `${layer}.qkv_proj.weight[v] v 2×4`,
    ]);
    assert.deepEqual(await matrix(checkpoint, `${layer}.qkv_proj.weight[v]`), counting(24, 8));
  });
  test('what cannot be told apart stays one', async () => {
    assert.deepEqual(kinds(await open([counted('layers.0.attn.qkv_proj.weight', 5, 4)])), [
      'layers.0.attn.qkv_proj.weight qkv 5×4',
    ]);
  });
  test('head by head, with the heads of the description beside it', async () => {
    const name = 'gpt_neox.layers.0.attention.query_key_value.weight';
    const tensors = [counted(name, 12, 2)];
    assert.deepEqual(kinds(await open(tensors)), [`${name} qkv 12×2`]);
    const checkpoint = await open(tensors, { 'config.json': '{"num_attention_heads": 2}' });
    assert.deepEqual(kinds(checkpoint), [`${name}[q] q 4×2`, `${name}[k] k 4×2`, `${name}[v] v 4×2`]);
    for (const rows of [1, 3, 4]) {
      assert.deepEqual(await matrix(checkpoint, `${name}[k]`, rows), Float32Array.of(4, 5, 6, 7, 16, 17, 18, 19));
    }
    const shared = await open(tensors, { 'config.json': '{"num_attention_heads": 4, "num_key_value_heads": 1}' });
    assert.deepEqual(kinds(shared), [`${name}[q] q 8×2`, `${name}[k] k 2×2`, `${name}[v] v 2×2`]);
    for (const broken of [
      '{"num_attention_heads": 5}',
      '[]',
      'no JSON',
      '{"num_attention_heads": "2"}',
      '{"n_head": 0}',
    ]) {
      assert.equal((await open(tensors, { 'config.json': broken })).tensors.length, 1, broken);
    }
  });
  test('gate and up, by name or by the size of the down projection', async () => {
    const checkpoint = await open([
      counted('model.layers.0.mlp.gate_up_proj.weight', 4, 3),
      counted('model.transformer.blocks.1.ff_proj.weight', 4, 3),
      counted('decoder.layers.2.mlp.linear_fc1.weight', 4, 3),
      counted('decoder.layers.2.mlp.linear_fc2.weight', 3, 2),
      counted('decoder.layers.3.mlp.linear_fc1.weight', 4, 3),
      counted('decoder.layers.3.mlp.linear_fc2.weight', 3, 4),
    ]);
    assert.deepEqual(kinds(checkpoint), [
      'model.layers.0.mlp.gate_up_proj.weight[gate] gate 2×3',
      'model.layers.0.mlp.gate_up_proj.weight[up] up 2×3',
      'model.transformer.blocks.1.ff_proj.weight[up] up 2×3',
      'model.transformer.blocks.1.ff_proj.weight[gate] gate 2×3',
      'decoder.layers.2.mlp.linear_fc1.weight[gate] gate 2×3',
      'decoder.layers.2.mlp.linear_fc1.weight[up] up 2×3',
      'decoder.layers.2.mlp.linear_fc2.weight down 3×2',
      'decoder.layers.3.mlp.linear_fc1.weight up 4×3',
      'decoder.layers.3.mlp.linear_fc2.weight down 3×4',
    ]);
  });
  test('GPT-2 keeps in × out: every projection is turned', async () => {
    const checkpoint = await open([
      counted('h.0.attn.c_attn.weight', 2, 6),
      counted('h.0.attn.c_proj.weight', 2, 2),
      counted('h.0.mlp.c_fc.weight', 2, 8),
      counted('h.0.mlp.c_proj.weight', 8, 2),
      counted('wte.weight', 5, 2),
    ]);
    assert.deepEqual(kinds(checkpoint), [
      'h.0.attn.c_attn.weight[q] q 2×2',
      'h.0.attn.c_attn.weight[k] k 2×2',
      'h.0.attn.c_attn.weight[v] v 2×2',
      'h.0.attn.c_proj.weight o 2×2',
      'h.0.mlp.c_fc.weight up 8×2',
      'h.0.mlp.c_proj.weight down 2×8',
      'wte.weight embedding 5×2',
    ]);
    for (const rows of [1, 2]) {
      assert.deepEqual(await matrix(checkpoint, 'h.0.attn.c_attn.weight[k]', rows), Float32Array.of(2, 8, 3, 9));
      assert.deepEqual(await matrix(checkpoint, 'h.0.mlp.c_proj.weight', rows), transposed(counting(0, 16), 8));
    }
  });
});

describe('more than two dimensions', () => {
  test('experts, layers in one tensor, kernels, sizes of one', async () => {
    const checkpoint = await open([
      counted('model.layers.4.mlp.experts.down_proj', 3, 2, 2),
      counted('decoder.layers.mlp.linear_fc2.weight', 2, 2, 3),
      counted('features.0.conv1.weight', 2, 3, 2, 2),
      counted('encoder.conv.weight', 2, 3, 2),
      counted('pos_embed', 1, 3, 2),
      counted('attention.kernel', 2, 2, 3),
    ]);
    assert.deepEqual(
      checkpoint.tensors.map(({ name, kind, layer, expert, shape }) => [name, kind, layer, expert, ...shape]),
      [
        ['model.layers.4.mlp.experts.down_proj[0]', 'down', 4, 0, 2, 2],
        ['model.layers.4.mlp.experts.down_proj[1]', 'down', 4, 1, 2, 2],
        ['model.layers.4.mlp.experts.down_proj[2]', 'down', 4, 2, 2, 2],
        ['decoder.layers.mlp.linear_fc2.weight[0]', 'down', 0, null, 2, 3],
        ['decoder.layers.mlp.linear_fc2.weight[1]', 'down', 1, null, 2, 3],
        ['features.0.conv1.weight', 'conv', null, null, 2, 12],
        ['encoder.conv.weight', 'conv', null, null, 2, 6],
        ['pos_embed', 'position', null, null, 3, 2],
        ['attention.kernel', 'other', null, null, 2, 6],
      ],
    );
    assert.deepEqual(await matrix(checkpoint, 'model.layers.4.mlp.experts.down_proj[1]'), counting(4, 4));
    assert.deepEqual(await matrix(checkpoint, 'decoder.layers.mlp.linear_fc2.weight[1]', 1), counting(6, 6));
    assert.deepEqual(await matrix(checkpoint, 'pos_embed'), counting(0, 6));
  });
  test('what is no matrix says why', async () => {
    const checkpoint = await open([
      counted('bias', 3),
      counted('scale'),
      counted('row.weight', 1, 3),
      counted('none.weight', 0, 3),
      { name: 'ids', dtype: 'I64', shape: [1, 2], bytes: new Uint8Array(16) },
      counted('x.experts.w', 5000, 2, 1, 2),
    ]);
    assert.deepEqual(checkpoint.tensors, []);
    assert.deepEqual(reasons(checkpoint), {
      bias: 'a vector, not a matrix',
      scale: 'a single number',
      'row.weight': 'a vector, not a matrix',
      'none.weight': 'empty',
      ids: 'I64 entries are no weights',
      'x.experts.w': 'a stack of 5000 matrices, more than 4096',
    });
  });
});

test('low-rank factors name the matrix that they change', async () => {
  const module = 'base_model.model.model.layers.0.self_attn.q_proj';
  const { tensors } = await openFiles({
    'adapter_model.safetensors': safetensors([
      counted(`${module}.lora_A.weight`, 1, 8),
      counted(`${module}.lora_B.weight`, 6, 1),
    ]),
  });
  assert.deepEqual(
    tensors.map(({ kind, layer, lora, shape }) => [kind, layer, lora?.factor, lora?.module, ...shape]),
    [
      ['q', 0, 'A', 'model.model.layers.0.self_attn.q_proj', 1, 8],
      ['q', 0, 'B', 'model.model.layers.0.self_attn.q_proj', 6, 1],
    ],
  );
});

describe('8-bit weights with factors', () => {
  const ones = (rows: number, columns: number): Raw => {
    return {
      name: 'w.weight',
      dtype: 'F8_E4M3',
      shape: [rows, columns],
      bytes: new Uint8Array(rows * columns).fill(0x38),
    };
  };
  const factors = (name: string, shape: readonly number[], values: readonly number[]): Raw => {
    return { name, dtype: 'F32', shape, bytes: f32(values) };
  };
  test('one for all, one for each row, one for each block', async () => {
    const cases: readonly [Raw, Raw, (row: number, column: number) => number][] = [
      [ones(3, 4), factors('w.weight_scale', [], [0.5]), () => 0.5],
      [ones(3, 4), factors('w.weight_scale', [1], [0.25]), () => 0.25],
      [ones(3, 4), factors('w.weight_scale', [3, 1], [1, 2, 3]), (row) => row + 1],
      [
        ones(130, 300),
        factors('w.weight_scale_inv', [2, 3], [1, 2, 3, 4, 5, 6]),
        (row, column) => 1 + 3 * (row >> 7) + (column >> 7),
      ],
    ];
    for (const [weight, scale, factor] of cases) {
      const checkpoint = await open([weight, scale]);
      const [rows, columns] = weight.shape as [number, number];
      const expected = Float32Array.from({ length: rows * columns }, (_, i) =>
        factor(Math.floor(i / columns), i % columns),
      );
      for (const block of [1, 100, 1000]) assert.deepEqual(await matrix(checkpoint, 'w.weight', block), expected);
      assert.deepEqual(reasons(checkpoint), { [scale.name]: 'factors of w.weight' });
    }
  });
  test('factors that are not finite are seen in what they touch', async () => {
    const checkpoint = await open([ones(2, 3), factors('w.weight_scale', [2, 1], [1, Number.NaN])]);
    assert.equal((await checkpoint.readRows(checkpoint.tensors[0]!, 0, 2)).nonFinite, 3);
  });
  test('factors that do not fit are a reason', async () => {
    const checkpoint = await open([ones(6, 4), factors('w.weight_scale', [5, 1], [1, 1, 1, 1, 1])]);
    assert.match(reasons(checkpoint)['w.weight']!, /5 × 1 factors do not fit 6 × 4 entries/);
  });
  test('factors of weights that are not 8-bit are matrices like others', async () => {
    const checkpoint = await open([counted('w.weight', 2, 2), counted('w.weight_scale', 2, 2)]);
    assert.equal(checkpoint.tensors.length, 2);
  });
});
