import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { unpickle } from '../../../src/core/checkpoints/pickle/unpickle';
import { Global, Inert, PickleDict, type PickleValue } from '../../../src/core/checkpoints/pickle/values';
import { dict, op, pickle } from '../../lib/pickle';

const read = (bytes: Uint8Array): PickleValue => unpickle(bytes, new Map()).value;
const raw = (text: string): PickleValue => read(new Uint8Array(op.raw(text)));

describe('pickles: values', () => {
  // As CPython 3.11 writes them, by protocol.
  const values: readonly [pickle: string, value: PickleValue][] = [
    ['N.', null],
    ['I01\n.', true],
    ['\x80\x02\x89.', false],
    ['I42\n.', 42],
    ['L-7L\n.', -7],
    ['K\xff.', 255],
    ['M\x01\x02.', 513],
    ['J\xfe\xff\xff\xff.', -2],
    ['\x80\x02\x8a\x01\x80.', -128],
    ['\x80\x02\x8a\x00.', 0],
    ['\x80\x02\x8a\x0alü\x9cFù j¨P\x19.', 0x1950a86a20f9469cfc6cn],
    ['F1.5\n.', 1.5],
    ['G\xbf\xf8\x00\x00\x00\x00\x00\x00.', -1.5],
    ["S'ab'\np0\n.", 'ab'],
    ['U\x02ab.', 'ab'],
    ['X\x02\x00\x00\x00\xc3\xa9.', 'é'],
    ['\x80\x04\x95\x06\x00\x00\x00\x00\x00\x00\x00\x8c\x02ab\x94.', 'ab'],
    ['C\x02\x01\x02.', Uint8Array.of(1, 2)],
    ['(lp0\nI1\naI2\na.', [1, 2]],
    ['\x80\x02]q\x00(K\x01K\x02e.', [1, 2]],
    ['\x80\x02K\x01K\x02\x86q\x00.', [1, 2]],
    ['\x80\x04\x8f\x94(K\x01\x90.', [1]],
    ['\x80\x02]q\x00(h\x00h\x00e0N.', null],
    ['(K\x01K\x021N.', null],
  ];
  for (const [bytes, value] of values) test(JSON.stringify(bytes), () => assert.deepEqual(raw(bytes), value));

  test('dictionaries, and names instead of what they name', () => {
    const value = read(pickle(dict({ a: op.whole(1), b: op.global('os', 'system') })));
    assert.ok(value instanceof PickleDict);
    assert.equal(value.get('a'), 1);
    assert.deepEqual(value.get('b'), new Global('os', 'system'));
  });
  test('what objects would be made of', () => {
    const value = raw('\x80\x02ca\nB\n)\x81}X\x01\x00\x00\x00xK\x05sb.');
    assert.ok(value instanceof Inert);
    assert.equal(value.path, 'a.B');
    assert.equal(value.attribute('x'), 5);
  });
  test('every way to make an object is a stub', () => {
    const made = ['(ia\nB\n.', '(ca\nB\no.', 'ca\nB\n)R.', 'ca\nB\n)\x81.', 'ca\nB\n)}\x92.', 'U\x01aU\x01B\x93)R.'];
    for (const bytes of made) {
      const value = raw(bytes);
      assert.ok(value instanceof Inert, JSON.stringify(bytes));
      assert.deepEqual([value.path, value.args], ['a.B', []]);
    }
  });
  test('values that hold themselves end', () => {
    const list = raw('\x80\x02]q\x00h\x00a.') as PickleValue[];
    assert.equal(list[0], list);
  });
});

describe('pickles: what is refused', () => {
  const big = (length: number, code: string): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(length);
    return Buffer.concat([op.raw(`\x80\x02${code}`), bytes, op.raw('....')]);
  };
  const many = (text: string, times: number): Buffer => Buffer.from(text.repeat(times), 'latin1');
  const farPuts = Buffer.alloc(5 * 1_200_000);
  for (let i = 0; i < 1_200_000; i++) {
    farPuts[5 * i] = 0x72;
    farPuts.writeUInt32LE(0xffffffff - 7 * i, 5 * i + 1);
  }
  const faults: readonly [what: string, pickle: Uint8Array, reason: RegExp][] = [
    ['nothing', op.raw(''), /cut off/],
    ['no end', op.raw('\x80\x02N'), /cut off/],
    ['an empty stack', op.raw('.'), /more than it has/],
    ['no mark', op.raw('e.'), /no mark/],
    ['an unknown instruction', op.raw('\xff.'), /no instruction/],
    ['a text longer than the file', big(0xffffffff, 'X'), /cut off/],
    ['bytes longer than memory', op.raw('\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.'), /A length of/],
    ['a whole number of a million digits', op.raw(`L${'9'.repeat(1_000_000)}L\n.`), /digits/],
    ['a whole number of a million bytes', big(1_000_000, '\x8b'), /whole number of 1000000 bytes/],
    ['a memory that is not there', op.raw('h\x05.'), /Nothing was kept/],
    ['the extension registry', op.raw('\x82\x01.'), /extension registry/],
    ['buffers outside', op.raw('\x97.'), /outside itself/],
    ['a list of no list', op.raw('K\x01K\x02a.'), /no list/],
    ['an odd number of items', op.raw('}(K\x01u.'), /no dictionary/],
    ['a name that is no text', op.raw('K\x01K\x02\x93.'), /no text/],
    ['millions of lists', many(']', 6_000_000), /too many objects/],
    ['millions of dictionaries', many('}K\x01K\x01s', 1_500_000), /too many objects/],
    ['a memo in random places', Buffer.concat([op.raw('N'), farPuts]), /too many objects/],
  ];
  for (const [what, bytes, reason] of faults) {
    test(what, () => assert.throws(() => read(bytes), { name: 'PickleFault', message: reason }));
  }
});
