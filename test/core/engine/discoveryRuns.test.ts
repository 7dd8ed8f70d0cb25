import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { scanFolder } from '../../../src/core/engine/discovery';
import { FollowedFile } from '../../../src/core/sources/followedFile';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

const WANDB = fs.readFileSync('test/fixtures/formats/wandb/plain.wandb');

test('a W&B run is named by its folder; a copy under the name of the latest run is left out', async () => {
  const memory = new MemoryFileSystem();
  for (const folder of ['run-20260102_030005-wm1plain', 'offline-run-20260102_030005-b', 'latest-run']) {
    memory.write(`/w/wandb/${folder}/run-wm1plain.wandb`, WANDB);
  }
  memory.write('/w/copied/run-wm1plain.wandb', WANDB);
  const { logs } = await scanFolder(memory, '/w', []);
  assert.deepEqual(logs.map(({ place, certain }) => [place.run, certain]).sort(), [
    ['/w/copied/run-wm1plain.wandb', true],
    ['/w/wandb/offline-run-20260102_030005-b', true],
    ['/w/wandb/run-20260102_030005-wm1plain', true],
  ]);
});

test('all files of an MLflow run are one run; system metrics and files that are none are left out', async () => {
  const memory = new MemoryFileSystem();
  const run = '/w/mlruns/0/cb0096518b0e4c66a94428555f05420b';
  const line = '1664364007310 3.27 0\n';
  memory.write('/w/mlruns/0/meta.yaml', 'experiment_id: 0\n');
  memory.write(`${run}/meta.yaml`, 'run_id: cb0096518b0e4c66a94428555f05420b\nstatus: 3\n');
  for (const key of ['train/loss', 'val/loss', 'lr', 'system/cpu']) memory.write(`${run}/metrics/${key}`, line);
  memory.write(`${run}/metrics/note`, 'loss 3.2');
  memory.write(`${run}/params/max_steps`, '900');
  memory.write(`${run}/params/colour`, 'red');
  memory.write('/w/mlruns/0/other/metrics/loss', line);
  const { logs } = await scanFolder(memory, '/w', []);
  assert.deepEqual(logs.map(({ path }) => path.slice(run.length + 1)).sort(), [
    'meta.yaml',
    'metrics/lr',
    'metrics/train/loss',
    'metrics/val/loss',
    'params/max_steps',
  ]);
  assert.ok(logs.every(({ place, certain }) => place.run === run && certain));
  const file = new FollowedFile(memory, `${run}/metrics/val/loss`);
  await file.poll();
  assert.deepEqual(file.log?.find('val_loss')?.first(), { step: 0, value: 3.27 });
});

test('all metrics of a DVCLive folder are one run', async () => {
  const memory = new MemoryFileSystem();
  for (const key of ['train/loss', 'val/loss', 'system/cpu']) {
    memory.write(`/w/dvclive/plots/metrics/${key}.tsv`, 'step\tloss\n0\t2.5\n1\t2.4\n');
  }
  const { logs } = await scanFolder(memory, '/w', []);
  const runs = logs
    .filter(({ certain }) => certain)
    .map(({ path, place }) => [path.slice(place.run.length), place.run]);
  assert.deepEqual(runs.sort(), [
    ['/plots/metrics/train/loss.tsv', '/w/dvclive'],
    ['/plots/metrics/val/loss.tsv', '/w/dvclive'],
  ]);
});
