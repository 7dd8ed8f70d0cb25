import * as assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInterval, formatRange, intervalParts } from '../../../src/core/report/interval';
import {
  formatBytes,
  formatChange,
  formatCompact,
  formatLoss,
  formatLr,
  formatNumber,
  formatPercent,
  formatStep,
} from '../../../src/core/report/numbers';
import { parseCount, parseRate } from '../../../src/core/report/parse';
import { formatDuration } from '../../../src/core/report/time';

const plain = (text: string): string => text.replace(/\u202f/g, ' ').replace(/\u2212/g, '-');

test('a loss has four significant digits', () => {
  assert.deepEqual(
    [3.02149, 10.9656, 0.0321749, 123.456, 9.9999, 0, -1.5, 1.23456e-6, Number.NaN, null, Number.POSITIVE_INFINITY].map(
      (value) => plain(formatLoss(value)),
    ),
    ['3.021', '10.97', '0.03217', '123.5', '10.00', '0', '-1.500', '1.235e-6', 'NaN', '–', '∞'],
  );
  assert.equal(plain(formatChange(-0.17139)), '-0.171');
  assert.equal(formatChange(0.0312), '+0.0312');
});

test('steps are grouped, four digits are not', () => {
  assert.deepEqual(
    [1234, 12345, 1234567, 0.5, -20000].map((value) => plain(formatStep(value))),
    ['1234', '12 345', '1 234 567', '0.5', '-20 000'],
  );
  assert.deepEqual(
    [950, 999.9, 12345, 999_999, 1.2e6, 15e9].map((value) => formatCompact(value)),
    ['950', '1k', '12.3k', '1M', '1.2M', '15B'],
  );
});

test('learning rates are written as people write them', () => {
  assert.deepEqual(
    [6e-4, 2.85e-4, 1e-3, 0.02, 1, 0, 0.00390625].map((value) => formatLr(value)),
    ['6e-4', '2.85e-4', '1e-3', '0.02', '1', '0', '3.91e-3'],
  );
  assert.equal(formatNumber(1.5e9), '1.5e9');
  assert.equal(formatNumber(0.51234567), '0.5123');
});

test('a share short of the whole never reads 100 %', () => {
  assert.deepEqual(
    [0, 0.0004, 0.042, 0.424, 0.99999, 1].map((value) => plain(formatPercent(value))),
    ['0 %', '< 0.1 %', '4.2 %', '42 %', '99.9 %', '100 %'],
  );
});

test('durations show their two largest units', () => {
  assert.deepEqual(
    [400, 45_000, 59_999, 200_000, 8_040_000, 7_200_000, 4.43e8, 1e10, null].map((value) =>
      plain(formatDuration(value)),
    ),
    ['< 1 s', '45 s', '59 s', '3 min', '2 h 14 min', '2 h', '5 d 3 h', '115 d', '–'],
  );
});

test('an interval gives the value its decimals', () => {
  const at = (low: number, high: number, value = 3.0214): string =>
    plain(formatInterval({ value, interval: [low, high] }));
  assert.equal(at(3.009, 3.033), '3.021 ± 0.012');
  assert.equal(at(2.9, 3.14), '3.02 ± 0.12');
  assert.equal(at(3.0202, 3.0226), '3.0214 ± 0.0012');
  assert.equal(at(3.011, 3.06), '3.021 +0.039 -0.010');
  assert.equal(at(3.0214, 3.0214), '3.021');
  assert.equal(at(3.0214, 3.06), '3.021 +0.039');
  assert.equal(at(Number.NaN, 3.06), '3.021');
  assert.deepEqual(intervalParts({ value: 12, interval: [10, 14] }), { value: '12.0', spread: '±\u202f2.0' });
  assert.equal(formatRange([2.9981, 3.0449]), '2.998 – 3.045');
  assert.equal(formatRange([2.5, 3.5]), '2.50 – 3.50');
  assert.equal(formatRange(null), '–');
});

test('typed counts and rates are read generously, nonsense is not', () => {
  assert.deepEqual(
    ['20000', ' 20 000 ', '20_000', '20,000', '20k', '1.5M', '2e4', '', '0', '-5', '1.5', 'ten', '1e400'].map(
      parseCount,
    ),
    [20000, 20000, 20000, 20000, 20000, 1_500_000, 20000, null, null, null, null, null, null],
  );
  assert.deepEqual(['6e-4', '0.0006', '.02', '0', '1,5', '6e\u22124', '-1', 'x', ''].map(parseRate), [
    6e-4,
    6e-4,
    0.02,
    0,
    1.5,
    6e-4,
    null,
    null,
    null,
  ]);
});

test('bytes', () => {
  assert.deepEqual([0, 512, 999.9, 1500, 4_970_000_000, 2e15].map(formatBytes), [
    '0\u202fB',
    '512\u202fB',
    '1\u202fkB',
    '1.5\u202fkB',
    '4.97\u202fGB',
    '2000\u202fTB',
  ]);
});
