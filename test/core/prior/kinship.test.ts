import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitForecast } from '../../../src/core/forecast/predict';
import { modelNameOf, withModels } from '../../../src/core/prior/kinship';
import { learntRunsFrom } from '../../../src/core/prior/learntRun';
import type { FittedRun } from '../../../src/core/prior/memory';
import { loadCurve, readManifest } from '../fit/curveFolder';
import { firstPart, remembered } from '../forecast/tasks';

const config = (entries: Record<string, string | number | null>) => new Map(Object.entries(entries));

test('a model is named by its size, data and batch, however the log spells them', () => {
  const one = modelNameOf(config({ n_layer: 12, n_embd: 768, batch_size: 16, lr: 1e-3 }), 'train_loss');
  assert.equal(one, 'n_layer=12 n_embd=768 batch_size=16 train_loss');
  assert.equal(modelNameOf(config({ 'model.N-Layer': 12, 'model.n_embd': 768, batch_size: 16 }), 'train_loss'), one);
  assert.notEqual(modelNameOf(config({ n_layer: 24, n_embd: 768, batch_size: 16 }), 'train_loss'), one);
  assert.notEqual(modelNameOf(config({ n_layer: 12, n_embd: 768, batch_size: 16 }), 'val_loss'), one);
  assert.equal(modelNameOf(config({ batch_size: 16, model: null }), 'train_loss'), undefined);
});

const run = (name: string, level: number, model?: string): FittedRun => ({
  name,
  peakLr: 1e-3,
  mean: [-0.6, -1.5, -2, -0.3, level],
  covariance: new Array(25).fill(0).map((_, k) => (k % 6 === 0 ? 1e-4 : 0)),
  ...(model === undefined ? {} : { model }),
});

test('runs without a name are one model where their levels agree, in any order; named ones stay', () => {
  const runs = [run('a', 3.2), run('b', 3.23), run('c', 2.9), run('d', 3.21, 'mine')];
  const groups = (list: readonly FittedRun[]) =>
    Object.fromEntries(withModels(list).map(({ name, model }) => [name, model]));
  const named = groups(runs);
  assert.equal(named.a, named.b);
  assert.notEqual(named.a, named.c);
  assert.equal(named.d, 'mine');
  assert.deepEqual(groups(runs.toReversed()), named);
});

test('recorded runs of two models are told apart by their levels, and a third run finds its model', () => {
  const folder = 'test/fixtures/curves';
  const facts = readManifest(folder).filter(({ id }) => id.startsWith('mpl-'));
  const learnt = withModels(
    facts.map((each) => {
      const { model: _, ...rest } = remembered(loadCurve(folder, each))!;
      return rest;
    }),
  );
  const names = facts.map(({ group }, i) => `${group} ${learnt[i]!.model}`);
  assert.equal(new Set(names).size, 2, names.join());
  const curve = loadCurve(folder, facts.find(({ id }) => id === 'mpl-100M-cosine-24000')!);
  const history = learnt.filter(({ name }) => name !== curve.facts.id);
  const { fitted, forecast } = fitForecast(firstPart(curve, 0.5)!, { history });
  assert.equal(fitted!.basis, 'model');
  assert.ok(forecast.report.learntFrom.every((name) => name.startsWith('mpl-100M')));
});

test('only whole learnt runs are taken from a file', () => {
  const good = { ...run('a', 3), id: '/a', series: 'train_loss', steps: 100, finalLoss: 3 };
  assert.deepEqual(learntRunsFrom({ runs: [good] }), [good]);
  const bad = [
    null,
    7,
    {},
    { ...good, mean: [1] },
    { ...good, peakLr: -1 },
    { ...good, id: 5 },
    { ...good, steps: 'x' },
  ];
  assert.deepEqual(learntRunsFrom([...bad, good]), [good]);
  assert.deepEqual(learntRunsFrom('nonsense'), []);
});
