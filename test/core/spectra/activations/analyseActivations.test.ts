import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { CancelSource } from '../../../../src/core/cancel';
import { CancelledError } from '../../../../src/core/errors';
import { analyseActivations } from '../../../../src/core/spectra/activations/analyseActivations';
import { NodeFileSystem } from '../../../../src/node/nodeFileSystem';
import { f32, type Raw, safetensors } from '../../../lib/safetensors';
import { gaussian } from '../matrices';
import { analysed, poolOf } from './activations';

const FOLDER = 'test/fixtures/activations';
interface Expected {
  readonly count: number;
  readonly hardRank: number;
  readonly softRank: number;
  readonly eigenvalues: readonly number[];
}

const recorded = async (folder: string) => {
  const files = new NodeFileSystem();
  const expected = JSON.parse(fs.readFileSync(`${FOLDER}/${folder}/expected.json`, 'utf8')) as Record<string, Expected>;
  return { report: (await analyseActivations(files, poolOf(files), `${FOLDER}/${folder}`))!, expected };
};

for (const folder of ['spectra', 'triples']) {
  test(`${folder} that the logger wrote are what NumPy says of the activations`, async () => {
    const { report, expected } = await recorded(folder);
    assert.equal(report.activations.length, Object.keys(expected).length);
    for (const { name, where, step, count, eigenvalues, measures, dead, width } of report.activations) {
      const truth = expected[folder === 'spectra' ? `${step} ${name}.${where}` : `${name}.${where}`]!;
      assert.deepEqual([count, width, dead], [truth.count, 24, 0], name);
      const { observed, hardRank } = measures!;
      assert.ok(Math.abs(observed.hardRank / truth.hardRank - 1) < 1e-4, `${name} ${observed.hardRank}`);
      assert.ok(Math.abs(observed.softRank / truth.softRank - 1) < 1e-4, `${name} ${observed.softRank}`);
      assert.ok(hardRank.value > observed.hardRank && hardRank.error! > 0);
      truth.eigenvalues.forEach((value, i) => {
        assert.ok(Math.abs(eigenvalues![i]! - value) < 1e-5 * truth.eigenvalues[0]!, `${name} ${i}`);
      });
    }
  });
}

test('layers, sides and pairs are understood', async () => {
  const { report } = await recorded('triples');
  assert.deepEqual(
    report.activations.map(({ layer, where, step }) => [layer, where, step]),
    [
      [0, 'pre', 0],
      [0, 'post', 0],
      [1, 'pre', 0],
      [1, 'post', 0],
    ],
  );
  assert.deepEqual(
    report.pairs.map(({ layer, pre, post }) => [layer, pre, post]),
    [
      [0, 'h.0.mlp.c_fc', 'h.0.mlp.c_proj'],
      [1, 'h.1.mlp.gate_proj', 'h.1.mlp.down_proj'],
    ],
  );
  for (const { divergence, rankGain } of report.pairs) assert.ok(divergence! > 0 && rankGain > 1);
});

/** Vectors of which the first `live` dimensions vary. */
function vectors(count: number, width: number, live: number): Float32Array {
  const values = gaussian(count, width, 7);
  return values.map((value, i) => (i % width < live ? value : 3));
}

function raw(name: string, shape: readonly number[], values: ArrayLike<number>): Raw {
  return { name, dtype: 'F32', shape, bytes: f32(values) };
}

