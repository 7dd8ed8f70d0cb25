// Throughput of the console formats on one thread, beside a plain count of the line feeds of the same bytes. Processor
// time counts, not the clock: it hardly depends on what else the machine does.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { LogFormat, RecordSink } from '../../src/core/formats/format';
import { megatron } from '../../src/core/formats/megatron';
import { nanogpt } from '../../src/core/formats/nanogpt';
import { READ_CHUNK } from '../../src/core/limits';
import { FileLog } from '../../src/core/series/fileLog';
import { nullSink, sampleOf } from '../core/formats/check';

const SIZE = 100e6;
const ROUNDS = 5;
const LF = 0x0a;

interface Case {
  readonly format: LogFormat;
  readonly file: string;
  /** First byte of the part that is repeated, as text to look for. */
  readonly from: string;
}

const CASES: readonly Case[] = [
  { format: nanogpt, file: 'nanogpt/wandbOutput.log', from: 'iter 0:' },
  { format: megatron, file: 'megatron/randomLtd.log', from: ' iteration ' },
];

for (const { format, file, from } of CASES) {
  const sample = fs.readFileSync(path.resolve('test/fixtures/formats', file));
  const part = sample.subarray(Math.max(0, sample.indexOf(from)));
  const bytes = Buffer.concat(new Array<Buffer>(Math.ceil(SIZE / part.length)).fill(part)).subarray(0, SIZE);
  report(`${format.id}: count of line feeds`, bytes.length, () => countLines(bytes));
  report(`${format.id}: parsed`, bytes.length, () => {
    readAll(format, file, bytes, nullSink());
    return '';
  });
  report(`${format.id}: parsed into series`, bytes.length, () => {
    const log = new FileLog(file);
    readAll(format, file, bytes, log);
    return `${log.points} points`;
  });
}

function countLines(bytes: Buffer): string {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines++;
  return `${lines} lines`;
}

function readAll(format: LogFormat, file: string, bytes: Buffer, sink: RecordSink): void {
  const parser = format.open(sampleOf(file, bytes));
  for (let at = 0; at < bytes.length; at += READ_CHUNK) parser.push(bytes.subarray(at, at + READ_CHUNK), sink);
  parser.flush(sink);
}

/** Best of several rounds: the first ones are compiled while they run. */
function report(name: string, size: number, run: () => string): void {
  let best = Number.POSITIVE_INFINITY;
  let result = '';
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    result = run();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1e3);
  }
  console.log(`${name.padEnd(36)} ${(size / best / 1e3).toFixed(0).padStart(6)} MB/s  ${result}`);
}
