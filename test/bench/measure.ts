// What the benchmarks of readers share. Processor time counts, not the clock: it hardly depends on what else runs.
import type { LogFormat } from '../../src/core/formats/format';
import { READ_CHUNK } from '../../src/core/limits';
import { FileLog } from '../../src/core/series/fileLog';
import { sampleOf } from '../core/formats/check';

const ROUNDS = 4;

/** MB per second of processor time that `run` takes for `size` bytes, the best of several rounds. */
export function rate(size: number, run: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    globalThis.gc?.();
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return size / least;
}

/** Reads all of `bytes` into a log, in the pieces that a followed file is read in. */
export function readAll(format: LogFormat, name: string, bytes: Buffer): FileLog {
  const log = new FileLog(name);
  const parser = format.open(sampleOf(name, bytes));
  for (let at = 0; at < bytes.length; at += READ_CHUNK) parser.push(bytes.subarray(at, at + READ_CHUNK), log);
  parser.flush(log);
  return log;
}

/** Number of line feeds: the least that a reader of lines can do. */
export function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}
