// Opening large checkpoints, throughput of rows by type and layout, and what hostile pickles cost.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Checkpoint } from '../../src/core/checkpoints/checkpoint';
import { DTYPES, type DtypeName } from '../../src/core/checkpoints/dtypes';
import { openCheckpoint } from '../../src/core/checkpoints/open';
import { unpickle } from '../../src/core/checkpoints/pickle/unpickle';
import { MAX_PICKLE } from '../../src/core/limits';
import { NodeFileSystem } from '../../src/node/nodeFileSystem';
import { gguf } from '../lib/gguf';

const ROUNDS = 5;
const LAYERS = 40;
const WIDTH = 5120;
const HIDDEN = 13824;
/** Bytes of the files whose rows are read. */
const SIZE = 256 * 1024 * 1024;
const BLOCK_ROWS = 512;

const COLUMNS = 4096;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-checkpoint-'));

async function main(): Promise<void> {
  await benchOpening();
  await benchRows();
  benchPickles();
}

/** A model of 13 billion weights in bfloat16: files with holes, which take no place. */
async function benchOpening(): Promise<void> {
  console.log(
    'opening: time (best of 5), bytes read, memory that stays\n| checkpoint | GB | tensors | ms | kB read | MB |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  const matrices: [string, number, number][] = [['model.embed_tokens', 32000, WIDTH]];
  for (let layer = 0; layer < LAYERS; layer++) {
    for (const name of ['q_proj', 'k_proj', 'v_proj', 'o_proj'])
      matrices.push([`model.layers.${layer}.self_attn.${name}`, WIDTH, WIDTH]);
    for (const name of ['gate_proj', 'up_proj']) matrices.push([`model.layers.${layer}.mlp.${name}`, HIDDEN, WIDTH]);
    matrices.push([`model.layers.${layer}.mlp.down_proj`, WIDTH, HIDDEN]);
  }
  const one = path.join(folder, 'one');
  const sharded = path.join(folder, 'sharded');
  for (const name of [one, sharded]) fs.mkdirSync(name);
  writeSparse(path.join(one, 'model.safetensors'), matrices);
  const map: Record<string, string> = {};
  const shards = 8;
  for (let shard = 0; shard < shards; shard++) {
    const name = `model-0000${shard + 1}-of-00008.safetensors`;
    const part = matrices.filter((_, i) => i % shards === shard);
    for (const [tensor] of part) map[`${tensor}.weight`] = name;
    writeSparse(path.join(sharded, name), part);
  }
  fs.writeFileSync(path.join(sharded, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
  for (const name of [one, sharded]) await reportOpening(name);
}

function writeSparse(file: string, matrices: readonly [string, number, number][]): void {
  let at = 0;
  const header: Record<string, unknown> = {};
  for (const [name, rows, columns] of matrices) {
    header[`${name}.weight`] = { dtype: 'BF16', shape: [rows, columns], data_offsets: [at, at + 2 * rows * columns] };
    at += 2 * rows * columns;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  fs.writeFileSync(file, Buffer.concat([length, text]));
  fs.truncateSync(file, 8 + text.length + at);
}

async function reportOpening(name: string): Promise<void> {
  const bytes = fs.readdirSync(name).reduce((sum, file) => sum + fs.statSync(path.join(name, file)).size, 0);
  const counted = new CountingFileSystem();
  let best = Number.POSITIVE_INFINITY;
  let kept = 0;
  let tensors = 0;
  for (let round = 0; round < ROUNDS; round++) {
    counted.bytes = 0;
    globalThis.gc?.();
    const before = process.memoryUsage();
    const start = performance.now();
    const checkpoint = await openCheckpoint(counted, name);
    best = Math.min(best, performance.now() - start);
    globalThis.gc?.();
    const after = process.memoryUsage();
    kept = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    tensors = checkpoint.tensors.length;
    await checkpoint.close();
  }
  const row = [
    path.basename(name),
    (bytes / 1e9).toFixed(1),
    tensors,
    best.toFixed(1),
    (counted.bytes / 1e3).toFixed(0),
    (kept / 1e6).toFixed(1),
  ];
  console.log(`| ${row.join(' | ')} |`);
}

class CountingFileSystem extends NodeFileSystem {
  bytes = 0;

  override async open(file: string): ReturnType<NodeFileSystem['open']> {
    const opened = await super.open(file);
    return {
      close: () => opened.close(),
      read: (offset, length) => {
        this.bytes += length;
        return opened.read(offset, length);
      },
    };
  }
}

async function benchRows(): Promise<void> {
  console.log(
    `\nrows: ${SIZE / 2 ** 20} MB of one matrix from the page cache, in blocks of ${BLOCK_ROWS} rows, by processor time, best of 5`,
  );
  console.log('| type | layout | GB of file per s | million entries per s |\n| --- | --- | ---: | ---: |');
  const file = plainFile('F32');
  const plain = await timed(() => readPlain(file));
  console.log(`| bytes alone | by rows | ${(SIZE / plain / 1e6).toFixed(2)} | |`);
  for (const name of ['F32', 'BF16', 'F16', 'F8_E4M3', 'F64'] as const)
    await reportRows(name, plainFile(name), 'by rows');
  await reportRows('Q8_0', quantisedFile(), 'by rows');
  await reportRows('F32', columnFile(), 'by columns');
}

async function readPlain(file: string): Promise<void> {
  const opened = await new NodeFileSystem().open(file);
  for (let at = 0; at < SIZE; at += 4 * 2 ** 20) await opened.read(at, 4 * 2 ** 20);
  await opened.close();
}

function plainFile(name: DtypeName): string {
  const rows = SIZE / DTYPES[name].blockBytes / COLUMNS;
  const header = Buffer.from(JSON.stringify({ w: { dtype: name, shape: [rows, COLUMNS], data_offsets: [0, SIZE] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = path.join(folder, 'rows.safetensors');
  fs.writeFileSync(file, Buffer.concat([length, header, Buffer.alloc(SIZE, 0x3c)]));
  return file;
}

function quantisedFile(): string {
  const rows = Math.floor(SIZE / ((COLUMNS / 32) * 34));
  const bytes = Buffer.alloc((rows * COLUMNS * 34) / 32, 0x3c);
  const file = path.join(folder, 'rows.gguf');
  fs.writeFileSync(file, gguf([{ name: 'w', sizes: [COLUMNS, rows], type: 8, bytes }]));
  return file;
}

function columnFile(): string {
  const rows = SIZE / 4 / COLUMNS;
  const header = `{'descr': '<f4', 'fortran_order': True, 'shape': (${rows}, ${COLUMNS}), }`.padEnd(118, ' ');
  const file = path.join(folder, 'rows.npy');
  fs.writeFileSync(
    file,
    Buffer.concat([
      Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]),
      Buffer.from(header),
      Buffer.alloc(SIZE, 0x3c),
    ]),
  );
  return file;
}

async function reportRows(name: DtypeName, file: string, layout: string): Promise<void> {
  const checkpoint = await openCheckpoint(new NodeFileSystem(), file);
  const [tensor] = checkpoint.tensors;
  const entries = tensor!.shape[0] * tensor!.shape[1];
  const ms = await timed(() => readBlocks(checkpoint));
  await checkpoint.close();
  console.log(`| ${name} | ${layout} | ${(SIZE / ms / 1e6).toFixed(2)} | ${(entries / ms / 1e3).toFixed(0)} |`);
}

async function readBlocks(checkpoint: Checkpoint): Promise<void> {
  const [tensor] = checkpoint.tensors;
  const [rows, columns] = tensor!.shape;
  const into = new Float32Array(BLOCK_ROWS * columns);
  for (let row = 0; row < rows; row += BLOCK_ROWS) {
    await checkpoint.readRows(tensor!, row, Math.min(BLOCK_ROWS, rows - row), into);
  }
}

/** Least milliseconds of processor time: other work on the machine does not count. */
async function timed(work: () => Promise<void>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1e3);
  }
  return best;
}

/** Pickles of the largest size that is read, each repeating what costs most for its bytes. */
function benchPickles(): void {
  console.log('\npickles of 64 MB that make as much as they can: time until refused, memory taken\n| of | ms | MB |');
  console.log('| --- | ---: | ---: |');
  const bombs: Readonly<Record<string, string>> = {
    nothing: 'N',
    'whole numbers': 'K\x01',
    floats: 'G\xbf\xf8\x00\x00\x00\x00\x00\x01',
    texts: 'U\x02ab',
    lists: ']',
    'lists in lists': '\x85',
    dictionaries: '}K\x01K\x01s',
    marks: '(',
    names: 'ca\nb\n',
    calls: 'ca\nb\n)R',
    'memory places': 'N\x94',
  };
  for (const [what, text] of Object.entries(bombs)) {
    const bytes = Buffer.from(`]${text.repeat(Math.floor(MAX_PICKLE / text.length))}`, 'latin1');
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    const start = performance.now();
    try {
      unpickle(bytes, new Map());
    } catch {
      const memory = process.memoryUsage().rss - before;
      console.log(
        `| ${what} | ${(performance.now() - start).toFixed(0)} | ${(Math.max(memory, 0) / 1e6).toFixed(0)} |`,
      );
    }
  }
}

void main().finally(() => fs.rmSync(folder, { recursive: true }));
