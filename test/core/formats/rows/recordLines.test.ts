import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LogFormat } from '../../../../src/core/formats/format';
import { formatById } from '../../../../src/core/formats/registry';
import { FileLog } from '../../../../src/core/series/fileLog';
import { RISING, rising } from '../../../lib/risingLogs';
import { expectSame, readLog, sampleOf, seeded } from '../check';

const SIZE = 200_000;
/** Of the points; each new shape, such as that of a later epoch, is learnt first. */
const LEAST_SHARE = 0.5;

/** Counts the points that come by the column: those of rows that were read many at a time. */
class CountingLog extends FileLog {
  columns = 0;

  override append(handle: number, steps: Float64Array, values: Float64Array): void {
    this.columns += steps.length;
    super.append(handle, steps, values);
  }
}

/** Reads `bytes` line by line: each line is cut in two, so that none is read together with others. */
function readByLine(format: LogFormat, name: string, bytes: Uint8Array): FileLog {
  const cuts: number[] = [];
  for (let start = 0; start < bytes.length; ) {
    let end = start;
    while (end < bytes.length && bytes[end] !== 0x0a && bytes[end] !== 0x0d) end++;
    if (end > start) cuts.push(start + ((end - start) >> 1));
    start = end + 1;
  }
  return readLog(format, name, bytes, cuts);
}

describe('records that repeat are read many at a time, with the same result', () => {
  for (const each of RISING) {
    const [id, file, , , { apart = false }] = each;
    const format = formatById(id)!;
    const bytes = new Uint8Array(rising(each, SIZE));
    test(`${id}: ${file}`, () => {
      const log = new CountingLog(file);
      const parser = format.open(sampleOf(file, bytes));
      parser.push(bytes, log);
      parser.flush(log);
      expectSame(log, readByLine(format, file, bytes), file);
      assert.ok(apart || log.columns > LEAST_SHARE * log.points, `${log.columns} of ${log.points} points`);
    });
    test(`${id}: ${file} with other bytes here and there`, () => {
      const random = seeded(bytes.length);
      for (let round = 0; round < 10; round++) {
        const mutated = bytes.slice(0, SIZE / 20);
        for (let flip = 0; flip < 6; flip++) {
          const at = Math.floor(random() * mutated.length);
          // Mostly what grammars look at: digits, and bytes that stand elsewhere in the log.
          mutated[at] = random() < 0.5 ? 0x30 + Math.floor(random() * 10) : bytes[Math.floor(random() * bytes.length)]!;
        }
        expectSame(readLog(format, file, mutated), readByLine(format, file, mutated), `${file}: round ${round}`);
      }
    });
  }
});
