import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  axisOf,
  canonicalSeries,
  isTotalKey,
  MICRO_KEYS,
  nameColumns,
  QUANTITIES,
  STEP_KEYS,
} from '../../../src/core/formats/keys';

/** Canonical name, then the labels of real logs that mean it. */
const NAMES: readonly (readonly [string, ...string[]])[] = [
  [
    'train_loss',
    'loss',
    'train/loss',
    'train_loss',
    'Train Loss',
    'lm loss',
    'lm-loss',
    'lm_loss',
    'total_loss',
    'tr_loss',
  ],
  [
    'train_loss',
    'loss/train/total',
    'reduced_train_loss',
    'train/CrossEntropyLoss',
    'train/CE loss',
    'learning/loss',
    'trl',
  ],
  ['train_loss', 'train_loss_step', 'train/step_loss', 'epoch_loss'],
  ['train_loss/epoch', 'train_loss_epoch'],
  ['train_loss/batch', 'batch_loss'],
  ['train_loss/samples', 'lm loss vs samples'],
  ['train_loss/box', 'train/box_loss'],
  ['eval_train_loss', 'eval/train_loss'],
  ['train/train_loss', 'train/train_loss'],
  [
    'val_loss',
    'eval_loss',
    'val/loss',
    'val_loss',
    'validation_loss',
    'valid loss',
    'eval/loss',
    'metrics/eval/loss',
    'loss/valid',
  ],
  ['val_loss', 'lm loss validation', 'epoch_val_loss', 'val_loss_epoch', 'tel', 'loss_val', 'dev_loss'],
  ['val_loss/g0', 'eval_g0_loss'],
  ['val_loss/c4', 'metrics/eval/c4/LanguageCrossEntropy', 'eval/c4/CE loss'],
  ['val_loss/step', 'val_loss_step'],
  ['val_loss/iterations', 'evaluation_loss_vs_iterations'],
  ['test_loss', 'test/loss', 'test_loss'],
  [
    'learning_rate',
    'lr',
    'learning_rate',
    'learning-rate',
    'train/learning_rate',
    'actor/lr',
    'lr-AdamW',
    'lr-AdamW/pg1',
  ],
  ['learning_rate', 'lr/pg0', 'optim/learning_rate_group0', 'optim/LR (group 0)', 'learning/current_learning_rate'],
  ['learning_rate/pg2', 'lr-AdamW/pg2'],
  ['learning_rate/pg1', 'lr/pg1'],
  ['learning_rate/group1', 'optim/learning_rate_group1', 'optim/LR (group 1)', 'lr/1'],
  ['learning_rate/critic', 'critic/lr'],
  ['grad_norm', 'grad_norm', 'grad-norm', 'train/grad_norm', 'optim/total_grad_norm', 'gnorm', 'grad_2.0_norm_total'],
  ['tokens', 'tokens', 'num_input_tokens_seen', 'throughput/total_tokens', 'num_tokens'],
  ['samples', 'consumed_samples', 'consumed samples'],
  ['epoch', 'epoch', 'train/epoch', 'training/epoch'],
  ['wall_time', '_timestamp', 'timestamp', 'wall_time'],
  ['iteration_time', 'iteration-time', 'dt', 'elapsed time per iteration (ms)', 'train_step_timing in s'],
  ['throughput', 'tok/sec', 'tokens_per_second', 'throughput'],
  ['samples_per_second', 'train_samples_per_second'],
  ['memory', 'memory(GiB)'],
  ['perplexity', 'ppl'],
  ['val_perplexity', 'lm loss validation ppl', 'eval/perplexity', 'valid_ppl'],
  ['val_bpb', 'val_bpb', 'eval/bpb'],
  ['accuracy', 'accuracy', 'token_acc', 'mean_token_accuracy', 'epoch_acc'],
  ['val_accuracy/g1', 'eval_g1_accuracy'],
  ['reward', 'critic/rewards/mean', 'reward'],
];

