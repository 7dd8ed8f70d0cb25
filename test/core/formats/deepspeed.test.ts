import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deepspeed } from '../../../src/core/formats/deepspeed';
import { expectSeries, fixture, sampleOf } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText, testFixtures } from './console';

testFixtures(deepspeed);

const LOGGER = '[2023-04-18 01:46:59,142] [INFO] [logging.py:96:log_dist] ';

test('supervised fine-tuning: rates of the engine, perplexity of the example, plan of the command', () => {
  const log = readFixture(deepspeed, 'chatSft.log');
  assert.deepEqual(pointsOf(log, 'learning_rate')[0], [10, 9.649992967150629e-6]);
  assert.deepEqual(pointsOf(log, 'learning_rate').at(-1), [7360, 8.490116182110961e-9]);
  expectSeries(log, 'val_perplexity', { points: 17, first: [0, 4998.29638671875], last: [7360, 1.8085135221481323] });
  assert.deepEqual(pointsOf(log, 'samples_per_second')[0], [10, 171.97903593624417]);
  assert.deepEqual(pointsOf(log, 'skipped').at(-1), [7360, 139]);
  assert.deepEqual(planOf(log), { totalSteps: 7360, warmupSteps: 0, family: 'cosine', peakLr: 9.65e-6 });
  assert.equal(log.configEntries.get('num_train_epochs'), 16);
  assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
});

test('reinforcement learning: losses, rewards, the rate of the first engine', () => {
  const log = readFixture(deepspeed, 'chatRlhf.log');
  assert.deepEqual(pointsOf(log, 'actor_loss')[0], [0, 0.2099609375]);
  assert.deepEqual(pointsOf(log, 'actor_loss').at(-1), [476, -0.03875732421875]);
  assert.deepEqual(pointsOf(log, 'critic_loss')[0], [0, 0.12042236328125]);
  assert.deepEqual(pointsOf(log, 'critic_loss').at(-1), [476, -0.0131072998046875]);
  assert.deepEqual(pointsOf(log, 'reward')[0], [0, -0.67919921875]);
  assert.deepEqual(pointsOf(log, 'learning_rate')[0], [10, 5.79e-7]);
  assert.equal(log.facts.totalSteps!.value, 477);
});

test('micro-batches become steps by the accumulation that the engine prints', () => {
  const log = readFixture(deepspeed, 'gptFinetuning.log');
  assert.deepEqual(pointsOf(log, 'learning_rate')[0], [0, 0]);
  assert.deepEqual(pointsOf(log, 'learning_rate').at(-1), [524, 5e-5]);
  assert.deepEqual(pointsOf(log, 'val_perplexity').slice(0, 2), [
    [0, 44.842962395942756],
    [5, 44.84108456803058],
  ]);
  assert.deepEqual(pointsOf(log, 'val_perplexity').at(-1), [524, 18.569010769928337]);
  assert.deepEqual(pointsOf(log, 'samples_per_second').at(-1), [524, 3.373023397950116]);
  assert.equal(log.configEntries.get('gradient_accumulation_steps'), 2);
  assert.deepEqual(planOf(log), { totalSteps: 524, peakLr: 0.0001 });
});

test('the pipeline engine names a loss', () => {
  const log = readText(deepspeed, [
    'steps: 1 loss: 11.0643 iter time (s): 2.474 samples/sec: 206.954',
    '[default3]:steps: 2 loss: nan iter time (s): 0.601 samples/sec: 851.956',
    `${LOGGER}[Rank 0] step=2, skipped=0, lr=[1e-05], mom=[[0.9, 0.95]]`,
    'steps: 3 loss: 10.9 iter time (s): 0.6 samples/sec: 850',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [1, 11.0643],
    [2, Number.NaN],
    [3, 10.9],
  ]);
  expectSeries(log, 'iteration_time', { points: 3, first: [1, 2.474], last: [3, 0.6] });
});

