import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { gaussian, SHAPES, withSingularValues } from '../core/spectra/matrices';
import { f32, safetensors } from '../lib/safetensors';
import { buildServer } from '../lib/serverProcess';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-spectra-'));
const checkpoint = path.join(folder, 'model.safetensors');
const VALUES = SHAPES.powerLaw!(80);

before(async () => {
  await buildServer(folder);
  const broken = gaussian(70, 60, 2);
  broken[5] = Number.NaN;
  const known = withSingularValues(VALUES, 80, 120, 1);
  const tensors = [
    { name: 'model.layers.0.mlp.down_proj.weight', dtype: 'F32', shape: [80, 120], bytes: f32(known) },
    { name: 'model.layers.1.mlp.up_proj.weight', dtype: 'F32', shape: [70, 60], bytes: f32(broken) },
    { name: 'model.layers.1.self_attn.q_proj.weight', dtype: 'F32', shape: [90, 90], bytes: f32(gaussian(90, 90, 3)) },
    { name: 'model.norm.weight', dtype: 'F32', shape: [90], bytes: f32(new Float32Array(90)) },
    { name: 'a.lora_A.weight', dtype: 'F32', shape: [4, 50], bytes: f32(gaussian(4, 50, 4)) },
    { name: 'a.lora_B.weight', dtype: 'F32', shape: [60, 4], bytes: f32(gaussian(60, 4, 5)) },
  ];
  fs.writeFileSync(checkpoint, safetensors(tensors));
});
after(() => fs.rmSync(folder, { recursive: true, force: true }));

interface Tensor {
  readonly name: string;
  readonly shape: number[];
  readonly kind: string;
  readonly layer: number | null;
  readonly rank: number | null;
  readonly nonFinite: number;
  readonly hardRank: { value: number; error: number } | null;
  readonly sigma: { value: number; error: number }[];
  readonly untouched: boolean | null;
  readonly concentration: number | null;
}

