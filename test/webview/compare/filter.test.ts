import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberOf, parseFilter } from '../../../webview/compare/filter';
import { entries } from './entries';

const ALL = entries(
  [
    { name: 'gpt-124m lr1', final: 3.1, config: { 'optim.learning_rate': 1e-3, optimizer: 'adamw' } },
    { name: 'gpt-124m lr2', final: 3.3, config: { 'optim.learning_rate': 3e-4, optimizer: 'muon' } },
    { name: 'gpt-350m', config: { optimizer: 'adamw', note: 'two words' }, row: { state: 'stalled' } },
    { name: 'constructor', final: 2.9, config: { n_layer: 12 }, standing: { chanceBest: 0.4 } },
  ],
  { batch_size: 512 },
);
const KEYS = ['optim.learning_rate', 'optimizer', 'note', 'n_layer', 'batch_size'];

const CASES: readonly (readonly [string, readonly number[]])[] = [
  ['', [0, 1, 2, 3]],
  ['gpt', [0, 1, 2]],
  ['GPT lr2', [1]],
  ['-gpt', [3]],
  ['state:stalled', [2]],
  ['-state:stalled', [0, 1, 3]],
  ['lr>5e-4', [0]],
  ['learning_rate<=1e-3', [0, 1]],
  ['optim.learning_rate=0.001', [0]],
  ['optimizer:adam', [0, 2]],
  ['optimizer=adamw', [0, 2]],
  ['optimizer!=adamw', [1, 3]],
  ['final<3.2', [0, 3]],
  ['final<3.2 gpt', [0]],
  ['progress>=50%', [0, 1, 2, 3]],
  ['best>0.3', [3]],
  ['bs=512', [0, 1, 2, 3]],
  ['note:"two words"', [2]],
  ['"350m"', [2]],
  ['n_layer>=12', [3]],
  ['lr > 5e-4', [0]],
];

for (const [text, expected] of CASES) {
  test(`the filter \`${text}\``, () => {
    const { matches, faults } = parseFilter(text, KEYS, { pinned: null });
    assert.deepEqual(faults, []);
    assert.deepEqual(
      ALL.flatMap((entry, i) => (matches(entry) ? [i] : [])),
      expected,
    );
  });
}

test('what cannot be read is told and hides nothing', () => {
  for (const text of ['toString:1', 'nothing=3', 'lr>fast', '__proto__:x']) {
    const { matches, faults } = parseFilter(text, KEYS, { pinned: null });
    assert.equal(faults.length, 1, text);
    assert.ok(ALL.every(matches), text);
  }
});

test('a filter of any length and shape is read in time and never throws', () => {
  for (const text of ['"'.repeat(1e5), ':'.repeat(1e5), 'a:'.repeat(5e4), '-'.repeat(1e5), '\u0000<>=!', 'lr>']) {
    assert.doesNotThrow(() => ALL.filter(parseFilter(text, KEYS, { pinned: null }).matches));
  }
});

test('numbers as people type them', () => {
  const cases: readonly (readonly [string, number | null])[] = [
    ['1e-3', 0.001],
    ['.5', 0.5],
    ['20k', 20_000],
    ['5%', 0.05],
    ['-2', -2],
    ['1.5M', 1.5e6],
    ['1e', null],
    ['', null],
    ['0x10', null],
  ];
  for (const [text, value] of cases) assert.equal(numberOf(text), value, text);
});
