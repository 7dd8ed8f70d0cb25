import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localNumbers } from '../../src/core/report/localNumbers';

test('a page shows the texts that its host has put into it, with the forms of the language', async () => {
  const bundle = {
    'Open {0}': 'Otwórz {0}',
    '{0} run': '{0} przebieg',
    '{0} runs': '{0} przebiegów',
    '{0} runs [few]': '{0} przebiegi',
  };
  const page = {
    documentElement: { lang: 'pl' },
    querySelector: () => ({ textContent: JSON.stringify(bundle) }),
  };
  Object.assign(globalThis, { document: page });
  try {
    const { t, plural } = await import('../../webview/shared/l10n');
    assert.equal(t('Open {0}', 'loss'), 'Otwórz loss');
    assert.equal(t('Not translated, {1} before {0}', 1, 2), 'Not translated, 2 before 1');
    assert.equal(t('{0} stays', '{0}'), '{0} stays');
    assert.deepEqual(
      [1, 3, 5].map((count) => plural(count, '{0} run', '{0} runs')),
      ['1 przebieg', '3 przebiegi', '5 przebiegów'],
    );
  } finally {
    Reflect.deleteProperty(globalThis, 'document');
  }
});

test('numbers have the decimal mark of the language; digits are grouped alike everywhere', () => {
  const german = localNumbers('de-AT');
  assert.equal(german.formatLoss(2.8971), '2,897');
  assert.equal(german.formatLr(2.85e-4), '2,85e-4');
  assert.equal(german.formatFixed(-3.4, 2), '\u22123,40');
  assert.equal(german.formatStep(1234567), '1\u202f234\u202f567');
  assert.equal(german.formatInterval({ value: 3.02, interval: [3.01, 3.03] }), '3,020 ±\u202f0,010');
  assert.deepEqual(german.intervalParts({ value: 3.02, interval: [3.01, 3.03] }), {
    value: '3,020',
    spread: '±\u202f0,010',
  });
  assert.equal(german.formatRange([3.009, 3.033]), '3,009 – 3,033');
  assert.equal(localNumbers('en').formatLoss(2.8971), '2.897');
  assert.equal(localNumbers('not a language').formatLoss(2.8971), '2.897');
});
