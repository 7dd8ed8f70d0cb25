import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../src/core/engine/engine';
import type { JobPool } from '../../../src/core/engine/jobs';
import { findingsOf } from '../../../src/core/engine/runFindings';
import { runJob } from '../../../src/core/engine/runJob';
import { SpectraWatch } from '../../../src/core/engine/spectraWatch';
import type { AnalysisTask } from '../../../src/core/spectra/analyseTensors';
import { SpectraCache } from '../../../src/core/spectra/spectraCache';
import { InlinePool } from '../../../src/node/inlinePool';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';
import { f32, safetensors } from '../../lib/safetensors';
import { gaussian } from '../spectra/matrices';

const NAMES = ['layers.0.mlp.down_proj.weight', 'layers.1.mlp.down_proj.weight', 'layers.2.mlp.down_proj.weight'];

/** Three layers of noise; the last one `scale` times as large. */
function weights(scale: number, seed = 1): Uint8Array {
  return safetensors(
    NAMES.map((name, i) => {
      const values = gaussian(64, 64, seed + i, i === 2 ? scale : 1);
      return { name, dtype: 'F32', shape: [64, 64], bytes: f32(values) };
    }),
  );
}

/** A live run at step 100 of 1000 with one checkpoint, and a watch of it. */
async function world() {
  const fs = new MemoryFileSystem();
  const clock = new ManualClock();
  const warned: string[] = [];
  const log = { info: () => undefined, warn: (text: string) => void warned.push(text) };
  const engine = new Engine({ fs, pool: new InlinePool(), clock, log });
  const measured: string[] = [];
  let pools = 0;
  const makePool = (): JobPool => {
    pools++;
    return {
      run: (name, input) => {
        if (name === 'spectra') measured.push((input as AnalysisTask).path);
        return runJob(name, input, fs);
      },
      dispose: () => void pools--,
    };
  };
  const watch = new SpectraWatch(engine, { makePool, budget: 1e8, cache: new SpectraCache(fs) });
  const row = (step: number): string => `{"step": ${step}, "loss": 3, "total_steps": 1000}\n`;
  fs.now = clock.now();
  fs.write('/w/run/log.jsonl', row(90) + row(100));
  fs.write('/w/run/step_50.safetensors', weights(1));
  fs.write('/w/run/step_100.safetensors', weights(1));
  const [run] = await engine.add('/w/run/log.jsonl');
  /** The run logs a step, and the engine looks at it. */
  const pass = async (step: number): Promise<void> => {
    fs.now = clock.now();
    fs.append('/w/run/log.jsonl', row(step));
    // Looks are seconds apart, then a checkpoint must stay as it is, then it is measured.
    for (let i = 0; i < 60; i++) await clock.pass(1_000);
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { fs, clock, engine, watch, run: run!, measured, warned, pass, pools: () => pools };
}

test('off until it is switched on; then the newest checkpoint and every later one is measured, once', async () => {
  const { fs, watch, measured, pass, pools, engine } = await world();
  await pass(110);
  assert.deepEqual(measured, []);
  watch.enabled = true;
  await pass(120);
  assert.deepEqual(measured, ['/w/run/step_100.safetensors']);
  fs.write('/w/run/step_130.safetensors', weights(1, 7));
  await pass(130);
  await pass(140);
  assert.deepEqual(measured, ['/w/run/step_100.safetensors', '/w/run/step_130.safetensors']);
  assert.equal(pools(), 0);
  watch.dispose();
  engine.dispose();
});

test('a layer that explodes is a warning of the run', async () => {
  const { fs, watch, run, engine, clock, pass } = await world();
  watch.enabled = true;
  await pass(120);
  fs.write('/w/run/step_130.safetensors', weights(4));
  await pass(130);
  const [warning] = findingsOf(run, clock.now(), []).filter(({ id }) => id === 'layerExplosion');
  assert.match(warning!.evidence.text, /^layers\.2\.mlp\.down_proj\.weight has a spectral norm 4/);
  assert.equal(warning!.step, 130);
  // The next checkpoint is as large, and that is no growth any more.
  fs.write('/w/run/step_140.safetensors', weights(4));
  await pass(140);
  assert.deepEqual(run.spectral, []);
  watch.dispose();
  engine.dispose();
});

test('a checkpoint that still grows waits; one that cannot be read is noted and left', async () => {
  const { fs, watch, measured, warned, pass, engine, clock } = await world();
  watch.enabled = true;
  await pass(120);
  const whole = weights(1, 9);
  for (let i = 1; i <= 20; i++) {
    fs.write('/w/run/step_130.safetensors', whole.subarray(0, Math.ceil((whole.length * i) / 20)));
    for (let j = 0; j < 8; j++) await clock.pass(1_000);
    if (i === 5) fs.append('/w/run/log.jsonl', '{"step": 125, "loss": 3}\n');
  }
  assert.equal(measured.length, 1);
  fs.write('/w/run/step_135.safetensors', Uint8Array.of(1, 2, 3));
  await pass(140);
  assert.deepEqual(measured.slice(1), ['/w/run/step_130.safetensors']);
  assert.ok(warned.some((text) => text.includes('step_135')));
  watch.dispose();
  engine.dispose();
});

test('switched off it stops, and goes on where it was', async () => {
  const { fs, watch, measured, pass, engine } = await world();
  watch.enabled = true;
  await pass(120);
  fs.write('/w/run/step_130.safetensors', weights(1, 5));
  watch.enabled = false;
  await pass(130);
  assert.equal(measured.length, 1);
  watch.enabled = true;
  await pass(140);
  assert.deepEqual(measured.slice(1), ['/w/run/step_130.safetensors']);
  watch.dispose();
  engine.dispose();
});
