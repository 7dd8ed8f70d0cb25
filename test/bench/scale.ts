// How reading grows with the size of a log, and what many followed runs cost. Each measurement is a process of its own.
// `npm run build` first: fits run on the product's own threads. Arguments: `sizes [MB…]`, `runs [NUMBER of the series]`, `idle`; all without.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Engine } from '../../src/core/engine/engine';
import { READ_CHUNK } from '../../src/core/limits';
import { FollowedFile } from '../../src/core/sources/followedFile';
import { NodeFileSystem } from '../../src/node/nodeFileSystem';
import { SystemClock } from '../../src/node/systemClock';
import { ThreadPool } from '../../src/node/threadPool';

const SIZES = [1, 10, 100, 1000, 5000];
const RUNS = 200;
const POINTS = 100_000;
const IDLE_SECONDS = 30;

/** One record of each kind of log. */
const RECORDS: Readonly<Record<string, (step: number) => string>> = {
  'console.log': (step) =>
    ` iteration ${String(step).padStart(8)}/ 9000000 | consumed samples: ${String(step * 256).padStart(12)} | elapsed time per iteration (ms): ${(480 + wave(step) * 9).toFixed(1)} | learning rate: ${(6e-4 * wave(step)).toExponential(3)} | global batch size:   256 | lm loss: ${loss(step).toExponential(6)} | loss scale: 2048.0 | grad norm: ${(1 + wave(step)).toFixed(3)} |\n`,
  'metrics.jsonl': (step) =>
    `{"step": ${step}, "train/loss": ${loss(step)}, "lr": ${6e-4 * wave(step)}, "grad_norm": ${1 + wave(step)}, "tokens": ${step * 524288}, "epoch": ${step / 5000}, "step_time": ${0.3 + wave(step) / 10}}\n`,
  'metrics.csv': (step) => `${step},${6e-4 * wave(step)},${loss(step)}\n`,
};
const HEADS: Readonly<Record<string, string>> = { 'metrics.csv': 'step,lr,loss\n' };

function wave(step: number): number {
  return ((step * 7919) % 9973) / 9973;
}

function loss(step: number): number {
  return 2 + 8 / Math.sqrt(step + 1) + wave(step) / 5;
}

function cosine(step: number): number {
  return 3e-4 * (1 + Math.cos((Math.PI * step) / POINTS));
}

/** Writes records to `file` until it has `size` bytes; returns the step after the last. */
function grow(file: string, size: number, from: number): number {
  const record = RECORDS[path.basename(file)]!;
  const handle = fs.openSync(file, 'a');
  let written = fs.fstatSync(handle).size;
  if (written === 0) written += fs.writeSync(handle, HEADS[path.basename(file)] ?? '');
  let step = from;
  while (written < size) {
    let block = '';
    for (let i = 0; i < 2000; i++) block += record(step++);
    written += fs.writeSync(handle, block);
  }
  fs.closeSync(handle);
  return step;
}

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

/** Reads `file` as the product does, from disk to columns. */
async function measureFile(file: string): Promise<void> {
  const size = fs.statSync(file).size;
  let from = process.cpuUsage();
  await newlines(file);
  const counted = cpu(from);
  const rss = process.memoryUsage.rss();
  from = process.cpuUsage();
  const followed = new FollowedFile(new NodeFileSystem(), file);
  await followed.poll();
  const read = cpu(from);
  const points = followed.log?.points ?? 0;
  const grown = process.memoryUsage.rss() - rss;
  const values = points * 8;
  console.log(
    `| ${path.basename(file)} | ${mega(size)} | ${mega(size / read)} | ${mega(size / counted)} | ${points} | ${mega(grown)} | ${mega(values)} |`,
  );
}