test('the newer lines of DeepSpeed-Chat: losses of every rank, rewards, scores', () => {
  const log = readText(deepspeed, [
    '***** Evaluating reward, Epoch 0/2 *****',
    'chosen_last_scores (higher is better) : 2.58, acc (higher is better) : 0.66',
    'Beginning of Epoch 1/2, Total Micro Batches 3',
    'Epoch: 0, Step: 0, Rank: 1, loss = 2.5',
    'Epoch: 0, Step: 0, Rank: 0, loss = 2.4',
    'Epoch: 0, Step: 1, Rank: 0, loss = 2.3',
    'Epoch: 0, Step: 1, Rank: 1, loss = 2.2',
    'Epoch: 0, Step: 2, Rank: 1, loss = 2.1',
    '***** Evaluating perplexity, Epoch 1/2 *****',
    'ppl: 4.5, loss: 1.5',
    'Beginning of Epoch 2/2, Total Micro Batches 3',
    'Epoch: 1, Step: 0, Rank: 1, loss = 2.0',
    'ppl: 4.5, loss: 1.5',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [1, 2.5],
    [2, 2.3],
    [3, 2.1],
    [4, 2],
  ]);
  assert.deepEqual(pointsOf(log, 'val_loss'), [[3, 1.5]]);
  assert.deepEqual(pointsOf(log, 'val_perplexity'), [[3, 4.5]]);
  assert.deepEqual(pointsOf(log, 'val_accuracy'), [[0, 0.66]]);
  assert.equal(log.facts.totalSteps!.value, 6);
  const rlhf = readText(deepspeed, [
    'Epoch: 1/2 | Step: 0/10 |  Actor Loss: 0.25 | Unsupervised Loss: 0.0',
    'Average reward score: -4.5 | EMA reward score: -4.2',
    'Epoch: 1/2 | Step: 1/10 | PPO Epoch: 1 | Actor Loss: 0.2 | Critic Loss: 0.1 | Unsupervised Loss: 0.0',
    'Epoch: 2/2 | Step: 0/10 | PPO Epoch: 1 | Actor Loss: 0.1 | Critic Loss: 0.1 | Unsupervised Loss: 0.0',
  ]);
  assert.deepEqual(pointsOf(rlhf, 'actor_loss'), [
    [0, 0.25],
    [1, 0.2],
    [10, 0.1],
  ]);
  assert.deepEqual(pointsOf(rlhf, 'reward'), [[0, -4.5]]);
});

test('schedules of the engine’s configuration', () => {
  const print = (text: string) => `[2023-04-18 01:46:45,123] [INFO] [config.py:957:print]   ${text}`;
  const log = readText(deepspeed, [
    print('scheduler_name ............... WarmupDecayLR'),
    print("scheduler_params ............. {'warmup_max_lr': 0.0003, 'warmup_num_steps': 100, 'total_num_steps': 5000}"),
    print('gradient_clipping ............ 1.0'),
    print('zero_allow_untested_optimizer  False'),
  ]);
  assert.deepEqual(planOf(log), { family: 'linear', peakLr: 0.0003, warmupSteps: 100, totalSteps: 5000 });
  assert.equal(log.configEntries.get('gradient_clipping'), 1);
  assert.equal(log.configEntries.get('zero_allow_untested_optimizer'), false);
});

test('colours, ranks, times and carriage returns do not matter', () => {
  const log = readText(
    deepspeed,
    dressed((step) => `[Rank 0] step=${step}, skipped=0, lr=[${step}e-06, 2e-06], mom=[(0.9, 0.95), (0.9, 0.95)]`),
  );
  expectSeries(log, 'learning_rate', { points: 6, first: [1, 1e-6], last: [6, 6e-6] });
  expectSeries(log, 'learning_rate/group1', { points: 6, first: [1, 2e-6], last: [6, 2e-6] });
});

test('under another framework it is no more than a guess', () => {
  const step = `${LOGGER}[Rank 0] step=10, skipped=6, lr=[9.6e-06], mom=[(0.9, 0.95)]`;
  assert.equal(probeText(deepspeed, [step]), 'yes');
  assert.equal(probeText(deepspeed, [step, "{'loss': 1.8554, 'learning_rate': 1e-05, 'epoch': 0.03}"]), 'maybe');
  assert.equal(deepspeed.probe(sampleOf('x', fixture('gptNeox', 'pretrain70m.out'))), 'maybe');
  assert.equal(probeText(deepspeed, ['ppl: 4.5', 'step=10, lr=0.1', 'epoch: 3, loss 2', 'steps: 4']), 'no');
});
