// Throughput of the console formats with blocks, bars and JSON records on one thread, beside a plain count of the line
// feeds of the same bytes. Processor time counts, not the clock. An argument picks formats by their id.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { composer } from '../../src/core/formats/composer';
import { detectron2 } from '../../src/core/formats/detectron2';
import { fairseq } from '../../src/core/formats/fairseq';
import type { LogFormat } from '../../src/core/formats/format';
import { keras } from '../../src/core/formats/keras';
import { levanter } from '../../src/core/formats/levanter';
import { maxtext } from '../../src/core/formats/maxtext';
import { mllog } from '../../src/core/formats/mllog';
import { mmengine } from '../../src/core/formats/mmengine';
import { nemo } from '../../src/core/formats/nemo';
import { olmo } from '../../src/core/formats/olmo';
import { READ_CHUNK } from '../../src/core/limits';
import { nullSink, sampleOf } from '../core/formats/check';

const SIZE = 50e6;
const ROUNDS = 5;
const LF = 0x0a;

/** Fixtures, and the lines or drawings of them that are repeated. */
const CASES: readonly (readonly [format: LogFormat, file: string, lines: RegExp])[] = [
  [composer, 'llmFoundry.txt', /./],
  [olmo, 'olmoCore.log', /eta=|train|optim|throughput/],
  [fairseq, 'bigRun1.log', /train_inner/],
  [fairseq, 'simple.log', /train_inner/],
  [maxtext, 'maxtest.txt', /./],
  [levanter, 'nohup.out', /^\r?train:.*loss/],
  [nemo, 'slurm.out', /global_step/],
  [mllog, 'llama31.txt', /tracked_stats/],
  [detectron2, 'log.txt', /iter: /],
  [mmengine, 'iters.log', /Iter\(train\)/],
  [mmengine, 'mmcv.log', /Epoch \[/],
  [mmengine, 'scalars.json', /iter/],
  [keras, 'keras2.log', /ETA/],
  [keras, 'keras3.log', /step -/],
];

const wanted = process.argv[2] ?? '';
for (const [format, file, lines] of CASES) {
  if (!format.id.includes(wanted)) continue;
  const text = fs.readFileSync(path.resolve('test/fixtures/formats', format.id, file), 'utf8');
  const kept = text.split(/(?<=[\r\n])/).filter((line) => lines.test(line));
  const part = Buffer.from(`Epoch 1/1\n${kept.join('')}`);
  const bytes = Buffer.concat(new Array<Buffer>(Math.ceil(SIZE / part.length)).fill(part)).subarray(0, SIZE);
  const counted = rate(bytes, () => countLines(bytes));
  const parsed = rate(bytes, () => readAll(format, file, bytes));
  console.log(`${`${format.id} ${file}`.padEnd(28)} ${mega(parsed)} MB/s   line feeds counted: ${mega(counted)} MB/s`);
}

function mega(value: number): string {
  return value.toFixed(0).padStart(6);
}

function countLines(bytes: Buffer): void {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1));
}

function readAll(format: LogFormat, file: string, bytes: Buffer): void {
  const sink = nullSink();
  const parser = format.open(sampleOf(file, bytes));
  for (let at = 0; at < bytes.length; at += READ_CHUNK) parser.push(bytes.subarray(at, at + READ_CHUNK), sink);
  parser.flush(sink);
}

/** Best of several rounds, in MB/s: the first ones are compiled while they run. */
function rate(bytes: Buffer, run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, user + system);
  }
  return bytes.length / best;
}
