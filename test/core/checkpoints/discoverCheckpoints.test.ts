import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { discoverCheckpoints } from '../../../src/core/checkpoints/discoverCheckpoints';
import { stepInPath } from '../../../src/core/checkpoints/steps';
import { MAX_CHECKPOINT_FOLDERS } from '../../../src/core/limits';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

async function found(...names: readonly string[]): Promise<[string, number | null][]> {
  const fs = new MemoryFileSystem();
  for (const name of names) fs.write(`/run/${name}`, 'x');
  const { checkpoints, capped } = await discoverCheckpoints(fs, '/run');
  assert.equal(capped, false);
  return checkpoints.map(({ path, step }) => [path.slice('/run'.length), step]);
}

describe('checkpoints of a run', () => {
  test('Hugging Face: folders, and the model at the end', async () => {
    const shard = 'model-00001-of-00002.safetensors';
    assert.deepEqual(
      await found(
        ...['model.safetensors.index.json', shard, 'optimizer.pt', 'rng_state.pth'].map(
          (name) => `checkpoint-1000/${name}`,
        ),
        ...['model.safetensors', 'optimizer.pt', 'trainer_state.json'].map((name) => `checkpoint-500/${name}`),
        'model.safetensors',
      ),
      [
        ['/checkpoint-500', 500],
        ['/checkpoint-1000', 1000],
        ['', null],
      ],
    );
  });
  test('files with steps, and what is none', async () => {
    assert.deepEqual(
      await found(
        'ckpt.pt',
        'step_2000.pt',
        'step_900.pt',
        'train.bin',
        'optimizer.pt',
        'log.txt',
        'activations.npy',
        'params.npz',
      ),
      [
        ['/step_900.pt', 900],
        ['/step_2000.pt', 2000],
        ['/ckpt.pt', null],
      ],
    );
  });
  test('Lightning, Megatron, DeepSpeed, torchtitan', async () => {
    assert.deepEqual(
      await found(
        'lightning_logs/version_0/checkpoints/epoch=3-step=900.ckpt',
        'iter_0001000/mp_rank_00/model_optim_rng.pt',
        'iter_0001000/mp_rank_01/model_optim_rng.pt',
        'global_step2000/mp_rank_00_model_states.pt',
        'global_step2000/zero_pp_rank_0_mp_rank_00_optim_states.pt',
        'outputs/checkpoint/step-3000/.metadata',
        'outputs/checkpoint/step-3000/__0_0.distcp',
      ),
      [
        ['/lightning_logs/version_0/checkpoints/epoch=3-step=900.ckpt', 900],
        ['/iter_0001000', 1000],
        ['/global_step2000', 2000],
        ['/outputs/checkpoint/step-3000', 3000],
      ],
    );
  });
  test('ends at its limits and says so', async () => {
    const fs = new MemoryFileSystem();
    fs.list = async (folder) =>
      [0, 1, 2, 3, 4, 5, 6, 7].map((i) => ({ name: `${folder.length}-${i}`, kind: 'folder' }));
    let lists = 0;
    const list = fs.list;
    fs.list = (folder) => {
      lists++;
      return list(folder);
    };
    assert.deepEqual(await discoverCheckpoints(fs, '/run'), { checkpoints: [], capped: true });
    assert.equal(lists, MAX_CHECKPOINT_FOLDERS);
  });
});

describe('steps in names', () => {
  const names: readonly [path: string, step: number | null, epoch: number | null][] = [
    ['out/checkpoint-500', 500, null],
    ['out/step1000-unsharded/model.safetensors', 1000, null],
    ['log/state_step001250.pt', 1250, null],
    ['epoch=3-step=900.ckpt', 900, 3],
    ['out/iter-000500-ckpt.pth', 500, null],
    ['iter_0001000/mp_rank_00/model_optim_rng.pt', 1000, null],
    ['ep1-ba4800-rank0.pt', 4800, 1],
    ['checkpoint_2_4000.pt', 4000, 2],
    ['checkpoint12.pt', null, 12],
    ['work_dirs/epoch_12.pth', null, 12],
    ['base_checkpoints/d20/model_021400.pt', 21400, null],
    ['model-00001-of-00002.safetensors', null, null],
    ['model_7b.pt', null, null],
    ['consolidated.00.pth', null, null],
    ['ckpt.pt', null, null],
    ['C:\\runs\\checkpoint-7\\model.safetensors', 7, null],
  ];
  for (const [path, step, epoch] of names) {
    test(path, () => assert.deepEqual(stepInPath(path), { step, epoch }));
  }
});
