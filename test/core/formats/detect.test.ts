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

test('a guess is what no name tells', () => {
  const guessed = (name: string, text: string) => detectFormat(sampleOf(name, bytesOf(text)))?.guessed;
  assert.equal(guessed('a.csv', 'step,loss,lr\n1,2.5,0.1\n2,2.4,0.1\n3,2.3,0.1\n'), false);
  assert.equal(guessed('a.csv', '1,2.5\n2,2.4\n3,2.3\n'), true);
  assert.equal(guessed('a.csv', 'loss\tlr\n2.5\t0.1\n2.4\t0.1\n'), true);
  assert.equal(guessed('a.jsonl', '{"step":1,"loss":2.5}\n{"step":2,"loss":2.4}\n'), false);
  assert.equal(guessed('a.jsonl', '{"loss":2.5}\n{"loss":2.4}\n'), true);
  assert.equal(guessed('a.log', 'step 1 loss 2.5\nstep 2 loss 2.4\nstep 3 loss 2.3\n'), true);
});
