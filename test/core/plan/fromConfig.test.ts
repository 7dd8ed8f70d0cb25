import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigValue } from '../../../src/core/model';
import { type ConfigOrigin, planFromConfig } from '../../../src/core/plan/fromConfig';

function values(entries: Record<string, ConfigValue>, origin?: ConfigOrigin): Record<string, unknown> {
  const facts = Object.entries(planFromConfig(new Map(Object.entries(entries)), origin));
  return Object.fromEntries(
    facts.map(([key, fact]) => [key, typeof fact === 'object' && 'value' in fact ? fact.value : fact]),
  );
}

test('transformers', () => {
  const plan = values({
    max_steps: 5000,
    warmup_ratio: 0.03,
    warmup_steps: 0,
    learning_rate: 2e-5,
    lr_scheduler_type: 'cosine',
  });
  assert.deepEqual(plan, { totalSteps: 5000, warmupSteps: 150, family: 'cosine', peakLr: 2e-5, finalLr: 0 });
});

test('transformers: unset max_steps, scheduler options as a printed dictionary', () => {
  const plan = values({
    'args/max_steps': -1,
    'args/learning_rate': '1e-3',
    'args/lr_scheduler_type': 'SchedulerType.WARMUP_STABLE_DECAY',
    'args/lr_scheduler_kwargs': "{'num_decay_steps': 200, 'decay_type': '1-sqrt', 'min_lr_ratio': 0.1}",
  });
  assert.deepEqual(plan, { family: 'wsd-sqrt', peakLr: 1e-3, finalLr: 1e-4, decaySteps: 200 });
});

test('nanoGPT', () => {
  const plan = values({
    max_iters: 600000,
    lr_decay_iters: 500000,
    warmup_iters: 2000,
    learning_rate: 6e-4,
    min_lr: 6e-5,
    decay_lr: true,
  });
  assert.deepEqual(plan, {
    totalSteps: 600000,
    warmupSteps: 2000,
    family: 'cosine',
    peakLr: 6e-4,
    finalLr: 6e-5,
    decayStart: 2000,
    decaySteps: 498000,
  });
  assert.equal(values({ learning_rate: 6e-4, decay_lr: 'False' }).family, 'constant');
});

test('Megatron with samples and WSD', () => {
  const plan = values({
    '--train-samples': '1_000_000',
    '--global-batch-size': 100,
    '--lr': 3e-4,
    '--min-lr': 0,
    '--lr-decay-style': 'WSD',
    '--lr-wsd-decay-style': 'minus_sqrt',
    '--lr-wsd-decay-iters': 2000,
    '--lr-warmup-fraction': 0.01,
  });
  assert.deepEqual(plan, {
    totalSteps: 10000,
    warmupSteps: 100,
    family: 'wsd-sqrt',
    peakLr: 3e-4,
    finalLr: 0,
    decayStart: 8000,
    decaySteps: 2000,
  });
  assert.equal(values({ lr: 1, lr_decay_style: 'inverse-square-root' }).family, 'inverse-sqrt');
});

test('speed runs: cool-down as a share, rates relative when none is configured', () => {
  const plan = values({ num_iterations: 1390, cooldown_frac: 0.4 });
  assert.deepEqual(plan, { totalSteps: 1390, family: 'wsd-linear', peakLr: 1, decayStart: 834, decaySteps: 556 });
  const nanochat = values({
    num_iterations: 1000,
    warmup_ratio: 0.0,
    warmdown_ratio: 0.2,
    final_lr_frac: 0.05,
    matrix_lr: 0.02,
  });
  assert.deepEqual(nanochat, {
    totalSteps: 1000,
    family: 'wsd-linear',
    peakLr: 1,
    finalLr: 0.05,
    decayStart: 800,
    decaySteps: 200,
  });
});

test('torchtitan, OLMo, LLM Foundry, MaxText, fairseq, verl', () => {
  const titan = values({
    'training.steps': 10000,
    'lr_scheduler.warmup_steps': 200,
    'lr_scheduler.decay_ratio': 0.1,
    'lr_scheduler.decay_type': 'sqrt',
    'optimizer.lr': 8e-4,
  });
  assert.deepEqual(titan, {
    totalSteps: 10000,
    warmupSteps: 200,
    family: 'wsd-sqrt',
    peakLr: 8e-4,
    decayStart: 9000,
    decaySteps: 1000,
  });
  const olmo = values({
    max_duration: '2000ba',
    'scheduler.name': 'cosine_with_warmup',
    'scheduler.t_warmup': '100ba',
    'scheduler.alpha_f': 0.1,
    'optimizer.learning_rate': 4e-4,
  });
  assert.deepEqual(olmo, { totalSteps: 2000, warmupSteps: 100, family: 'cosine', peakLr: 4e-4, finalLr: 4e-5 });
  assert.equal(values({ max_duration: '1e9tok', global_train_batch_size: 100, max_seq_len: 1000 }).totalSteps, 10000);
  const maxText = values({
    steps: 1000,
    warmup_steps_fraction: 0.1,
    learning_rate: 3e-5,
    cosine_learning_rate_final_fraction: 0.1,
  });
  assert.deepEqual(maxText, { totalSteps: 1000, warmupSteps: 100, family: 'cosine', peakLr: 3e-5, finalLr: 3e-6 });
  const fairseq = values({
    'optimization/max_update': 50000,
    'optimization/lr': '[0.0003]',
    'common/lr_scheduler': 'polynomial_decay',
    'lr_scheduler/warmup_updates': 375,
    'lr_scheduler/power': 1.0,
  });
  assert.deepEqual(fairseq, { totalSteps: 50000, warmupSteps: 375, family: 'polynomial', peakLr: 3e-4, power: 1 });
  assert.equal(
    values({ 'actor.optim.lr': 1e-6, 'actor.optim.warmup_style': 'constant', total_training_steps: 105 }).family,
    'constant',
  );
});

test('milestones', () => {
  const plan = values({
    'SOLVER.BASE_LR': 0.02,
    'SOLVER.STEPS': '(60000, 80000)',
    'SOLVER.MAX_ITER': 90000,
    'SOLVER.GAMMA': 0.1,
    lr_scheduler_name: 'WarmupMultiStepLR',
  });
  assert.equal(plan.family, 'step');
  assert.deepEqual((plan.table as { steps: number[] }).steps, [60000, 80000]);
});

test('epochs are steps only in a log that counts epochs', () => {
  assert.equal(values({ epochs: 100, lr0: 0.01 }).totalSteps, undefined);
  assert.equal(values({ epochs: 100, lr0: 0.01, warmup_epochs: 3 }, { unit: 'epoch' }).totalSteps, 100);
  assert.equal(values({ num_train_epochs: 3, num_examples: 1000, total_train_batch_size: 10 }).totalSteps, 300);
});

test('unusable values count as absent, and say where the others were read', () => {
  assert.deepEqual(
    values({
      max_steps: 'None',
      learning_rate: Number.NaN,
      lr_scheduler_type: 'reduce_lr_on_plateau',
      warmup_steps: true,
    }),
    {},
  );
  assert.deepEqual(values({}), {});
  const plan = planFromConfig(new Map([['trainer/max_steps', 10]]), { placeOf: () => 'in config.yaml', source: 'log' });
  assert.deepEqual(plan.totalSteps, {
    value: 10,
    source: 'log',
    confidence: 1,
    where: 'trainer/max_steps in config.yaml',
  });
});