/** Follows many runs with the real engine; prints what they cost. */
async function measureRuns(folder: string, seconds: number): Promise<void> {
  const worker = path.resolve('dist/worker.js');
  const engine = new Engine({
    fs: new NodeFileSystem(),
    pool: new ThreadPool(worker, 1),
    clock: new SystemClock(),
    log: { info: () => undefined, warn: () => undefined },
  });
  globalThis.gc?.();
  const rss = process.memoryUsage.rss();
  const from = process.cpuUsage();
  for (const name of fs.readdirSync(folder)) await engine.add(path.join(folder, name));
  await engine.settle();
  const read = cpu(from);
  const points = engine.runs().reduce((sum, run) => sum + run.points, 0);
  const afterRead = process.memoryUsage.rss() - rss;
  await engine.fitted();
  globalThis.gc?.();
  const afterFits = process.memoryUsage.rss() - rss;
  const series = engine.runs()[0]!.files[0]!.logs[0]!.allSeries.map(({ name }) => name);
  let idle = '';
  if (seconds > 0) {
    // A minute after the last growth looks become rarer; the share of one processor is printed for both phases.
    const shares: string[] = [];
    for (let phase = 0; phase < 4; phase++) {
      const before = process.cpuUsage();
      await new Promise((done) => setTimeout(done, seconds * 1000));
      shares.push(`${((100 * cpu(before)) / 1e6 / seconds).toFixed(2)} %`);
    }
    idle = shares.join(', ');
  }
  console.log(
    `| ${engine.runs().length} | ${series.join(', ')} | ${points} | ${(read / 1e6).toFixed(1)} | ${mega(afterRead)} | ${mega(afterFits)} | ${idle} |`,
  );
  engine.dispose();
}

function cpu(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return user + system;
}

function mega(bytes: number): string {
  return (bytes > 1e5 ? bytes / 1e6 : bytes).toFixed(bytes > 1e5 ? 0 : 0);
}

function again(...args: string[]): void {
  spawnSync(process.execPath, ['--expose-gc', __filename, ...args], { stdio: 'inherit' });
}

function sizes(folder: string, megabytes: readonly number[]): void {
  console.log(
    '| log | MB | MB/s of processor time | line feeds counted | points | RSS growth, MB | 8 bytes per point, MB |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const name of Object.keys(RECORDS)) {
    const file = path.join(folder, name);
    let step = 1;
    for (const size of megabytes) {
      step = grow(file, size * 1e6, step);
      again('file', file);
    }
    fs.rmSync(file);
  }
}

function runs(folder: string, seconds: number, only?: number): void {
  console.log(
    '| runs | series | points | seconds to read | RSS growth, MB | after all fits | idle: share of a processor |',
  );
  console.log('| ---: | --- | ---: | ---: | ---: | ---: | --- |');
  const kinds = [
    (step: number) => `{"step": ${step}, "loss": ${loss(step).toFixed(4)}}\n`,
    (step: number) =>
      `{"step": ${step}, "loss": ${loss(step).toFixed(4)}, "lr": ${(6e-4 * wave(step)).toExponential(3)}}\n`,
    // What trainers log: a rounded loss, a rate as Python computes it, a norm that was a 32-bit float.
    (step: number) =>
      `{"step": ${step}, "loss": ${loss(step).toFixed(4)}, "lr": ${cosine(step)}, "grad_norm": ${Math.fround(1 + wave(step))}}\n`,
    (step: number) =>
      `{"step": ${step}, "loss": ${loss(step)}, "lr": ${6e-4 * wave(step)}, "grad_norm": ${1 + wave(step)}}\n`,
  ];
  for (const line of only === undefined ? kinds : [kinds[only]!]) {
    const text = Array.from({ length: POINTS }, (_, i) => line(i + 1)).join('');
    for (let run = 0; run < RUNS; run++) fs.writeFileSync(path.join(folder, `run${run}.jsonl`), text);
    again('follow', folder, String(seconds));
  }
}

async function main(): Promise<void> {
  const [what = 'all', ...rest] = process.argv.slice(2);
  if (what === 'file') return measureFile(rest[0]!);
  if (what === 'follow') return measureRuns(rest[0]!, Number(rest[1]));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-scale-'));
  try {
    if (what === 'all' || what === 'sizes') sizes(folder, rest.length > 0 ? rest.map(Number) : SIZES);
    if (what === 'all' || what === 'runs') runs(folder, 0, rest.length > 0 ? Number(rest[0]) : undefined);
    if (what === 'idle') runs(folder, IDLE_SECONDS);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

void main();
