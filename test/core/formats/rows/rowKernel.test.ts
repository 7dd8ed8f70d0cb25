import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowKernel } from '../../../../src/core/formats/rows/rowKernel';
import { CellKind, type RowCell, templateOf, timeCells } from '../../../../src/core/formats/rows/rowTemplate';
import { bytesOf, seeded } from '../check';

/** Rows of `text` that the kernel reads when the first one has `cells`, and the numbers of cell `cell`. */
function read(text: string, cells: readonly RowCell[], cell = 0, times = 0): { rows: number; values: number[] } {
  const bytes = bytesOf(text);
  const all = [...cells, ...timeCells(bytes, 0, times)];
  const template = templateOf(bytes, 0, bytes.indexOf(10) + 1, all);
  assert.ok(template !== undefined, text);
  const rows = rowKernel().read(template.code, template.cells, bytes, 0);
  return { rows, values: [...rowKernel().values(template.places[cell]!, rows)] };
}

/** Numbers as texts, one per line; read until the kernel leaves one to others. */
function readNumbers(texts: readonly string[]): number[] {
  return read(`1\n${texts.join('\n')}\n`, [{ kind: CellKind.Number, from: 0 }]).values.slice(1);
}

function randomDigits(random: () => number, count: number): string {
  return Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
}

test('numbers are what Number makes of their text, to the last bit', () => {
  const random = seeded(7);
  for (let block = 0; block < 40; block++) {
    const texts = Array.from({ length: 2000 }, () => {
      const whole = randomDigits(random, 1 + Math.floor(random() * 9));
      const fraction = random() < 0.2 ? '' : `.${randomDigits(random, Math.floor(random() * 11))}`;
      const exponent = random() < 0.6 ? '' : `e${random() < 0.7 ? '-' : '+'}${Math.floor(random() * 32)}`;
      return `${random() < 0.3 ? '-' : ''}${whole}${fraction}${exponent}`;
    });
    assert.deepEqual(readNumbers(texts), texts.map(Number));
  }
});

test('what programs print of doubles and floats comes back as it was', () => {
  const random = seeded(8);
  const numbers = Array.from({ length: 50_000 }, () => (random() - 0.5) * 10 ** (18 - Math.floor(random() * 38)));
  for (let from = 0; from < numbers.length; from += 5000) {
    const part = numbers.slice(from, from + 5000);
    assert.deepEqual(readNumbers(part.map(String)), part);
    const floats = part.map(Math.fround);
    assert.deepEqual(readNumbers(floats.map(String)), floats);
  }
});

test('halfway cases are rounded to even', () => {
  const texts = ['9007199254740993', '9007199254740995', '4503599627370496.5', '4503599627370497.5', '1e23', '8.5e-7'];
  assert.deepEqual(readNumbers(texts), texts.map(Number));
});

test('a number that needs a closer look ends the rows', () => {
  const left = ['nan', 'inf', '+1', '.5', '12345678901234567890', '1e-320', '1e400', '4e99', '', '-', 'x'];
  for (const text of left) assert.deepEqual(readNumbers(['5', text, '6']), [5], text);
  // Digits beyond the nineteenth are no obstacle when they are leading zeros.
  assert.deepEqual(readNumbers(['0.00000000000123456789']), [0.00000000000123456789]);
});

test('a row of another shape, an unfinished one or one that goes on ends the rows', () => {
  const cells = [
    { kind: CellKind.Number, from: 2 },
    { kind: CellKind.Number, from: 6 },
  ];
  assert.equal(read('a=1 b=2\na=3 b=4\na=5 c=6\n', cells).rows, 2);
  assert.equal(read('a=1 b=2\na=3 b=4', cells).rows, 1);
  assert.equal(read('a=1 b=2\na=3 b=4 c=5\n', cells).rows, 1);
  assert.equal(read('a=1 b=2\n\na=3 b=4\n', cells).rows, 1);
});

test('blanks before a number may be more or fewer once there were several', () => {
  assert.deepEqual(
    read('step   9\nstep 10\nstep     11\nstep12\n', [{ kind: CellKind.Number, from: 7 }]).values,
    [9, 10, 11],
  );
  assert.equal(read('step 9\nstep  10\n', [{ kind: CellKind.Number, from: 5 }]).rows, 1);
});

test('thousands may be separated by commas where the format says so', () => {
  const text = '1,383\n999\n1,234,567\n12,34\n';
  assert.deepEqual(read(text, [{ kind: CellKind.Number, from: 0, grouped: true }]).values, [1383, 999, 1234567]);
});

test('an optional cell may be empty, a text may be anything but a number', () => {
  const optional = read('1,2\n3,\n5,6\n', [
    { kind: CellKind.Number, from: 0 },
    { kind: CellKind.Optional, from: 2, to: 3 },
  ]);
  assert.equal(optional.rows, 3);
  assert.deepEqual([...rowKernel().present(1, 3)], [1, 0, 1]);
  const textCell = [{ kind: CellKind.Text, from: 1, to: 2 }];
  for (const text of ['0:00:12', '9 days, 1:02', 'info', '']) assert.equal(read(`"a"\n"${text}"\n`, textCell).rows, 2);
  for (const text of ['12', '1e5', 'NaN', '-inf', 'Infinity', '+3', '.5', '7 ', '\\"', 'é']) {
    assert.equal(read(`"a"\n"${text}"\n`, textCell).rows, 1, text);
  }
});

test('times before the step may differ, other digits not', () => {
  const text = '[2024-05-01 10:11:12,123] r0 5\n[2024-06-02 23:59:01,999] r0 6\n[2024-06-02 23:59:01,999] r1 7\n';
  assert.deepEqual(read(text, [{ kind: CellKind.Number, from: 29 }], 0, 29).values, [5, 6]);
});
