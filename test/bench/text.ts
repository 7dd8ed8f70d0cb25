// Throughput of the console formats on one thread, beside a plain count of the line feeds of the same bytes.
// Run: node tools/bench.mjs text, or bundle this file with esbuild and start it with Node.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { LogFormat } from '../../src/core/formats/format';
import { megatron } from '../../src/core/formats/megatron';
import { nanogpt } from '../../src/core/formats/nanogpt';
import { READ_CHUNK } from '../../src/core/limits';
import { FileLog } from '../../src/core/series/fileLog';
import { sampleOf } from '../core/formats/check';

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
  report(`${format.id}: read into series`, bytes.length, () => readAll(format, file, bytes));
}

function countLines(bytes: Buffer): string {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines++;
  return `${lines} lines`;
}

function readAll(format: LogFormat, file: string, bytes: Buffer): string {
  const log = new FileLog(file);
  const parser = format.open(sampleOf(file, bytes));
  for (let at = 0; at < bytes.length; at += READ_CHUNK) parser.push(bytes.subarray(at, at + READ_CHUNK), log);
  parser.flush(log);
  return `${log.points} points`;
}

/** Best of several rounds: the others measure what else the machine does. */
function report(name: string, size: number, run: () => string): void {
  let best = Number.POSITIVE_INFINITY;
  let result = '';
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    result = run();
    best = Math.min(best, performance.now() - start);
  }
  console.log(`${name.padEnd(36)} ${(size / best / 1e3).toFixed(0).padStart(6)} MB/s  ${result}`);
}
