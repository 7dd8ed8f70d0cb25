import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogFormat, Verdict } from '../../../src/core/formats/format';
import type { FileLog } from '../../../src/core/series/fileLog';
import { bytesOf, checkChunking, checkFlush, checkHostile, fixture, fixtureNames, readLog, sampleOf } from './check';

/** Bytes between two cuts of a fixture that is not the first of its format. */
const STRIDE = 3;

/** Reads the lines `text` with `format`. */
export function readText(format: LogFormat, text: string | readonly string[]): FileLog {
  return readLog(format, 'train.log', bytesOf(typeof text === 'string' ? text : `${text.join('\n')}\n`));
}

/** Reads the fixture `name` of `format`. */
export function readFixture(format: LogFormat, name: string): FileLog {
  return readLog(format, name, fixture(format.id, name));
}

/** What `format` says of the file with the lines `text`. */
export function probeText(format: LogFormat, text: string | readonly string[]): Verdict {
  return format.probe(sampleOf('train.log', bytesOf(typeof text === 'string' ? text : `${text.join('\n')}\n`)));
}

/** The stated plan without its places. */
export function planOf(log: FileLog): Record<string, unknown> {
  return Object.fromEntries(Object.entries(log.facts).map(([key, fact]) => [key, fact.value]));
}

/** All points of the series `name` as pairs of step and value. */
export function pointsOf(log: FileLog, name: string): [step: number, value: number][] {
  const series = log.find(name);
  assert.ok(series, `no series ${name} among ${log.allSeries.map((each) => each.name).join(', ')}`);
  return Array.from(series.steps.view(), (step, row) => [step, series.values.at(row)]);
}

/**
 * Tests of every fixture of `format`: it is recognised as `verdicts` says (`yes` unless named), the same however it is
 * cut, unchanged by a flush, and no fault when damaged.
 */
export function testFixtures(format: LogFormat, verdicts: Readonly<Record<string, Verdict>> = {}): void {
  for (const [i, name] of fixtureNames(format.id).entries()) {
    const verdict = verdicts[name] ?? 'yes';
    test(`${name} is recognised and read alike however it is cut`, () => {
      const bytes = fixture(format.id, name);
      assert.equal(format.probe(sampleOf(name, bytes)), verdict);
      checkChunking(format, name, bytes, i === 0 ? 1 : STRIDE);
      checkFlush(format, name, bytes);
    });
    test(`${name} cut or damaged is no fault`, () => checkHostile(format, name, fixture(format.id, name)));
  }
}

/** Lines with everything that terminals and launchers add; `line` gives the record of a step. */
export function dressed(line: (step: number) => string): string {
  const coloured = line(3).replace(/(\w+)([:=| ])/g, '\x1b[32m$1\x1b[0m$2');
  return (
    `\ufeff${line(1)}\r\n0: ${line(2)}\r\n[rank0]: ${coloured}\r\n` +
    `2026-05-20T05:40:06.123Z stdout F ${line(4)}\r\x1b[K${line(5)}\r\n(main pid=7) ${line(6)}\n`
  );
}
