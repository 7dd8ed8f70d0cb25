import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { LogFormat, LogSample, RecordSink } from '../../../src/core/formats/format';
import { MAX_ISSUES_PER_FILE, PROBE_HEAD, PROBE_TAIL } from '../../../src/core/limits';
import { FileLog } from '../../../src/core/series/fileLog';

const FIXTURES = path.resolve('test/fixtures/formats');
const SPLIT_LIMIT = 4096;

/** Bytes of the file `name` in the fixture folder of format `id`. */
export function fixture(id: string, name: string): Uint8Array {
  return new Uint8Array(fs.readFileSync(path.join(FIXTURES, id, name)));
}

/** Names of all files in the fixture folder of format `id`, folders inside it included, sorted. */
export function fixtureNames(id: string): string[] {
  const folder = path.join(FIXTURES, id);
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Both ends of `bytes`, as a file called `name` would be probed. */
export function sampleOf(name: string, bytes: Uint8Array): LogSample {
  const head = bytes.subarray(0, PROBE_HEAD);
  const tail = bytes.subarray(Math.max(head.length, bytes.length - PROBE_TAIL));
  return { name: path.basename(name), path: name, size: bytes.length, head, tail };
}

/** Reads `bytes` in chunks that end at `cuts` and flushes. The parser is opened on the sample of the whole. */
export function readLog(format: LogFormat, name: string, bytes: Uint8Array, cuts: readonly number[] = []): FileLog {
  const log = new FileLog(name);
  const parser = format.open(sampleOf(name, bytes));
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    // A copy of its own: parsers may not keep views into a chunk.
    parser.push(bytes.slice(from, cut), log);
    from = cut;
  }
  parser.flush(log);
  return log;
}

/** Everything a log holds, as plain data. Series without points are left out: an unfinished line may have named them. */
export function contentOf(log: FileLog): unknown {
  return {
    unit: log.unit,
    series: log.allSeries
      .filter((series) => series.length > 0)
      .map((series) => ({
        name: series.name,
        label: series.label,
        segments: series.segmentStarts,
        points: Array.from(series.steps.view(), (step, row) => [step, series.values.at(row)]),
      })),
    config: [...log.configEntries],
    facts: log.facts,
    statuses: log.statuses,
    issues: log.issues.map(({ code, offset }) => [code, offset]),
    issuesDropped: log.issuesDropped,
  };
}

/**
 * The same bytes give the same log however they are cut: whole, at every byte of the first 4 kB (every `stride`th where
 * another file of the same kind is cut at each), and byte by byte.
 */
export function checkChunking(format: LogFormat, name: string, bytes: Uint8Array, stride = 1): void {
  const prefix = bytes.subarray(0, SPLIT_LIMIT + 512);
  const whole = readLog(format, name, prefix);
  for (let cut = 1; cut < Math.min(SPLIT_LIMIT, prefix.length); cut += stride) {
    expectSame(readLog(format, name, prefix, [cut]), whole, `${name}: cut at byte ${cut}`);
  }
  const each = Array.from({ length: bytes.length - 1 }, (_, i) => i + 1);
  expectSame(readLog(format, name, bytes, each), readLog(format, name, bytes), `${name}: byte by byte`);
}

/**
 * A flush in the middle of a file, followed by a restore, leaves no trace but in config and plan, which stay by
 * contract. Documents are read again instead and are not checked.
 */
export function checkFlush(format: LogFormat, name: string, bytes: Uint8Array): void {
  const log = new FileLog(name);
  const parser = format.open(sampleOf(name, bytes));
  const stride = Math.max(1, Math.floor(bytes.length / 509));
  for (let from = 0; from < bytes.length; from += stride) {
    parser.push(bytes.slice(from, from + stride), log);
    const mark = log.mark();
    parser.flush(log);
    log.restore(mark);
  }
  parser.flush(log);
  const expected = readLog(format, name, bytes);
  for (const each of [log, expected]) each.configEntries.clear();
  Object.assign(log.facts, expected.facts);
  expectSame(log, expected, `${name}: flush and restore`);
}

/** Two logs hold the same points, issues and facts. */
export function expectSame(actual: FileLog, expected: FileLog, message: string): void {
  if (!isSame(actual, expected)) {
    assert.deepEqual(contentOf(actual), contentOf(expected), message);
    assert.fail(message);
  }
}

