import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelSource } from '../../../src/core/cancel';
import type { JobName, JobPool, Jobs } from '../../../src/core/engine/jobs';
import { runJob } from '../../../src/core/engine/runJob';
import { CancelledError } from '../../../src/core/errors';
import { analyseCheckpoint, type Progress } from '../../../src/core/spectra/analyseCheckpoint';
import { compareCheckpoints } from '../../../src/core/spectra/compareCheckpoints';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';
import { f32, type Raw, safetensors } from '../../lib/safetensors';
import { gaussian, withSingularValues } from './matrices';

const SPIKES = Array.from({ length: 96 }, (_, i) => (i < 8 ? 20 - i : 1));

function raw(name: string, rows: number, columns: number, values: Float32Array): Raw {
  return { name, dtype: 'F32', shape: [rows, columns], bytes: f32(values) };
}

/** One layer with attention; `seed` decides its directions, `scale` its size. */
function layer(seed: number, scale: number): Raw[] {
  const prefix = 'model.layers.0';
  const scaled = (values: Float32Array): Float32Array => values.map((value) => value * scale);
  return [
    raw(`${prefix}.self_attn.q_proj.weight`, 96, 96, scaled(gaussian(96, 96, 1))),
    raw(`${prefix}.self_attn.k_proj.weight`, 48, 96, scaled(gaussian(48, 96, 2))),
    raw(`${prefix}.mlp.down_proj.weight`, 96, 200, scaled(withSingularValues(SPIKES, 96, 200, seed))),
  ];
}

/** The files of a test, and a pool that works in place and can be stopped. */
function world(files: Readonly<Record<string, Uint8Array>>): { fs: MemoryFileSystem; pool: JobPool } {
  const fs = new MemoryFileSystem();
  for (const [path, bytes] of Object.entries(files)) fs.write(path, bytes);
  const pool: JobPool = {
    run: async <N extends JobName>(name: N, input: Jobs[N]['input'], signal?: { readonly aborted: boolean }) => {
      if (signal?.aborted) throw new CancelledError();
      return runJob(name, input, fs);
    },
    dispose: () => undefined,
  };
  return { fs, pool };
}

const CONFIG = new TextEncoder().encode(JSON.stringify({ num_attention_heads: 6, num_key_value_heads: 3 }));

test('results come smallest first, with progress by bytes, and are listed as stored', async () => {
  const { fs, pool } = world({ '/run/a.safetensors': safetensors(layer(1, 1)) });
  const seen: [string, Progress][] = [];
  const report = await analyseCheckpoint(fs, pool, '/run/a.safetensors', {
    onResult: ({ name }, progress) => seen.push([name.split('.').at(-2)!, progress]),
  });
  assert.deepEqual(
    seen.map(([name]) => name),
    ['k_proj', 'q_proj', 'down_proj'],
  );
  assert.deepEqual(
    report.tensors.map(({ kind }) => kind),
    ['q', 'k', 'down'],
  );
  const { bytes, ofBytes, matrices, ofMatrices } = seen.at(-1)![1];
  assert.deepEqual([bytes, matrices], [ofBytes, ofMatrices]);
  assert.match(report.attention.reason!, /number of heads/);
});

test('attention is bounded where a description tells the heads', async () => {
  const { fs, pool } = world({ '/run/a.safetensors': safetensors(layer(1, 30)), '/run/config.json': CONFIG });
  const { attention, warnings } = await analyseCheckpoint(fs, pool, '/run/a.safetensors');
  assert.equal(attention.reason, null);
  const [only] = attention.layers;
  assert.deepEqual([only!.layer, only!.heads, only!.keyHeads, only!.bounds.length], [0, 6, 3, 6]);
  assert.ok(warnings.some(({ id }) => id === 'spectra.attentionLogit'));
});

