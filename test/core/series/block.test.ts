import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seal } from '../../../src/core/series/block';
import { Column } from '../../../src/core/series/column';
import { seeded } from '../formats/check';

const COUNT = 4096;

const bits = new DataView(new ArrayBuffer(8));

/** A double of random bits, NaN only as the one that JavaScript has. */
function anyDouble(random: () => number): number {
  bits.setUint32(0, random() * 2 ** 32);
  bits.setUint32(4, random() * 2 ** 32);
  return bits.getFloat64(0) + 0;
}

/** Values of one kind and the bytes that each takes when sealed. */
const KINDS: readonly (readonly [what: string, bytes: number, value: (i: number, random: () => number) => number])[] = [
  ['steps', 0, (i) => 1000 + 10 * i],
  ['steps that fall', 0, (i) => 5000 - i],
  ['one value', 0, () => 2.5],
  ['steps with a gap', 0.05, (i) => (i < 1000 ? i : i + 50)],
  ['losses of four digits', 2, (_, random) => Number((2 + random()).toFixed(4))],
  ['rates as 1.972E-07', 3.5, (_, random) => Number((6e-4 * random()).toExponential(3))],
  ['a cosine', 1.5, (i) => 3e-4 * (1 + Math.cos((Math.PI * i) / 100_000))],
  ['a rate that falls to zero', 1, (i) => 6e-4 * (1 - i / 100_000)],
  ['seconds since 1970', 4, (i, random) => 1.7e9 + i * 0.3 + Math.round(random() * 1e6) / 1e8],
  ['whole numbers', 4, (_, random) => Math.floor(random() * 1e9)],
  ['32-bit floats', 4, (_, random) => Math.fround(random())],
  [
    '32-bit floats that are not finite',
    4.5,
    (i, random) => [Number.NaN, Number.POSITIVE_INFINITY, -0, Math.fround(random())][i % 4]!,
  ],
  ['losses as doubles', 6.7, (i, random) => 2 + 8 / Math.sqrt(i + 1) + random() / 5],
  ['doubles', 8, (_, random) => random() - 0.5],
  ['zeros of both signs among decimals', 8, (i, random) => (i % 2 === 0 ? -0 : Number(random().toFixed(3)))],
  ['one double among decimals', 8, (i, random) => (i === 4000 ? 1 / 3 : Number(random().toFixed(3)))],
  ['large and small', 8, (i) => (i % 2 === 0 ? 1e300 : 1e-300)],
  ['subnormal', 3, (i) => (i + 1) * Number.MIN_VALUE * (i % 3)],
  ['sixteen digits', 8, (_, random) => Math.floor(random() * Number.MAX_SAFE_INTEGER)],
  ['the bits of any double', 8, (_, random) => anyDouble(random)],
];

for (const [what, bytes, value] of KINDS) {
  test(`${what}: sealed in ${bytes} bytes each, every bit comes back`, () => {
    const random = seeded(3);
    const values = Float64Array.from({ length: COUNT }, (_, i) => value(i, random));
    const block = seal(values);
    assert.equal(block.length, COUNT);
    assert.ok(block.byteLength <= bytes * COUNT, `${block.byteLength} bytes`);
    const copy = new Float64Array(COUNT + 2);
    block.copyTo(copy, 1);
    for (let i = 0; i < COUNT; i++) {
      assert.ok(Object.is(block.at(i), values[i]), `${i}: ${block.at(i)}, not ${values[i]}`);
      assert.ok(Object.is(copy[i + 1], values[i]), `${i}: ${copy[i + 1]}, not ${values[i]}`);
    }
  });
}

test('blocks of any length come back', () => {
  const random = seeded(9);
  for (const [, , value] of KINDS) {
    for (const length of [1, 2, 3, 5, 63, 64, 65, 127, 1000, 4095]) {
      const values = Float64Array.from({ length }, (_, i) => value(i, random));
      const copy = new Float64Array(length);
      seal(values).copyTo(copy, 0);
      for (let i = 0; i < length; i++) assert.ok(Object.is(copy[i], values[i]), `${length}: ${i}`);
    }
  }
});

test('a column is its values, however it was filled, cut and looked at', () => {
  const random = seeded(5);
  for (let round = 0; round < 20; round++) {
    const column = new Column();
    const expected: number[] = [];
    for (let turn = 0; turn < 30; turn++) {
      const action = random();
      if (action < 0.5) {
        const { value } = { value: KINDS[Math.floor(random() * KINDS.length)]![2] };
        const values = Float64Array.from({ length: Math.floor(random() * 6000) }, (_, i) => value(i, random));
        if (random() < 0.7) column.append(values);
        else for (const each of values) column.push(each);
        for (const each of values) expected.push(each);
      } else if (action < 0.7) {
        expected.length = Math.floor(expected.length * random());
        column.truncate(expected.length);
      } else {
        const from = Math.floor(random() * (expected.length + 1));
        const to = from + Math.floor(random() * 9000);
        assert.deepEqual([...column.view(from, to)], expected.slice(from, to));
        const end = Math.min(to, expected.length);
        assert.deepEqual([...column.copy(from, end)], expected.slice(from, end));
      }
    }
    assert.equal(column.length, expected.length);
    assert.deepEqual([...column.view()], expected);
    for (const i of [0, 1, 4095, 4096, expected.length - 1]) {
      assert.ok(Object.is(column.at(i), expected[i] ?? Number.NaN));
    }
  }
});
