import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { scanFolder } from '../../../src/core/engine/discovery';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

const WANDB = fs.readFileSync('test/fixtures/formats/wandb/plain.wandb');

test('a W&B run is named by its folder; a copy under the name of the latest run is left out', async () => {
  const memory = new MemoryFileSystem();
  for (const folder of ['run-20260102_030005-wm1plain', 'offline-run-20260102_030005-b', 'latest-run']) {
    memory.write(`/w/wandb/${folder}/run-wm1plain.wandb`, WANDB);
  }
  memory.write('/w/copied/run-wm1plain.wandb', WANDB);
  const { logs } = await scanFolder(memory, '/w', []);
  assert.deepEqual(logs.map(({ run, certain }) => [run, certain]).sort(), [
    ['/w/copied/run-wm1plain.wandb', true],
    ['/w/wandb/offline-run-20260102_030005-b', true],
    ['/w/wandb/run-20260102_030005-wm1plain', true],
  ]);
});
