import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detectFormat, isBinary } from '../../../src/core/formats/detect';
import type { LogFormat, Verdict } from '../../../src/core/formats/format';
import { FORMATS } from '../../../src/core/formats/registry';
import { bytesOf, fixture, fixtureNames, sampleOf, seeded } from './check';

function fake(id: string, verdict: Verdict, refines?: string): LogFormat {
  const base = FORMATS.find((format) => format.refines === undefined)!;
  return { ...base, id, probe: () => verdict, ...(refines !== undefined && { refines }) };
}

const SAMPLE = sampleOf('a.log', bytesOf('text'));

describe('detectFormat', () => {
  for (const { id } of FORMATS) {
    test(`every fixture of ${id}`, () => {
      for (const name of fixtureNames(id)) {
        assert.equal(detectFormat(sampleOf(name, fixture(id, name)))?.format.id, id, name);
      }
    });
  }
  test('a signature beats guesses; a dialect beats what it refines', () => {
    const of = (...formats: LogFormat[]) => detectFormat(SAMPLE, formats)?.format.id;
    assert.equal(of(fake('a', 'maybe'), fake('b', 'yes')), 'b');
    assert.equal(of(fake('a', 'yes'), fake('b', 'yes', 'a')), 'b');
    assert.equal(of(fake('b', 'yes', 'a'), fake('a', 'yes')), 'b');
    assert.equal(of(fake('a', 'maybe'), fake('csv', 'maybe'), fake('jsonl', 'maybe')), 'jsonl');
    assert.equal(of(fake('a', 'no')), undefined);
  });
  test('binary content, noise and empty files are not guessed at', () => {
    const random = seeded(7);
    const noise = Uint8Array.from({ length: 4096 }, () => Math.floor(random() * 256));
    assert.equal(detectFormat(sampleOf('a.csv', noise)), undefined);
    assert.equal(detectFormat(sampleOf('a.csv', new Uint8Array(0))), undefined);
    assert.equal(detectFormat(sampleOf('a.csv', bytesOf('step,loss\n1,\u0000\n'))), undefined);
    assert.equal(
      detectFormat(sampleOf('a.txt', bytesOf('Lorem ipsum, dolor sit amet.\nConsectetur, adipiscing.\n'))),
      undefined,
    );
  });
  test('colours and progress bars are text', () => {
    assert.ok(!isBinary(bytesOf('\u001b[31mloss 1.0\u001b[0m\r\b\b\tx\n')));
    assert.ok(!isBinary(new Uint8Array(0)));
  });
});
