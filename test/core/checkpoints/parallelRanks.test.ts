import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rankPlace } from '../../../src/core/checkpoints/parallelRanks';
import { f32, safetensors } from '../../lib/safetensors';
import { matrix, openFiles, pattern } from './recorded';

interface Whole {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly cut: 'rows' | 'columns' | 'halves' | 'none';
}

const D = 8;
const MEGATRON: readonly Whole[] = [
  { name: 'embedding.word_embeddings.weight', rows: 12, columns: D, cut: 'rows' },
  { name: 'decoder.layers.0.self_attention.linear_qkv.weight', rows: 24, columns: D, cut: 'rows' },
  { name: 'decoder.layers.0.self_attention.linear_proj.weight', rows: D, columns: 8, cut: 'columns' },
  { name: 'decoder.layers.0.mlp.router.weight', rows: 4, columns: D, cut: 'none' },
  { name: 'decoder.layers.0.mlp.linear_fc2.weight', rows: D, columns: 16, cut: 'columns' },
];
const META: readonly Whole[] = [
  { name: 'tok_embeddings.weight', rows: 10, columns: D, cut: 'columns' },
  { name: 'layers.0.attention.wq.weight', rows: D, columns: D, cut: 'rows' },
  { name: 'layers.0.attention.wo.weight', rows: D, columns: D, cut: 'columns' },
  { name: 'layers.0.feed_forward.w1.weight', rows: 12, columns: D, cut: 'rows' },
  { name: 'layers.0.feed_forward.w2.weight', rows: D, columns: 12, cut: 'columns' },
  { name: 'layers.0.feed_forward.gate_up_proj.weight', rows: 24, columns: D, cut: 'halves' },
  { name: 'output.weight', rows: 10, columns: D, cut: 'rows' },
];

const valuesOf = (whole: Whole, i: number): Float32Array => pattern(i, whole.rows, whole.columns);

/** What rank `rank` of two holds of a matrix. */
function part({ name, rows, columns, cut }: Whole, values: Float32Array, rank: number) {
  const isMine = (row: number, column: number): boolean => {
    if (cut === 'rows') return Math.floor((2 * row) / rows) === rank;
    if (cut === 'columns') return Math.floor((2 * column) / columns) === rank;
    return cut === 'none' || Math.floor((4 * row) / rows) % 2 === rank;
  };
  const mine = values.filter((_, i) => isMine(Math.floor(i / columns), i % columns));
  const shape = cut === 'columns' ? [rows, columns / 2] : [cut === 'none' ? rows : rows / 2, columns];
  return { name, dtype: 'F32', shape, bytes: f32(mine) };
}

const rank = (model: readonly Whole[], which: number): Uint8Array =>
  safetensors(model.map((whole, i) => part(whole, valuesOf(whole, i), which)));

const LAYOUTS: Readonly<Record<string, readonly [readonly Whole[], readonly [string, string]]>> = {
  Megatron: [MEGATRON, ['mp_rank_00/model_optim_rng.pt', 'mp_rank_01/model_optim_rng.pt']],
  DeepSpeed: [MEGATRON, ['mp_rank_00_model_states.pt', 'mp_rank_01_model_states.pt']],
  Meta: [META, ['consolidated.00.pth', 'consolidated.01.pth']],
};

for (const [name, [model, [one, two]]] of Object.entries(LAYOUTS)) {
  test(`the parts of ${name} ranks are one matrix, entry by entry`, async () => {
    const checkpoint = await openFiles({ [one]: rank(model, 0), [two]: rank(model, 1) });
    for (const [i, whole] of model.entries()) {
      if (whole.cut === 'none') continue;
      const expected = valuesOf(whole, i);
      if (whole.cut !== 'halves') {
        const found = checkpoint.tensors.filter((tensor) => tensor.name.startsWith(whole.name));
        const values = await Promise.all(found.map((tensor) => matrix(checkpoint, tensor.name)));
        assert.deepEqual(values.flatMap((each) => [...each]).sort(), [...expected].sort(), whole.name);
        if (found.length === 1) assert.deepEqual(values[0], expected, whole.name);
      } else {
        const [gate, up] = [expected.slice(0, expected.length / 2), expected.slice(expected.length / 2)];
        assert.deepEqual(await matrix(checkpoint, `${whole.name}[gate]`), gate);
        assert.deepEqual(await matrix(checkpoint, `${whole.name}[up]`), up);
      }
    }
    // What every rank has whole, or what a name does not explain, stays apart.
    const apart = checkpoint.tensors.map((tensor) => tensor.name).filter((each) => each.includes('router'));
    assert.equal(apart.length, name === 'Meta' ? 0 : 2);
  });
}

test('ranks that do not fit together stay apart', async () => {
  const odd = safetensors([
    { name: 'layers.0.attention.wq.weight', dtype: 'F32', shape: [4, D], bytes: f32(new Float32Array(4 * D)) },
    { name: 'layers.0.attention.wo.weight', dtype: 'F32', shape: [6, 4], bytes: f32(new Float32Array(24)) },
  ]);
  const { tensors } = await openFiles({ 'consolidated.00.pth': rank(META, 0), 'consolidated.01.pth': odd });
  assert.ok(tensors.some(({ name }) => name === 'consolidated.01.layers.0.attention.wo.weight'));
  const stages = await openFiles({
    'mp_rank_00_000/model_optim_rng.pt': rank(MEGATRON, 0),
    'mp_rank_00_001/model_optim_rng.pt': rank(MEGATRON, 1),
  });
  assert.ok(stages.tensors.every(({ name }) => name.startsWith('mp_rank_00_00')));
});

test('ranks and stages in paths', () => {
  assert.deepEqual(rankPlace('/a/mp_rank_01_003/model_optim_rng.pt'), { rank: 1, stage: '_003' });
  assert.deepEqual(rankPlace('/a/consolidated.07.pth'), { rank: 7, stage: '' });
  assert.equal(rankPlace('/a/model-00001-of-00002.safetensors'), undefined);
});
