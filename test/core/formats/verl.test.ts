import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verl } from '../../../src/core/formats/verl';
import { bytesOf, expectSeries, readRepeated } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText, testFixtures } from './console';

testFixtures(verl);

test('lines of 4 kB with wrapped numbers', () => {
  const log = readFixture(verl, 'onPolicyDistillation.log');
  const points = pointsOf(log, 'actor/pg_loss');
  assert.deepEqual(points[0], [1, 0.0058397371413936045]);
  assert.deepEqual(pointsOf(log, 'learning_rate')[0], [1, 1e-6]);
  assert.deepEqual(pointsOf(log, 'grad_norm')[0], [1, 0.6391899883747101]);
  assert.deepEqual(pointsOf(log, 'reward')[0], [1, -0.458368718624115]);
  assert.deepEqual(pointsOf(log, 'throughput')[0], [1, 1014.7088345875407]);
  assert.deepEqual(pointsOf(log, 'val-aux/aime_2024/reward/mean@16')[0], [0, -0.7637499947100878]);
  assert.deepEqual(planOf(log), { totalSteps: 27995 });
  assert.equal(log.find('train_loss'), undefined, 'an objective is no loss to be extrapolated');
  assert.deepEqual(log.issues, []);
});

test('prefixes of Ray, units in keys, fine-tuning losses', () => {
  const log = readText(verl, [
    '\x1b[36m(main_task pid=64899)\x1b[0m Total training steps: 435',
    '\x1b[36m(main_task pid=64899)\x1b[0m step:0 - val/test_score/openai/gsm8k:0.3',
    '(main_task pid=64899) step:1 - actor/lr(1e-4):0.010 - critic/lr:np.float64(1e-05) - num_turns/min:np.int32(2)',
    "step:2 - train/loss:1.5 - train/lr(1e-3):0.1 - mfu:nan - flag:True - time:tensor(2.5, device='cuda:0')",
  ]);
  const [step, rate] = pointsOf(log, 'learning_rate')[0]!;
  assert.ok(step === 1 && Math.abs(rate - 1e-6) < 1e-18);
  assert.deepEqual(pointsOf(log, 'learning_rate/critic'), [[1, 1e-5]]);
  assert.deepEqual(pointsOf(log, 'num_turns/min'), [[1, 2]]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [[2, 1.5]]);
  assert.deepEqual(pointsOf(log, 'time'), [[2, 2.5]]);
  assert.equal(log.find('mfu')!.nonFinite, 1);
  assert.equal(log.find('flag'), undefined);
  assert.deepEqual(planOf(log), { totalSteps: 435 });
});

test('the bar of a run is its plan, the printed configuration its settings', () => {
  const log = readText(verl, [
    "(TaskRunner pid=7) {'actor_rollout_ref': {'actor': {'clip_ratio': 0.2,",
    "(TaskRunner pid=7)                                  'optim': {'lr': 1e-06,",
    "(TaskRunner pid=7)                                            'lr_warmup_steps': -1}},",
    "(TaskRunner pid=7)                         'rollout': {'n': 8}},",
    "(TaskRunner pid=7)  'trainer': {'logger': ['console', 'wandb'], 'total_epochs': 15}}",
    'Setting global step to 100',
    'Training Progress:   1%|▏         | 3/435 [01:20<3:12:00, 26.67s/it]',
    'step:101 - actor/pg_loss:0.1',
    `("Final validation metrics: {'val-core/openai/gsm8k/acc/mean@1': 0.8}")`,
  ]);
  assert.deepEqual(planOf(log), { peakLr: 1e-6, totalSteps: 435 });
  assert.equal(log.configEntries.get('actor_rollout_ref.rollout.n'), 8);
  assert.equal(log.configEntries.get('trainer.total_epochs'), 15);
  assert.deepEqual(log.statuses, [{ kind: 'resumed', step: 100 }, { kind: 'finished' }]);
});

test('OpenRLHF', () => {
  const log = readText(verl, [
    "(PPOTrainer pid=123) INFO 06-01 10:00:00 ppo_trainer.py:225] ✨ Global step 1: {'policy_loss': 0.01, " +
      "'reward': 0.53, 'actor_lr': 5e-07, 'kl': nan, 'generated': ['a', 'b']}",
    "✨ Global step 2 [x-partial]: {'policy_loss': 0.02, 'reward': 0.6}",
    'Global step folder: {global_step_2}',
  ]);
  assert.deepEqual(pointsOf(log, 'reward'), [
    [1, 0.53],
    [2, 0.6],
  ]);
  assert.deepEqual(pointsOf(log, 'learning_rate/actor'), [[1, 5e-7]]);
  assert.equal(log.find('kl')!.nonFinite, 1);
});

test('colours, ranks, times and carriage returns do not matter', () => {
  const log = readText(
    verl,
    dressed((step) => `step:${step} - actor/entropy:0.5 - critic/rewards/mean:${step}.5`),
  );
  expectSeries(log, 'reward', { points: 6, first: [1, 1.5], last: [6, 6.5] });
});

test('any number of keys is bounded', () => {
  const wide = `step:1 - ${Array.from({ length: 20_000 }, (_, i) => `k${i}:1`).join(' - ')}\n`;
  const log = readRepeated(verl, 'x', bytesOf('step:0 - a:1\n'), bytesOf(wide), 3);
  assert.ok(log.allSeries.length <= 2000);
});

test('lines of other programs are none', () => {
  const others = [
    'step:6000/6000 train_loss:3.4305 train_time:2176390ms',
    'step:1 loss:2 - done',
    'step: 1  loss: 2.0',
    'Global step 3 done',
  ];
  assert.equal(probeText(verl, others), 'no');
});
