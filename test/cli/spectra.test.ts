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