/** Labels that must keep their own name, each near one that has a meaning. */
const OWN = [
  'actor/pg_loss',
  'aux_loss',
  'best_val_loss',
  'eval_samples_per_second',
  'final_loss',
  'global_step/sec',
  'layer1/weights/summaries/mean',
  'loss_cls',
  'lr-AdamW/pg1-momentum',
  'lr_scale',
  'lrm',
  'num_train_epochs',
  'rewards/chosen',
  'train/ssim',
  'train_runtime',
  'val-core/openai/gsm8k/reward/mean@1',
  'z_loss',
  '',
];

describe('canonicalSeries', () => {
  for (const [name, ...labels] of NAMES) {
    test(`${labels.join(', ')}: ${name}`, () => {
      for (const label of labels) assert.equal(canonicalSeries(label).name, name, label);
    });
  }

  test('labels without a known meaning keep their name', () => {
    for (const label of OWN) assert.equal(canonicalSeries(label).name, label);
  });

  test('milliseconds become seconds', () => {
    assert.deepEqual(canonicalSeries('elapsed time per iteration (ms)'), {
      name: 'iteration_time',
      unit: 's',
      scale: 0.001,
    });
    assert.equal(canonicalSeries('step_time_ms').scale, 0.001);
    assert.equal(canonicalSeries('iteration-time').scale, 1);
  });

  test('a unit in the label is kept', () => {
    assert.equal(canonicalSeries('memory(GiB)').unit, 'GiB');
    assert.equal(canonicalSeries('train_speed(iter/s)').unit, 'iter/s');
  });

  test('each canonical name means itself', () => {
    for (const { name, evaluated } of QUANTITIES) {
      assert.equal(canonicalSeries(name).name, name);
      if (evaluated !== undefined) assert.equal(canonicalSeries(evaluated).name, evaluated);
    }
  });

  test('any text is accepted', () => {
    for (const label of ['/', '_', ' ', '\u0000', '////loss', 'loss'.repeat(10_000), 'é/loss', '((((']) {
      assert.equal(typeof canonicalSeries(label).name, 'string');
    }
  });
});

describe('nameColumns', () => {
  test('a bare loss beside train/loss: the latter is an evaluation on training data', () => {
    assert.deepEqual(nameColumns(['loss', 'train/loss', 'validation/loss']), [
      'train_loss',
      'eval_train_loss',
      'val_loss',
    ]);
  });
  test('step_loss wins over train/loss', () => {
    assert.deepEqual(nameColumns(['val/loss', 'train/loss', 'train/step_loss']), [
      'val_loss',
      'eval_train_loss',
      'train_loss',
    ]);
  });
  test('one loss is the training loss, however it is marked', () => {
    assert.deepEqual(nameColumns(['train/loss', 'val/loss']), ['train_loss', 'val_loss']);
    assert.deepEqual(nameColumns([]), []);
  });
});

describe('axes', () => {
  test('steps before tokens, samples and epochs', () => {
    const labels = ['epoch', 'consumed_samples', 'tokens', 'iter', 'step'];
    const ranks = labels.map((label) => axisOf(label)!.rank);
    assert.deepEqual(
      [...ranks].sort((a, b) => b - a),
      ranks,
    );
  });
  test('names are compared without case, blanks and the part before', () => {
    assert.equal(axisOf('  Step ')?.rank, 0);
    assert.equal(axisOf('trainer/global_step')?.rank, axisOf('global_step')?.rank);
  });
  test('counters of micro-batches are no steps', () => {
    for (const key of MICRO_KEYS) assert.equal(axisOf(key), undefined, key);
    assert.ok(axisOf('step')!.rank < axisOf('iter')!.rank);
    assert.ok(!STEP_KEYS.some((key) => MICRO_KEYS.includes(key)));
  });
  test('totals', () => {
    for (const key of ['total_steps', 'max_steps', 'train_iters', 'trainer/max_steps']) assert.ok(isTotalKey(key), key);
    assert.ok(!isTotalKey('step'));
  });
});
