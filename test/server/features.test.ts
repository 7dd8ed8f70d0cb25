import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learningRatesOn } from '../../src/server/features/learningRateLine';

const found = (line: string) =>
  learningRatesOn(line).map(({ name, value, start, end }) => [name, value, line.slice(start, end)]);

test('learning rates are found in assignments, keywords, fields and dictionaries', () => {
  assert.deepEqual(found('learning_rate = 6e-4 # max learning rate'), [
    ['learning_rate', 6e-4, 'learning_rate = 6e-4'],
  ]);
  assert.deepEqual(found('opt = AdamW(params, lr=3e-4, betas=(0.9, 0.95))'), [['lr', 3e-4, 'lr=3e-4']]);
  assert.deepEqual(found('    learning_rate: float = 1e-3'), [['learning_rate', 1e-3, 'learning_rate: float = 1e-3']]);
  assert.deepEqual(found("config = {'lr': 0.001, 'wd': 0.1}"), [['lr', 0.001, "lr': 0.001"]]);
  assert.deepEqual(found('max_lr=1_0e-4'), [['max_lr', 1e-3, 'max_lr=1_0e-4']]);
  assert.deepEqual(found('group["lr"] = lr_at(step)'), []);
});

test('text, comments, comparisons and other names are not learning rates', () => {
  for (const line of [
    '# lr = 3e-4',
    'print("lr = 3e-4")',
    'if lr == 3e-4:',
    'clr = 3',
    'lr_decay_iters = 600000',
    'min_lr = 6e-5',
  ]) {
    assert.deepEqual(
      found(line).filter(([, value]) => value !== null),
      [],
      line,
    );
  }
});
