// Opens 100 MB logs with the follower, format detection and parser, from disk to columns, beside a plain newline count
// of the same file. Memory is what stays after the log is read.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { READ_CHUNK } from '../../src/core/limits';
import { FollowedFile } from '../../src/core/sources/followedFile';
import { NodeFileSystem } from '../../src/node/nodeFileSystem';

const SIZE = 100e6;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-bench-'));

/** Rows with rising steps until the file has its size; the number of points is kept for the memory column. */
function write(name: string, head: string, row: (step: number) => string): string {
  const file = path.join(folder, name);
  const handle = fs.openSync(file, 'w');
  fs.writeSync(handle, head);
  let size = 0;
  for (let step = 0; size < SIZE; ) {
    let block = '';
    for (let i = 0; i < 10_000; i++, step++) block += row(step);
    size += fs.writeSync(handle, block);
  }
  fs.closeSync(handle);
  return file;
}

const loss = (step: number): string => (2 + 8 / Math.sqrt(step + 1) + ((step * 7919) % 97) / 500).toFixed(4);

const FILES = [
  write(
    'train.jsonl',
    '',
    (step) => `{"step": ${step}, "loss": ${loss(step)}, "grad_norm": 0.${(step * 31) % 1000}, "lr": 0.0006}\n`,
  ),
  write(
    'nanogpt.log',
    '',
    (step) => `iter ${step}: loss ${loss(step)}, time 291.${step % 100}ms, mfu 43.${step % 100}%\n`,
  ),
];

async function newlines(file: string): Promise<number> {
  const handle = await fs.promises.open(file);
  const buffer = Buffer.allocUnsafe(READ_CHUNK);
  let count = 0;
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, READ_CHUNK, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    for (let i = buffer.indexOf(10); i >= 0 && i < bytesRead; i = buffer.indexOf(10, i + 1)) count++;
  }
  await handle.close();
  return count;
}

async function main(): Promise<void> {
  console.log('file            MB   newline count   follow + parse        points   heap + buffers after');
  for (const file of FILES.filter((name) => name.includes(process.argv[2] ?? ''))) {
    const megabytes = fs.statSync(file).size / 1e6;
    const counts: number[] = [];
    const follows: number[] = [];
    let kept: FollowedFile | undefined;
    for (let round = 0; round < 5; round++) {
      let from = performance.now();
      await newlines(file);
      counts.push(performance.now() - from);
      from = performance.now();
      kept = new FollowedFile(new NodeFileSystem(), file);
      await kept.poll();
      for (const { steps, values } of kept.log!.allSeries)
        if (steps.view().length !== values.view().length) throw new Error();
      follows.push(performance.now() - from);
    }
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const speed = (times: number[]): string =>
      `${(megabytes / (Math.min(...times) / 1000)).toFixed(0).padStart(6)} MB/s`;
    console.log(
      `${path.basename(file).padEnd(14)} ${megabytes.toFixed(0).padStart(3)} ${speed(counts).padStart(15)} ${speed(follows).padStart(16)}` +
        ` ${String(kept!.log!.points).padStart(13)} ${((heapUsed + arrayBuffers) / 1e6).toFixed(0).padStart(10)} MB`,
    );
  }
  fs.rmSync(folder, { recursive: true, force: true });
}

void main();