test('vectors and their triple give the same ranks; dimensions that never vary are dead', async () => {
  const [count, width, live] = [300, 20, 15];
  const values = vectors(count, width, live);
  const mean = Array.from({ length: width }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[i * width + j]! / count;
    return sum;
  });
  const scatter = Array.from({ length: width * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    let sum = 0;
    for (let k = 0; k < count; k++) sum += (values[k * width + i]! - mean[i]!) * (values[k * width + j]! - mean[j]!);
    return Math.abs(sum) < 1e-9 ? 0 : sum;
  });
  const dump = (await analysed('a.safetensors', safetensors([raw('h.3.mlp_post', [3, 100, width], values)]), {
    asVectors: true,
  }))!.activations[0]!;
  const parts = [raw('x.scatter', [width, width], scatter), raw('x.mean', [width], mean), raw('x.count', [], [count])];
  const triple = (await analysed('b.safetensors', safetensors(parts)))!.activations[0]!;
  const covariance = raw(
    'x.covariance',
    [width, width],
    scatter.map((value) => value / (count - 1)),
  );
  const plain = (await analysed('c.safetensors', safetensors([covariance])))!.activations[0]!;
  assert.deepEqual([dump.dead, triple.dead, plain.dead], [5, 5, 5]);
  assert.deepEqual([dump.count, triple.count, plain.count], [count, count, null]);
  assert.deepEqual([dump.layer, dump.where], [3, 'post']);
  for (const { measures } of [triple, plain]) {
    assert.ok(Math.abs(measures!.observed.hardRank / dump.measures!.observed.hardRank - 1) < 1e-4);
    assert.ok(Math.abs(measures!.observed.softRank / dump.measures!.observed.softRank - 1) < 1e-4);
  }
  assert.ok(Math.abs(dump.measures!.hardRank.value - live) < dump.measures!.hardRank.error!);
  // Without a count nothing is known of the error.
  assert.equal(plain.measures!.hardRank.error, null);
  assert.equal(plain.measures!.hardRank.value, plain.measures!.observed.hardRank);
});

test('fewer vectors than dimensions are measured and said to be few', async () => {
  const values = gaussian(60, 150, 3);
  const report = (await analysed('a.safetensors', safetensors([raw('x', [60, 150], values)]), { asVectors: true }))!;
  const { measures } = report.activations[0]!;
  assert.ok(measures!.observed.hardRank < 60 && measures!.hardRank.value > 100, JSON.stringify(measures!.hardRank));
  assert.deepEqual(
    report.warnings.map(({ id }) => id),
    ['activations.undersampled'],
  );
});

const good = (): Raw[] => [raw('x.scatter', [2, 2], [4, 1, 1, 2]), raw('x.mean', [2], [0, 0]), raw('x.count', [], [9])];
const REFUSED: Readonly<Record<string, readonly [Raw[], RegExp]>> = {
  'a negative variance': [[raw('x.scatter', [2, 2], [-1, 0, 0, 1]), ...good().slice(1)], /no variance/],
  'a matrix that is not symmetric': [[raw('x.scatter', [2, 2], [1, 0.5, -0.5, 1]), ...good().slice(1)], /differ/],
  'a covariance beyond its variances': [[raw('x.scatter', [2, 2], [1, 3, 3, 1]), ...good().slice(1)], /larger than/],
  'entries that are no numbers': [[raw('x.scatter', [2, 2], [1, Number.NaN, 0, 1]), ...good().slice(1)], /differ/],
  'no vectors': [[...good().slice(0, 2), raw('x.count', [], [0])], /a count of 0/],
  'a single vector': [[...good().slice(0, 2), raw('x.count', [], [1])], /no covariance/],
  'nothing that varies': [[raw('x.scatter', [2, 2], [0, 0, 0, 0]), ...good().slice(1)], /nothing varies/],
};
for (const [name, [tensors, reason]] of Object.entries(REFUSED)) {
  test(`${name}: refused with the reason`, async () => {
    const { activations } = (await analysed('x.safetensors', safetensors(tensors)))!;
    assert.equal(activations[0]!.measures, null);
    assert.match(activations[0]!.refused!, reason);
  });
}

test('weights are no activations', async () => {
  const weights = safetensors([raw('h.0.mlp.c_fc.weight', [4, 4], gaussian(4, 4, 1))]);
  assert.equal(await analysed('model.safetensors', weights), null);
});

test('a cancelled reading of a log ends with CancelledError', async () => {
  const signal = new CancelSource();
  signal.abort();
  await assert.rejects(analysed('a.jsonl', '{"step": 1, "soft_rank_post": 3}\n', { signal }), CancelledError);
});
