import assert from 'node:assert/strict';
import { test } from 'node:test';
import { torchtune } from '../../../src/core/formats/torchtune';
import { expectSeries } from './check';
import { dressed, planOf, pointsOf, probeText, readFixture, readText, testFixtures } from './console';

testFixtures(torchtune);

function bar(epoch: number, step: number, loss: string, done: number, total: number): string {
  return `${epoch}|${step}|Loss: ${loss}:  10%|█         | ${done}/${total} [00:24<3:55:01,  1.83it/s]`;
}

test('a bar alone gives a loss and the planned steps', () => {
  const log = readFixture(torchtune, 'tutorialBar.txt');
  expectSeries(log, 'train_loss', {
    points: 1,
    first: [52, 2.3697006702423096],
    last: [52, 2.3697006702423096],
  });
  assert.deepEqual(planOf(log), { totalSteps: 25880 });
});

test('the log on disk: names may have a place before them', () => {
  const log = readText(torchtune, [
    'Step 1 | loss:1.5 lr:2e-05 tokens_per_second_per_gpu:1234.5 grad_norm:0.75 peak_memory_active:10.5',
    'Step 2 | train/loss:1.25 lr:1.9e-05 ',
    'Step 2 | val_loss:1.3 ',
    'Step 3 | loss:nan lr:1.8e-05 ',
  ]);
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [1, 1.5],
    [2, 1.25],
    [3, Number.NaN],
  ]);
  expectSeries(log, 'learning_rate', { points: 3, first: [1, 2e-5], last: [3, 1.8e-5] });
  expectSeries(log, 'throughput', { points: 1, first: [1, 1234.5], last: [1, 1234.5] });
  expectSeries(log, 'grad_norm', { points: 1, first: [1, 0.75], last: [1, 0.75] });
  expectSeries(log, 'val_loss', { points: 1, first: [2, 1.3], last: [2, 1.3] });
});

test('redraws of a bar are one point, and so is a bar with its line', () => {
  const log = readText(
    torchtune,
    `\r  0%|          | 0/10 [00:00<?, ?it/s]\r${bar(1, 1, '2.5', 1, 10)}\r${bar(1, 1, '2.5', 1, 10)}\n` +
      `Step 1 | loss:2.5 lr:2e-05 \r${bar(1, 2, '2.25', 2, 10)}\nStep 2 | loss:2.25 lr:2e-05 \r${bar(1, 3, '2.0', 3, 10)}\r` +
      `${bar(2, 11, '1.5', 1, 10)}\r${bar(2, 12, '1.25', 2, 10)}`,
  );
  assert.deepEqual(pointsOf(log, 'train_loss'), [
    [1, 2.5],
    [2, 2.25],
    [3, 2],
    [11, 1.5],
    [12, 1.25],
  ]);
  assert.deepEqual(planOf(log), { totalSteps: 20 });
});

test('the resolved configuration gives config and plan', () => {
  const log = readText(torchtune, [
    'INFO:torchtune.utils._logging:Running LoRAFinetuneRecipeSingleDevice with resolved config:',
    '',
    'batch_size: 2',
    'dataset:',
    '  _component_: torchtune.datasets.alpaca_cleaned_dataset',
    '  packed: false',
    'epochs: 3',
    'lr_scheduler:',
    '  _component_: torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup',
    '  num_warmup_steps: 100',
    'optimizer:',
    '  lr: 0.0003 # peak',
    'lora_attn_modules:',
    '- q_proj',
    '',
    'INFO:torchtune.utils._logging:Model is initialized with precision torch.bfloat16.',
    bar(1, 1, '2.5', 1, 100),
  ]);
  assert.deepEqual(planOf(log), { family: 'cosine', warmupSteps: 100, peakLr: 0.0003, totalSteps: 300 });
  assert.equal(log.configEntries.get('dataset.packed'), false);
  assert.equal(log.configEntries.get('batch_size'), 2);
});

test('a resumed run starts a segment', () => {
  const line = (step: number) => `Step ${step} | loss:${5 - step}.5 lr:2e-05 `;
  const log = readText(torchtune, [line(1), line(2), line(3), line(2), line(3)]);
  assert.deepEqual(log.find('train_loss')!.segmentStarts, [0, 3]);
});

test('colours, ranks, times and carriage returns do not matter', () => {
  const log = readText(
    torchtune,
    dressed((step) => `Step ${step} | loss:${step}.5 lr:2e-05`),
  );
  expectSeries(log, 'train_loss', { points: 6, first: [1, 1.5], last: [6, 6.5] });
});

test('lines of other programs are none', () => {
  const others = [
    'Step 00250 | Validation bpb: 1.05',
    'Step 1 | download',
    '12|13|14',
    '  3%|▎ | 37/1120 [00:10<05:01, 3.6it/s]',
  ];
  assert.equal(probeText(torchtune, others), 'no');
});
