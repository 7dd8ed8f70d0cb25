// Throughput of the console formats on one thread, beside a plain count of the line feeds of the same bytes. Processor
// time counts, not the clock: it hardly depends on what else the machine does. An argument picks formats by their id.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { deepspeed } from '../../src/core/formats/deepspeed';
import type { LogFormat, RecordSink } from '../../src/core/formats/format';
import { gptNeox } from '../../src/core/formats/gptNeox';
import { keyValue } from '../../src/core/formats/keyValue';
import { litgpt } from '../../src/core/formats/litgpt';
import { llmc } from '../../src/core/formats/llmc';
import { llmcMainLog } from '../../src/core/formats/llmcMainLog';
import { moddedNanogpt } from '../../src/core/formats/moddedNanogpt';
import { nanochat } from '../../src/core/formats/nanochat';
import { torchtitan } from '../../src/core/formats/torchtitan';
import { torchtune } from '../../src/core/formats/torchtune';
import { verl } from '../../src/core/formats/verl';
import { READ_CHUNK } from '../../src/core/limits';
import { nullSink, sampleOf } from '../core/formats/check';

const SIZE = 100e6;
const ROUNDS = 4;
const LF = 0x0a;

interface Case {
  readonly format: LogFormat;
  /** Fixture; of it the lines that hold `lines`. */
  readonly file: string;
  readonly lines: RegExp;
}

const CASES: readonly Case[] = [
  { format: moddedNanogpt, file: 'valueEmbed.txt', lines: /^step:/ },
  { format: llmcMainLog, file: 'main.log', lines: /^s:/ },
  { format: llmc, file: 'slurm750.log', lines: /^step |^val loss/ },
  { format: nanochat, file: 'speedrunD24.log', lines: /^step |^Step / },
  { format: gptNeox, file: 'pretrain70m.out', lines: /samples\/sec|validation results/ },
  { format: deepspeed, file: 'chatSft.log', lines: /step=/ },
  { format: torchtitan, file: 'noColor.log', lines: /step: / },
  { format: torchtitan, file: 'ansi.log', lines: /step: / },
  { format: litgpt, file: 'zeroToLitgpt.txt', lines: /^Epoch/ },
  { format: verl, file: 'onPolicyDistillation.log', lines: /^step:/ },
  { format: keyValue, file: 'epflAdamw.log', lines: /Iter=/ },
];
/** torchtune's file, whose fixture is a bar. */
const TORCHTUNE = Array.from(
  { length: 1000 },
  (_, i) =>
    `Step ${i + 1} | loss:${(2 + 1 / (i + 1)).toFixed(12)} lr:1.9723e-05 tokens_per_second_per_gpu:${1800 + (i % 37)}.25 grad_norm:0.7312 \n`,
).join('');

const wanted = process.argv[2] ?? '';
for (const { format, file, lines } of CASES) {
  const text = fs.readFileSync(path.resolve('test/fixtures/formats', format.id, file), 'utf8');
  measure(
    format,
    file,
    `${text
      .split(/\r?\n/)
      .filter((line) => lines.test(line))
      .join('\n')}\n`,
  );
}
measure(torchtune, 'log_1.txt', TORCHTUNE);

function measure(format: LogFormat, file: string, text: string): void {
  if (!format.id.includes(wanted)) return;
  const part = Buffer.from(text);
  const bytes = Buffer.concat(new Array<Buffer>(Math.ceil(SIZE / part.length)).fill(part)).subarray(0, SIZE);
  const count = report(bytes.length, () => countLines(bytes));
  const parsed = report(bytes.length, () => readAll(format, file, bytes, nullSink()));
  console.log(`${`${format.id} ${file}`.padEnd(40)} ${mega(parsed)} MB/s   line feeds counted: ${mega(count)} MB/s`);
}

function mega(rate: number): string {
  return rate.toFixed(0).padStart(6);
}

function countLines(bytes: Buffer): void {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1));
}

function readAll(format: LogFormat, file: string, bytes: Buffer, sink: RecordSink): void {
  const parser = format.open(sampleOf(file, bytes));
  for (let at = 0; at < bytes.length; at += READ_CHUNK) parser.push(bytes.subarray(at, at + READ_CHUNK), sink);
  parser.flush(sink);
}

/** MB/s of the best of several rounds: the first ones are compiled while they run. */
function report(size: number, run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1e3);
  }
  return size / best / 1e3;
}