test('the gain of the norm before attention is in the bound, as the model applies it', async () => {
  const gain = new Float32Array(96).fill(3);
  const norm = { name: 'model.layers.0.input_layernorm.weight', dtype: 'F32', shape: [96], bytes: f32(gain) };
  const other = { ...norm, name: 'model.layers.1.input_layernorm.weight' };
  const boundWith = async (config: Uint8Array, ...norms: Raw[]) => {
    const file = safetensors([...layer(1, 1), ...norms]);
    const { fs, pool } = world({ '/run/a.safetensors': file, '/run/config.json': config });
    const { attention } = await analyseCheckpoint(fs, pool, '/run/a.safetensors');
    return { gain: attention.layers[0]!.gain, bound: attention.layers[0]!.bounds[0]! };
  };
  const plain = await boundWith(CONFIG, other);
  assert.equal(plain.gain, null);
  const scaled = await boundWith(CONFIG, norm, other);
  assert.equal(scaled.gain, norm.name);
  assert.ok(Math.abs(scaled.bound.plain / plain.bound.plain - 9) < 1e-5);
  assert.ok(Math.abs(scaled.bound.rotated / plain.bound.rotated - 9) < 1e-5);
  const gemma = { ...(JSON.parse(new TextDecoder().decode(CONFIG)) as object), model_type: 'gemma2' };
  const kept = await boundWith(new TextEncoder().encode(JSON.stringify(gemma)), norm);
  assert.ok(Math.abs(kept.bound.plain / plain.bound.plain - 16) < 1e-5);
});

test('a file that is cut off is skipped tensor by tensor', async () => {
  const whole = safetensors(layer(1, 1));
  const { fs, pool } = world({ '/run/a.safetensors': whole });
  const cutting: JobPool = {
    ...pool,
    run: (name, input, signal) => {
      fs.write('/run/a.safetensors', whole.subarray(0, whole.length - 10));
      return pool.run(name, input, signal);
    },
  };
  const { tensors, skipped } = await analyseCheckpoint(fs, cutting, '/run/a.safetensors');
  assert.deepEqual(
    tensors.map(({ kind }) => kind),
    ['q', 'k'],
  );
  assert.deepEqual(
    skipped.map(({ name }) => name),
    ['model.layers.0.mlp.down_proj.weight'],
  );
});

test('a cancelled analysis ends with CancelledError', async () => {
  const { fs, pool } = world({ '/run/a.safetensors': safetensors(layer(1, 1)), '/run/config.json': CONFIG });
  const cancel = new CancelSource();
  const options = { signal: cancel, onResult: () => cancel.abort() };
  await assert.rejects(analyseCheckpoint(fs, pool, '/run/a.safetensors', options), CancelledError);
});

test('two checkpoints: ratios of sizes, and directions that stayed or turned', async () => {
  const files = {
    '/run/a.safetensors': safetensors(layer(1, 1)),
    '/run/b.safetensors': safetensors(layer(1, 2)),
    '/run/c.safetensors': safetensors([...layer(9, 1), raw('extra.weight', 4, 4, gaussian(4, 4, 1))]),
  };
  const { fs, pool } = world(files);
  const [a, b, c] = await Promise.all(
    ['a', 'b', 'c'].map(async (name) => {
      const path = `/run/${name}.safetensors`;
      return { path, report: await analyseCheckpoint(fs, pool, path) };
    }),
  );
  const down = (comparison: Awaited<ReturnType<typeof compareCheckpoints>>) =>
    comparison.matrices.find(({ kind }) => kind === 'down')!;
  const grown = down(await compareCheckpoints(pool, a!, b!, { budget: 1e9 }));
  assert.ok(Math.abs(grown.spectralNormRatio - 2) < 1e-6 && Math.abs(grown.hardRankRatio - 1) < 1e-6);
  assert.ok(grown.change!.leftRotation < 1e-4 && grown.change!.rightRotation < 1e-4, JSON.stringify(grown));
  const other = await compareCheckpoints(pool, a!, c!, { budget: 0 });
  const turned = down(other);
  assert.ok(Math.abs(turned.spectralNormRatio - 1) < 1e-5);
  assert.ok(turned.change!.leftRotation > 0.1 && turned.change!.rightRotation > 0.1, JSON.stringify(turned));
  assert.deepEqual(other.unmatched, ['extra.weight']);
});
