import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectFormat } from '../../../../src/core/formats/detect';
import { formatById } from '../../../../src/core/formats/registry';
import { firstNoText } from '../../../../src/core/formats/text/textCheck';
import { MAX_LINE, MAX_SERIES_PER_FILE, PROBE_HEAD } from '../../../../src/core/limits';
import { bytesOf, checkChunking, readLog, sampleOf } from '../check';

const COUNT = 200;

/** A sound log of each kind: its head, and its record of a step. */
const LOGS: readonly (readonly [id: string, name: string, head: string, record: (step: number) => string])[] = [
  ['jsonl', 'metrics.jsonl', '', (step) => `{"step": ${step}, "loss": ${1 + 1 / step}, "note": "a"}\n`],
  ['csv', 'metrics.csv', 'step,loss\n', (step) => `${step},${1 + 1 / step}\n`],
  ['nanogpt', 'train.log', '', (step) => `iter ${step}: loss ${(1 + 1 / step).toFixed(4)}, time 12.00ms, mfu 40.00%\n`],
];

/** What is put between two records, and where in it the fault lies; `null` where nothing is to be reported. */
const FAULTS: readonly (readonly [what: string, bytes: Uint8Array, at: number])[] = [
  ['bytes of no encoding', Uint8Array.of(0x61, 0x62, 0xff, 0xfe, 0x0a), 2],
  ['a character that is cut off', Uint8Array.of(0x61, 0xe2, 0x96, 0x0a), 1],
  ['an overlong character', Uint8Array.of(0xc0, 0xaf, 0x0a), 0],
  ['a surrogate', Uint8Array.of(0x61, 0xed, 0xa0, 0x80, 0x0a), 1],
  ['a block of zeros', new Uint8Array(5000).fill(0, 0, 4999).fill(0x0a, 4999), 0],
];

function logWith(head: string, record: (step: number) => string, fault: Uint8Array): { bytes: Uint8Array; at: number } {
  const lines = Array.from({ length: COUNT }, (_, i) => record(i + 1));
  const before = bytesOf(head + lines.slice(0, COUNT / 2).join(''));
  const after = bytesOf(lines.slice(COUNT / 2).join(''));
  const bytes = new Uint8Array(before.length + fault.length + after.length);
  bytes.set(before);
  bytes.set(fault, before.length);
  bytes.set(after, before.length + fault.length);
  return { bytes, at: before.length };
}

for (const [id, name, head, record] of LOGS) {
  for (const [what, fault, place] of FAULTS) {
    test(`${id}: ${what} is reported with its place, and the rest is read`, () => {
      const { bytes, at } = logWith(head, record, fault);
      assert.equal(detectFormat(sampleOf(name, bytes))?.format.id, id);
      const log = readLog(formatById(id)!, name, bytes);
      assert.equal(log.find('train_loss')?.length, COUNT);
      const found = log.issues.filter(({ message }) => /no UTF-8 text/.test(message));
      assert.deepEqual(
        found.map(({ code, offset }) => [code, offset]),
        [['line.malformed', at + place]],
      );
      checkChunking(formatById(id)!, name, bytes, 7);
    });
  }

  test(`${id}: a line over the limit is left out and reported with its place`, () => {
    const long = new Uint8Array(MAX_LINE + 10).fill(0x78);
    long[long.length - 1] = 0x0a;
    const { bytes, at } = logWith(head, record, long);
    const log = readLog(formatById(id)!, name, bytes);
    assert.equal(log.find('train_loss')?.length, COUNT);
    assert.deepEqual(
      log.issues.map(({ code, offset }) => [code, offset]),
      [['line.tooLong', at]],
    );
  });
}

test('JSON lines longer than what detection looks at are known, and their series are bounded', () => {
  const keys = Array.from({ length: 30_000 }, (_, i) => `"key${i}": ${i}`).join(', ');
  const bytes = bytesOf([1, 2, 3].map((step) => `{"step": ${step}, "loss": 2.5, ${keys}}\n`).join(''));
  assert.ok(bytes.indexOf(10) > PROBE_HEAD);
  const sample = sampleOf('metrics.jsonl', bytes);
  assert.equal(detectFormat(sample)?.format.id, 'jsonl');
  const log = readLog(formatById('jsonl')!, 'metrics.jsonl', bytes);
  assert.equal(log.find('train_loss')?.length, 3);
  assert.equal(log.allSeries.length, MAX_SERIES_PER_FILE);
  assert.deepEqual(
    log.issues.map(({ code }) => code),
    ['series.tooMany'],
  );
});

test('text of every script and picture is text', () => {
  for (const text of ['loss', 'é', '损失', '▏█', '🚂 run', '\u{10ffff}', '\u0001\u007f', '\ud7ff\ue000']) {
    const bytes = bytesOf(text);
    assert.equal(firstNoText(bytes, 0, bytes.length), -1, text);
  }
  assert.equal(firstNoText(Uint8Array.of(0xf4, 0x90, 0x80, 0x80), 0, 4), 0);
  assert.equal(firstNoText(Uint8Array.of(0x61, 0x00), 0, 2), 1);
});
