import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogFormat, Verdict } from '../../../src/core/formats/format';
import { checkChunking, checkFlush, checkHostile, fixture, fixtureNames, sampleOf } from './check';

/** Stride of the cuts in fixtures whose grammar another fixture is cut at each byte for. */
const STRIDE = 5;
const ROUNDS = 60;

/**
 * Tests of every fixture of `format`: `first` is cut at each byte of its first 4 kB, the others at every fifth; all are
 * recognised as `verdicts` says (`yes` unless named), unchanged by a flush, and no fault when damaged.
 */
export function testEachFixture(
  format: LogFormat,
  first: string,
  verdicts: Readonly<Record<string, Verdict>> = {},
): void {
  for (const name of fixtureNames(format.id)) {
    const bytes = fixture(format.id, name);
    test(`${name} is recognised and read alike however it is cut`, () => {
      assert.equal(format.probe(sampleOf(name, bytes)), verdicts[name] ?? 'yes');
      checkChunking(format, name, bytes, name === first ? 1 : STRIDE);
      checkFlush(format, name, bytes);
    });
    test(`${name} cut or damaged is no fault`, () => checkHostile(format, name, bytes, ROUNDS));
  }
}
