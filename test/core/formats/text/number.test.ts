import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberEnd, numberValue, parseNumber, readNumber } from '../../../../src/core/formats/text/number';
import { bytesOf, seeded } from '../check';

function parse(text: string, grouped = false): number | undefined {
  const bytes = bytesOf(text);
  return parseNumber(bytes, 0, bytes.length, grouped);
}

test('100 000 random decimals are read to the last bit as Number reads them', () => {
  const random = seeded(1);
  for (let i = 0; i < 100_000; i++) {
    const text = randomDecimal(random);
    assert.equal(parse(text), Number(text), text);
    assert.equal(numberEnd, text.length, text);
  }
});

test('the shortest form of random doubles is read back exactly', () => {
  const random = seeded(2);
  const bits = new BigUint64Array(1);
  const value = new Float64Array(bits.buffer);
  for (let i = 0; i < 20_000; i++) {
    bits[0] = (BigInt(Math.floor(random() * 2 ** 32)) << 32n) | BigInt(Math.floor(random() * 2 ** 32));
    if (!Number.isFinite(value[0])) continue;
    assert.equal(parse(String(value[0])), value[0]);
  }
});

test('both entries agree on the value and the end', () => {
  const bytes = bytesOf('x=-12.50e1,');
  assert.equal(readNumber(bytes, 2, bytes.length, false), 10);
  assert.equal(numberValue[0], -125);
  assert.equal(readNumber(bytes, 0, bytes.length, false), -1);
});

test('a number stops at the first byte that does not belong to it', () => {
  for (const [text, value, end] of [
    ['1.5ms', 1.5, 3],
    ['22.83%', 22.83, 5],
    ['3e', 3, 1],
    ['3e+', 3, 1],
    ['4exp', 4, 1],
    ['1.2.3', 1.2, 3],
    ['7-8', 7, 1],
    ['5.', 5, 2],
    ['.25x', 0.25, 3],
    ['+2', 2, 2],
    ['1234567890 ', 1234567890, 10],
    ['0000000000001.5', 1.5, 15],
  ] as const) {
    assert.equal(parse(text), value, text);
    assert.equal(numberEnd, end, text);
  }
});

test('words are read in any case, and nothing that only begins like one', () => {
  for (const text of ['nan', 'NaN', 'NAN', '-nan', '+nan']) assert.ok(Number.isNaN(parse(text)), text);
  for (const text of ['inf', 'Inf', 'INF', '+inf', 'Infinity', 'infinity']) assert.equal(parse(text), Infinity, text);
  for (const text of ['-inf', '-Infinity']) assert.equal(parse(text), -Infinity, text);
  for (const text of ['', '-', '+', '.', '-.', 'nanz', 'info', 'infinite', 'e5', 'None', 'x1', '--1', ',1', '.e5']) {
    assert.equal(parse(text), undefined, JSON.stringify(text));
  }
});

test('a comma groups three digits only when asked for', () => {
  for (const [text, value, end] of [
    ['1,383', 1383, 5],
    ['1,234,567.5', 1234567.5, 11],
    ['-4,194,304', -4194304, 10],
    ['833,525 |', 833525, 7],
    ['1,38', 1, 1],
    ['1,3834', 1, 1],
    ['1, 383', 1, 1],
    ['12,345,67', 12345, 6],
  ] as const) {
    assert.equal(parse(text, true), value, text);
    assert.equal(numberEnd, end, text);
  }
  assert.equal(parse('1,383'), 1);
});

test('huge exponents and mantissas go to infinity or zero as in JavaScript', () => {
  for (const text of ['1e400', '-1e400', '1e-400', '1e99999999999', `1${'0'.repeat(400)}`, `0.${'0'.repeat(400)}1`]) {
    assert.equal(parse(text), Number(text), text);
  }
});

test('a number that the given end cuts is read up to it', () => {
  const bytes = bytesOf('123.456e7');
  for (let end = 1; end <= bytes.length; end++) {
    const text = '123.456e7'.slice(0, end).replace(/[e.]$/, '');
    assert.equal(parseNumber(bytes, 0, end), Number(text), String(end));
  }
});

function randomDecimal(random: () => number): string {
  const digits = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
  const sign = ['', '-', '+', ''][Math.floor(random() * 4)]!;
  const whole = digits(1 + Math.floor(random() * (random() < 0.1 ? 24 : 8)));
  const fraction = random() < 0.7 ? `.${digits(Math.floor(random() * (random() < 0.2 ? 22 : 8)))}` : '';
  const power = Math.floor(random() * (random() < 0.1 ? 330 : 25));
  const exponent =
    random() < 0.5 ? `${random() < 0.5 ? 'e' : 'E'}${['', '-', '+'][Math.floor(random() * 3)]}${power}` : '';
  return sign + whole + fraction + exponent;
}
