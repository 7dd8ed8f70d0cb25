import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkpointBytes, checkpointsAround } from '../../../src/core/checkpoints/around';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

function disk(...names: readonly string[]): MemoryFileSystem {
  const fs = new MemoryFileSystem();
  for (const name of names) fs.write(`/run/${name}`, 'weights');
  return fs;
}

async function around(fs: MemoryFileSystem, path: string): Promise<[string, number | null][]> {
  const { checkpoints } = await checkpointsAround(fs, path);
  return checkpoints.map((each) => [each.path, each.step]);
}

describe('checkpoints around one', () => {
  test('files beside it that say a step', async () => {
    const fs = disk('step_200.pt', 'step_100.pt', 'notes.txt', 'best.pt', 'other/step_300.pt');
    assert.deepEqual(await around(fs, '/run/step_100.pt'), [
      ['/run/step_100.pt', 100],
      ['/run/step_200.pt', 200],
      ['/run/other/step_300.pt', 300],
    ]);
  });
  test('a file in the folder of a step: folders beside that, and the file as it was named', async () => {
    const fs = disk(
      'checkpoint-500/model.safetensors',
      'checkpoint-1000/model-00001-of-00002.safetensors',
      'checkpoint-1000/model.safetensors.index.json',
    );
    const opened = '/run/checkpoint-500/model.safetensors';
    assert.deepEqual(await around(fs, opened), [
      [opened, 500],
      ['/run/checkpoint-1000', 1000],
    ]);
  });
  test('a name without a step stands alone', async () => {
    const fs = disk('model.safetensors', 'step_100.pt');
    assert.deepEqual(await around(fs, '/run/model.safetensors'), [['/run/model.safetensors', null]]);
  });
  test('a path that is not there is still what was asked for', async () => {
    assert.deepEqual(await around(disk('step_100.pt'), '/run/step_900.pt'), [
      ['/run/step_900.pt', 900],
      ['/run/step_100.pt', 100],
    ]);
  });
});

test('bytes of a checkpoint are those of all its files', async () => {
  const fs = disk('c/model-00001-of-00002.safetensors', 'c/model-00002-of-00002.safetensors', 'c/optimizer.pt');
  assert.equal(await checkpointBytes(fs, '/run/c'), 14);
  assert.equal(await checkpointBytes(fs, '/run/none'), null);
});
