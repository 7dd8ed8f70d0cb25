import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineSplitter } from '../../../../src/core/formats/text/lines';
import { MAX_LINE } from '../../../../src/core/limits';
import { bytesOf, seeded } from '../check';

interface Split {
  readonly lines: [text: string, offset: number][];
  readonly tooLong: number[];
}

function split(chunks: readonly Uint8Array[], maxLine = MAX_LINE, flush = true): Split {
  const lines: [string, number][] = [];
  const tooLong: number[] = [];
  const splitter = new LineSplitter((offset) => tooLong.push(offset), maxLine);
  const onLine = (bytes: Uint8Array, start: number, end: number, offset: number) => {
    lines.push([new TextDecoder().decode(bytes.subarray(start, end)), offset]);
  };
  for (const chunk of chunks) splitter.push(chunk, onLine);
  if (flush) splitter.flush(onLine);
  return { lines, tooLong };
}

test('lines end at LF, CR and CRLF, and empty lines are left out', () => {
  assert.deepEqual(split([bytesOf('a\nbc\r\nd\re\n\n\r\nf')]).lines, [
    ['a', 0],
    ['bc', 2],
    ['d', 6],
    ['e', 8],
    ['f', 13],
  ]);
});

test('an unfinished line waits, is given by a flush, and is given whole when its end comes', () => {
  const lines: string[] = [];
  const splitter = new LineSplitter(() => {});
  const onLine = (bytes: Uint8Array, start: number, end: number) =>
    lines.push(new TextDecoder().decode(bytes.subarray(start, end)));
  splitter.push(bytesOf('one\ntw'), onLine);
  assert.deepEqual(lines, ['one']);
  splitter.flush(onLine);
  splitter.flush(onLine);
  splitter.push(bytesOf('o\n'), onLine);
  assert.deepEqual(lines, ['one', 'tw', 'tw', 'two']);
  assert.equal(splitter.offset, 8);
  assert.equal(splitter.holds, false);
});

test('random mixes of line ends give the same lines however they are cut', () => {
  const random = seeded(3);
  for (let round = 0; round < 300; round++) {
    let text = '';
    for (let i = 0; i < 40; i++) text += ['\n', '\r', '\r\n', 'x', 'é', 'long piece '][Math.floor(random() * 6)]!;
    const bytes = bytesOf(text);
    const expected = split([bytes], 30);
    assert.deepEqual(split(cutRandomly(bytes, random), 30), expected);
    assert.deepEqual(
      split(
        Array.from(bytes, (byte) => Uint8Array.of(byte)),
        30,
      ),
      expected,
    );
    assert.deepEqual(split([Buffer.from(bytes)], 30), expected);
  }
});

test('a line of 50 MB is left out and reported once, and the next line is read', () => {
  const piece = new Uint8Array(1024 * 1024).fill(0x2e);
  const chunks = [bytesOf('first\n'), ...new Array<Uint8Array>(50).fill(piece), bytesOf('end\nlast\n')];
  const { lines, tooLong } = split(chunks);
  assert.deepEqual(lines, [
    ['first', 0],
    ['last', 6 + 50 * piece.length + 4],
  ]);
  assert.deepEqual(tooLong, [6]);
});

test('a line of exactly the limit is read, one byte more is not', () => {
  assert.equal(split([bytesOf(`${'a'.repeat(10)}\n`)], 10).lines.length, 1);
  assert.deepEqual(split([bytesOf(`${'a'.repeat(11)}\nb\n`)], 10), { lines: [['b', 12]], tooLong: [0] });
  assert.deepEqual(split([bytesOf('aaaaaa'), bytesOf('aaaaa'), bytesOf('\nb\n')], 10), {
    lines: [['b', 12]],
    tooLong: [0],
  });
});

test('a line that is too long has no flush', () => {
  assert.deepEqual(split([bytesOf('a'.repeat(20))], 10), { lines: [], tooLong: [0] });
});

function cutRandomly(bytes: Uint8Array, random: () => number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, from + 1 + Math.floor(random() * 7));
    chunks.push(bytes.slice(from, to));
    from = to;
  }
  return chunks;
}