/** Compared column by column: a comparison of plain data takes most of the time of these tests. */
function isSame(a: FileLog, b: FileLog): boolean {
  const seriesA = a.allSeries.filter((series) => series.length > 0);
  const seriesB = b.allSeries.filter((series) => series.length > 0);
  const sameSeries = seriesA.every((series, i) => {
    const other = seriesB[i];
    if (other === undefined || series.name !== other.name || series.label !== other.label) return false;
    if (series.length !== other.length || series.segmentStarts.join() !== other.segmentStarts.join()) return false;
    for (let row = 0; row < series.length; row++) {
      if (!Object.is(series.steps.at(row), other.steps.at(row))) return false;
      if (!Object.is(series.values.at(row), other.values.at(row))) return false;
    }
    return true;
  });
  const rest = ({ unit, configEntries, facts, statuses, issues, issuesDropped }: FileLog) =>
    JSON.stringify([
      unit,
      [...configEntries],
      facts,
      statuses,
      issues.map(({ code, offset }) => [code, offset]),
      issuesDropped,
    ]);
  return seriesA.length === seriesB.length && sameSeries && rest(a) === rest(b);
}

/** Cut anywhere and with flipped bytes: never throws, stays within its limits, and says so again for the same bytes. */
export function checkHostile(format: LogFormat, name: string, bytes: Uint8Array, rounds = 200): void {
  const random = seeded(name.length + bytes.length);
  const part = bytes.subarray(0, 32 * 1024);
  for (let i = 0; i < rounds; i++) {
    const end = 1 + Math.floor(random() * part.length);
    checkBounded(readLog(format, name, part.subarray(0, end)));
    const mutated = part.slice();
    const flips = 1 + Math.floor(random() * 8);
    for (let f = 0; f < flips; f++) mutated[Math.floor(random() * mutated.length)] = Math.floor(random() * 256);
    const log = readLog(format, name, mutated);
    checkBounded(log);
    if (i % 20 === 0) {
      const cut = Math.floor(random() * mutated.length);
      expectSame(readLog(format, name, mutated, [cut]), log, `${name}: mutation ${i}`);
    }
  }
}

function checkBounded(log: FileLog): void {
  assert.ok(log.issues.length <= MAX_ISSUES_PER_FILE);
  for (const issue of log.issues)
    assert.ok(issue.offset === null || (Number.isInteger(issue.offset) && issue.offset >= 0));
}

/** Feeds `count` copies of `piece`, one push each: for inputs that are too large to hold. */
export function readRepeated(
  format: LogFormat,
  name: string,
  head: Uint8Array,
  piece: Uint8Array,
  count: number,
): FileLog {
  const log = new FileLog(name);
  const parser = format.open(sampleOf(name, head));
  parser.push(head, log);
  for (let i = 0; i < count; i++) parser.push(piece, log);
  parser.flush(log);
  return log;
}

/** Facts of one series as the collection of samples states them. */
export interface SeriesFacts {
  readonly points: number;
  readonly first: readonly [step: number, value: number];
  readonly last: readonly [step: number, value: number];
  readonly nonFinite?: number;
}

/** The series `name` of `log` has exactly `facts`. */
export function expectSeries(log: FileLog, name: string, facts: SeriesFacts): void {
  const series = log.find(name);
  assert.ok(series, `${log.file}: no series ${name} among ${log.allSeries.map((each) => each.name).join(', ')}`);
  const first = series.first()!;
  const last = series.last()!;
  assert.deepEqual(
    {
      points: series.length,
      first: [first.step, first.value],
      last: [last.step, last.value],
      nonFinite: series.nonFinite,
    },
    { ...facts, nonFinite: facts.nonFinite ?? 0 },
    `${log.file}: ${name}`,
  );
}

/** A sink that takes and forgets: for throughput. */
export function nullSink(): RecordSink {
  let handles = 0;
  const nothing = () => {};
  return {
    series: () => handles++,
    point: nothing,
    stepUnit: nothing,
    config: nothing,
    plan: nothing,
    status: nothing,
    issue: nothing,
  };
}

/** Uniform numbers in [0, 1) that repeat for the same seed. Source: mulberry32, T. Ettinger 2017. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
