import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analysed } from './activations';

const lines = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

test('ranks under the names of the released tracker, flat, nested and by prefix', async () => {
  const text = lines(
    { step: 1, loss: 3 },
    { step: 2, layer: 4, soft_rank_pre: 20, hard_rank_pre: 10, soft_rank_post: 30, hard_rank_post: 20 },
    { step: 3, metrics: { 'layer_5/soft_rank_post': 9, 'layer_5/hard_rank_post': 4 } },
    { step: 4, 'transformer.h.6.mlp.soft_rank_post': 9, 'transformer.h.6.mlp.hard_rank_post': 4 },
  );
  const { activations, pairs } = (await analysed('metrics.jsonl', text))!;
  assert.deepEqual(
    activations.map(({ step, layer, where, measures }) => [step, layer, where, measures!.hardRank.value]),
    [
      [2, 4, 'pre', 10],
      [2, 4, 'post', 20],
      [3, 5, 'post', 4],
      [4, 6, 'post', 4],
    ],
  );
  assert.deepEqual(
    pairs.map(({ layer, rankGain, divergence }) => [layer, rankGain, divergence]),
    [[4, 2, null]],
  );
  // A stated rank has no error that is known.
  assert.equal(activations[0]!.measures!.hardRank.error, null);
});

test('the older names: entropies become soft ranks', async () => {
  const text = 'Step 7: SE_post=2.0 PR_post=5.0 EEE_post=0.9 JS=0.1\n  TAIL (n=300): SE_post=1.0 PR_post=2.5\n';
  const { activations } = (await analysed('layer_11_eigen_freq.txt', text))!;
  assert.deepEqual(
    activations.map(({ step, layer, group, count, measures }) => [
      step,
      layer,
      group,
      count,
      Math.log(measures!.softRank.value),
      measures!.concentration,
    ]),
    [
      [7, 11, null, null, 2, 0.9],
      [7, 11, 'tail', 300, 1, null],
    ],
  );
});

test('broken lines are named and the rest is read; NaN is unknown', async () => {
  const good = '{"step": 1, "soft_rank_post": 3, "hard_rank_post": 2, "loss": NaN}';
  const { activations, issues } = (await analysed('m.jsonl', `{"step": 1, "soft\n${good}\n{}}\n`))!;
  assert.equal(activations.length, 1);
  assert.deepEqual(
    issues.map(({ offset }) => offset),
    [0, 18 + good.length + 1],
  );
});

test('eigenvalues in any order; lists that are none are refused', async () => {
  const row = { step: 1, module: 'h.2.mlp.c_proj', where: 'post', count: 1000 };
  const text = lines(
    { ...row, eigenvalues: [1, 3, 2] },
    { ...row, eigenvalues: [1, 'x', 2] },
    { ...row, eigenvalues: [0, 0] },
    { ...row, eigenvalues: [] },
  );
  const { activations } = (await analysed('m.jsonl', text))!;
  assert.deepEqual([...activations[0]!.eigenvalues!], [3, 2, 1]);
  assert.deepEqual(
    activations.map(({ refused }) => refused),
    [null, '1 eigenvalues are not finite', 'all eigenvalues are zero', 'all eigenvalues are zero'],
  );
});

test('a hostile row costs little: deep nesting, huge lists, names without end', async () => {
  let deep: unknown = { soft_rank_post: 1, hard_rank_post: 1 };
  for (let i = 0; i < 500; i++) deep = { a: deep };
  const wide = `{"eigenvalues": [${'1,'.repeat(70_000)}1], "step": 1}\n`;
  const { activations } = (await analysed('m.jsonl', `${JSON.stringify(deep)}\n${wide}`))!;
  assert.equal(activations.length, 1);
  assert.match(activations[0]!.refused!, /more than 65536/);
});

test('a log without activations is none', async () => {
  assert.equal(await analysed('train.jsonl', lines({ step: 1, loss: 2 })), null);
  assert.equal(await analysed('train.log', 'Step 1: loss=2\n'.repeat(50)), null);
});

test('ranks that fall by a fifth, and layers that use nothing of their width, are warned of', async () => {
  const text = lines(
    ...Array.from({ length: 41 }, (_, i) => ({
      step: 10 * i,
      layer: 0,
      width: 1000,
      soft_rank_post: i < 30 ? 100 : 60,
      hard_rank_post: 5,
    })),
  );
  const { warnings } = (await analysed('m.jsonl', text))!;
  assert.deepEqual(warnings.map(({ id }) => id).sort(), ['activations.collapsed', 'activations.falling']);
});