function spectra(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(folder, 'cli.js'), 'spectra', ...args], {
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

function answer(...args: string[]): { tensors: Tensor[]; skipped: { name: string }[]; warnings: { id: string }[] } {
  const { code, out, err } = spectra(...args, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out) as ReturnType<typeof answer>;
}

test('every matrix is measured, vectors are skipped, low-rank factors are one matrix', () => {
  const { tensors, skipped, warnings } = answer(checkpoint);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  assert.deepEqual(
    skipped.map(({ name }) => name),
    ['model.norm.weight'],
  );
  assert.equal(tensors.length, 4);
  const down = byName.get('model.layers.0.mlp.down_proj.weight')!;
  assert.deepEqual([down.kind, down.layer, down.shape], ['down', 0, [80, 120]]);
  down.sigma.forEach(({ value, error }, i) => {
    assert.ok(Math.abs(value - VALUES[i]!) < 1e-6 && error < 1e-6);
  });
  const energies = VALUES.map((value) => value ** 2);
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
  const hard = sum(energies) ** 2 / sum(energies.map((value) => value ** 2));
  assert.ok(Math.abs(down.hardRank!.value / hard - 1) < 1e-5);
  const broken = byName.get('model.layers.1.mlp.up_proj.weight')!;
  assert.deepEqual([broken.nonFinite, broken.hardRank, broken.concentration], [1, null, null]);
  const update = tensors.find(({ rank }) => rank !== null)!;
  assert.deepEqual([update.rank, update.shape, update.sigma.length], [4, [60, 50], 4]);
  assert.equal(byName.get('model.layers.1.self_attn.q_proj.weight')!.untouched, true);
  assert.deepEqual(
    warnings.map(({ id }) => id),
    ['spectra.nonFinite', 'spectra.untouched'],
  );
});

test('shards of either numbering are the whole', () => {
  const names = (shard: string): string[] => answer(checkpoint, '--shard', shard).tensors.map(({ name }) => name);
  const whole = answer(checkpoint)
    .tensors.map(({ name }) => name)
    .sort();
  assert.deepEqual([...names('0/2'), ...names('1/2')].sort(), whole);
  assert.deepEqual([...names('1/2'), ...names('2/2')].sort(), whole);
  assert.equal(spectra(checkpoint, '--shard', '3/2').code, 2);
});

test('two checkpoints are compared', () => {
  const { code, out } = spectra(checkpoint, '--compare', checkpoint, '--json', '--exact');
  assert.equal(code, 0);
  const { comparison } = JSON.parse(out) as {
    comparison: {
      matrices: { name: string; hardRankRatio: number; change: { leftRotation: number } | null }[];
      unmatched: string[];
    };
  };
  // The tensor that is not finite has no measures to compare.
  assert.deepEqual(comparison.unmatched, ['model.layers.1.mlp.up_proj.weight']);
  assert.equal(comparison.matrices.length, 3);
  for (const { hardRankRatio, change } of comparison.matrices) {
    assert.equal(hardRankRatio, 1);
    assert.ok(change === null || Math.abs(change.leftRotation) < 1e-5);
  }
  assert.match(spectra(checkpoint, '--compare', checkpoint).out, /turned left/);
});

test('text begins with the worst and ends with what was left out', () => {
  const { out } = spectra(checkpoint, '--threads', '1');
  const lines = out.split('\n');
  assert.match(lines[0]!, /tensor +shape +hard +soft/);
  assert.match(lines[1]!, /up_proj.*entries are not finite/);
  assert.match(out, /skipped model\.norm\.weight: a vector/);
});

test('what is no checkpoint is an error as JSON', () => {
  const { code, err } = spectra(path.join(folder, 'none.safetensors'), '--json');
  assert.equal(code, 1);
  assert.equal((JSON.parse(err) as { error: { code: string } }).error.code, 'file.notFound');
});

test('parts of a job are merged to the whole, and parts that are none of it are refused', () => {
  const whole = JSON.parse(spectra(checkpoint, '--json').out) as Record<string, unknown[]>;
  const parts = ['0/2', '1/2'].map((shard, i) => {
    const file = path.join(folder, `part${i}.json`);
    fs.writeFileSync(file, spectra(checkpoint, '--shard', shard, '--json').out);
    return file;
  });
  const merged = JSON.parse(spectra('--merge', ...parts.toReversed(), '--json').out) as Record<string, unknown[]>;
  const sorted = (list: unknown[]): string[] => list.map((entry) => JSON.stringify(entry)).sort();
  assert.deepEqual(Object.keys(merged).sort(), Object.keys(whole).sort());
  for (const key of ['tensors', 'skipped', 'warnings'])
    assert.deepEqual(sorted(merged[key]!), sorted(whole[key]!), key);
  const refused = (...files: string[]): string => {
    const { code, err } = spectra('--merge', ...files, '--json');
    assert.equal(code, 1);
    return (JSON.parse(err) as { error: { message: string } }).error.message;
  };
  assert.match(refused(parts[0]!), /parts 0 of 2; each of 0 to 1/);
  assert.match(refused(parts[0]!, parts[0]!), /parts 0, 0 of 2/);
  assert.match(refused(parts[0]!, checkpoint), /JSON|token/i);
  const plain = path.join(folder, 'whole.json');
  fs.writeFileSync(plain, JSON.stringify(whole));
  assert.match(refused(plain), /no JSON output of lossline spectra --shard/);
});

test('models of four widths: exponents with intervals, and largest singular values beside the first', () => {
  const widths = [64, 80, 96, 128];
  const files = widths.map((width) => {
    const name = 'model.layers.0.mlp.down_proj.weight';
    const values = withSingularValues(new Array<number>(width).fill(Math.sqrt(width)), width, width + 20, 3);
    const file = path.join(folder, `w${width}.safetensors`);
    fs.writeFileSync(file, safetensors([{ name, dtype: 'F32', shape: [width, width + 20], bytes: f32(values) }]));
    return file;
  });
  const { out } = spectra(...files, '--json');
  const { models, laws } = JSON.parse(out) as {
    models: { path: string; tensors: unknown[] }[];
    laws: {
      ranks: { kind: string; rank: string; law: { exponent: number; interval: number[] } | null }[];
      topValues: { model: number; kinds: { kind: string; ratio: number; exponent: number }[] }[];
    };
  };
  assert.deepEqual(
    models.map(({ tensors }) => tensors.length),
    [1, 1, 1, 1],
  );
  for (const { kind, law } of laws.ranks) {
    assert.equal(kind, 'down');
    assert.ok(Math.abs(law!.exponent - 1) < 1e-3, `${law!.exponent}`);
  }
  const last = laws.topValues.at(-1)!.kinds[0]!;
  assert.ok(Math.abs(last.ratio - Math.SQRT2) < 1e-4 && Math.abs(last.exponent - 0.5) < 1e-3, JSON.stringify(last));
  const text = spectra(...files.slice(0, 2)).out;
  assert.match(text, /needs 4 widths/);
  assert.equal(spectra(...files, '--compare', files[0]!).code, 2);
});

test('activations are measured from logs and triples', () => {
  const { code, out, err } = spectra('test/fixtures/activations/triples', '--json');
  assert.equal(code, 0, err);
  const report = JSON.parse(out) as {
    tensors: unknown[];
    activations: { hardRank: { value: number } }[];
    pairs: unknown[];
  };
  assert.deepEqual([report.tensors.length, report.activations.length, report.pairs.length], [0, 4, 2]);
  assert.match(spectra('test/fixtures/activations/spectra').out, /rank gain/);
  assert.match(spectra(checkpoint, '--activations').out, /down_proj/);
});
