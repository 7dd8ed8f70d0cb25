// Throughput of every text format and of event files on one thread, from bytes to columns, beside a plain count of the
// line feeds of the same bytes, and of JSON lines beside JSON.parse. The inputs are the records of real logs, repeated
// with rising steps. Arguments: part of a format's id, MB of each input.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { crc32c } from '../../src/core/formats/protobuf/crc32c';
import { formatById } from '../../src/core/formats/registry';
import { seeded } from '../core/formats/check';
import { event, record, scalar, VERSION } from '../lib/eventFile';
import { RISING, rising } from '../lib/risingLogs';
import { countLines, rate, readAll } from './measure';

const TABLES: readonly (readonly [id: string, what: string, file: string])[] = [
  ['csv', 'step, lr, loss', 'multipowerlawLong.csv'],
  ['csv', 'Lightning, half the cells empty', 'lightningV3.csv'],
  ['csv', '15 columns of 17 digits', 'algoperfEval.csv'],
  ['csv', 'W&B panel, all quoted', 'wandbPanel.csv'],
  ['jsonl', 'LLaMA-Factory', 'llamaFactory.jsonl'],
  ['jsonl', 'detectron2', 'detectron2.json'],
  ['tensorboard', 'verl, 62 tags', 'verl.tfevents'],
  ['tensorboard', 'Keras, graphs and scalars', 'kerasTrain.tfevents'],
];

const wanted = process.argv[2] ?? '';
const size = Number(process.argv[3] ?? 100) * 1e6;

console.log('MB per second of processor time, best of 4');
console.log('| format | input | into a log | line feeds | beside |\n| --- | --- | ---: | ---: | --- |');
// A process for each format: the compiler knows nothing of the others.
const ids = [...new Set([...RISING.map(([id]) => id), 'torchtune', ...TABLES.map(([id]) => id)])];
if (process.argv[4] === undefined) {
  for (const id of ids.filter((each) => each.includes(wanted))) {
    const rest = [id, String(size / 1e6), 'one'];
    const { stdout } = spawnSync(process.execPath, ['--expose-gc', __filename, ...rest], { encoding: 'utf8' });
    process.stdout.write(
      stdout
        .split('\n')
        .filter((line) => line.startsWith(`| ${id} |`))
        .map((line) => `${line}\n`)
        .join(''),
    );
  }
} else measure();

function measure(): void {
  for (const each of RISING) if (each[0] === wanted) report(wanted, each[1], each[1], rising(each, size));
  if (wanted === 'torchtune') report('torchtune', 'log_1.txt', 'log_1.txt', torchtune());
  for (const [id, what, file] of TABLES) if (id === wanted) report(id, what, file, repeated(id, file));
  if (wanted === 'jsonl') report('jsonl', '12 keys', 'own.jsonl', ownLines());
  if (wanted === 'tensorboard') report('tensorboard', 'six scalars per step', 'events.out.tfevents.1', scalars());
}

function report(id: string, what: string, name: string, bytes: Buffer): void {
  const format = formatById(id)!;
  const read = rate(bytes.length, () => readAll(format, name, bytes));
  const feeds = rate(bytes.length, () => countLines(bytes));
  console.log(`| ${id} | ${what} | ${read.toFixed(0)} | ${feeds.toFixed(0)} | ${beside(id, bytes)} |`);
}

function beside(id: string, bytes: Buffer): string {
  if (id === 'jsonl') return `JSON.parse ${rate(bytes.length, () => parseEach(bytes)).toFixed(0)}`;
  if (id === 'csv') return `split and Number ${rate(bytes.length, () => splitEach(bytes)).toFixed(0)}`;
  if (id !== 'tensorboard') return '';
  return `CRC-32C alone ${rate(bytes.length, () => crc32c(bytes, 0, bytes.length)).toFixed(0)}`;
}

function parseEach(bytes: Buffer): number {
  let keys = 0;
  for (const line of bytes.toString('utf8').split('\n'))
    if (line !== '') keys += Object.keys(JSON.parse(line) as object).length;
  return keys;
}

function splitEach(bytes: Buffer): number {
  let sum = 0;
  for (const line of bytes.toString('latin1').split('\n')) for (const cell of line.split(',')) sum += Number(cell);
  return sum;
}

function fixture(id: string, file: string): Buffer {
  return fs.readFileSync(path.resolve('test/fixtures/formats', id, file));
}

/** A file whole, then again and again without its header. */
function repeated(id: string, file: string): Buffer {
  const whole = fixture(id, file);
  const body = id === 'csv' ? whole.subarray(whole.indexOf(10) + 1) : whole;
  return Buffer.concat([whole, ...new Array<Buffer>(Math.ceil(size / body.length)).fill(body)]);
}

function torchtune(): Buffer {
  const count = Math.ceil(size / 110);
  const line = (i: number): string =>
    `Step ${i + 1} | loss:${(2 + 1 / (i + 1)).toFixed(12)} lr:1.9723e-05 tokens_per_second_per_gpu:${1800 + (i % 37)}.25 grad_norm:0.7312 \n`;
  return Buffer.concat(
    Array.from({ length: count / 1000 }, (_, block) =>
      Buffer.from(Array.from({ length: 1000 }, (_row, i) => line(block * 1000 + i)).join('')),
    ),
  );
}

/** What Megatron-LM logs with each step. */
function scalars(): Buffer {
  const tags = ['learning-rate', 'batch-size', 'lm loss', 'loss-scale', 'grad-norm', 'iteration-time'];
  const random = seeded(2);
  const parts: Buffer[] = [Buffer.from(VERSION)];
  for (let step = 1, total = 0; total < size / 10; step++) {
    const block = tags.flatMap((tag) => record(event(step, [scalar(tag, random())], 1.7e9 + step)));
    parts.push(Buffer.from(block));
    total += block.length;
  }
  // Event files are made slowly: a tenth of the size, ten times over.
  const steps = Buffer.concat(parts.slice(1));
  return Buffer.concat([parts[0]!, ...new Array<Buffer>(10).fill(steps)]);
}

function ownLines(): Buffer {
  const random = seeded(1);
  const parts: Buffer[] = [];
  let total = 0;
  for (let step = 1; total < size; ) {
    let block = '';
    for (let i = 0; i < 5000; i++, step++) {
      const [loss, lr, norm, time] = [2 + random(), 3e-4 * random(), random(), random()];
      block += `${JSON.stringify({ step, 'train/loss': loss, 'train/lr': lr, grad_norm: norm, tokens: step * 524288, epoch: step / 5000, mfu: 0.4 + time / 10, step_time: time, memory: 61.25, z_loss: norm / 1e4, timestamp: 1.7e9 + step, host: 'node-17' })}\n`;
    }
    parts.push(Buffer.from(block));
    total += block.length;
  }
  return Buffer.concat(parts);
}
