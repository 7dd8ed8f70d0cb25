import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configColumn, FIXED_COLUMNS } from '../../../webview/compare/columns';
import { diffOf } from '../../../webview/compare/diff';
import { tableCsv, tableMarkdown } from '../../../webview/compare/exportTable';
import { differingKeys, tellingKeys } from '../../../webview/compare/hyperparameters';
import { entries } from './entries';

const CONTEXT = { pinned: null };
const columns = ['name', 'curve', 'final', 'best']
  .map((id) => FIXED_COLUMNS.find((each) => each.id === id)!)
  .concat(configColumn('lr'));

test('CSV has full numbers, empty cells for what is unknown, and no formulas', () => {
  const all = entries([
    { name: 'a, "b"', final: 3.123456789, width: 0.5, standing: { chanceBest: 0.25 }, config: { lr: 1e-3 } },
    { name: '=1+1' },
  ]);
  assert.equal(
    tableCsv(all, columns, CONTEXT),
    'Run,Final loss,80 % low,80 % high,Measured,Remark,P(best),lr\n' +
      '"a, ""b""",3.123456789,2.623456789,3.623456789,false,,0.25,0.001\n' +
      "'=1+1,,,,false,,,\n",
  );
});

test('Markdown escapes what a name holds', () => {
  const text = tableMarkdown(entries([{ name: 'a|b\n[c](d)', final: 3, width: 0.5 }]), columns, CONTEXT);
  assert.equal(text.split('\n')[2], '| a\\|b \\[c\\](d) | 3.00 ±\u202f0.50 | – | – |'.replace('\u202f', ' '));
});

test('a diff names what differs first, and what a run does not set', () => {
  const all = entries(
    [
      { name: 'a', config: { lr: 1e-3, wd: 0.1, on: true } },
      { name: 'b', config: { lr: 3e-4, wd: 0.1 } },
    ],
    { seed: 1 },
  );
  assert.deepEqual(diffOf(all), [
    { key: 'lr', values: [1e-3, 3e-4], isSame: false },
    { key: 'on', values: [true, undefined], isSame: false },
    { key: 'seed', values: [1, 1], isSame: true },
    { key: 'wd', values: [0.1, 0.1], isSame: true },
  ]);
  assert.deepEqual(diffOf([]), []);
});

test('settings come before names, places and facts that only repeat them', () => {
  const own = Object.fromEntries(
    [1, 2, 3, 4].map((i) => [
      `/runs/${i}`,
      {
        zeta: i % 2,
        output_dir: `/out/${i}`,
        label: `run number ${i}`,
        learning_rate: i * 1e-4,
        'plan.peakLr': i * 1e-4,
        seed: i,
        constructor: i,
      },
    ]),
  );
  assert.deepEqual(tellingKeys({ shared: {}, own }), ['learning_rate', 'seed', 'zeta']);
  assert.equal(differingKeys({ shared: {}, own })[0], 'learning_rate');
  assert.ok(differingKeys({ shared: {}, own }).includes('output_dir'));
  assert.deepEqual(tellingKeys({ shared: {}, own: {} }), []);
});
