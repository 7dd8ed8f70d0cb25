import assert from 'node:assert/strict';
import type { Checkpoint } from '../../../src/core/checkpoints/checkpoint';
import { openCheckpoint } from '../../../src/core/checkpoints/open';
import { NodeFileSystem } from '../../../src/node/nodeFileSystem';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

/** What `use` makes of a recorded checkpoint of `test/fixtures/checkpoints`, which is closed again. */
export async function withRecorded<T>(name: string, use: (checkpoint: Checkpoint) => Promise<T> | T): Promise<T> {
  const checkpoint = await openCheckpoint(new NodeFileSystem(), `test/fixtures/checkpoints/${name}`);
  try {
    return await use(checkpoint);
  } finally {
    await checkpoint.close();
  }
}

/** A checkpoint of files in memory, by their names in one folder. */
export function openFiles(files: Readonly<Record<string, Uint8Array | string>>, path = ''): Promise<Checkpoint> {
  const fs = new MemoryFileSystem();
  for (const [name, bytes] of Object.entries(files)) fs.write(`/run/${name}`, bytes);
  return openCheckpoint(fs, path === '' ? '/run' : `/run/${path}`);
}

/** Why each tensor that was not read was not. */
export function reasons({ skipped }: Checkpoint): Record<string, string> {
  return Object.fromEntries(skipped.map(({ name, reason }) => [name, reason]));
}

/** The tensor with number `k` in the recorded checkpoints, as `make.py` fills it. */
export function pattern(k: number, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, i) => (((i * (2 * k + 3)) % 31) - 15) / 8);
}

/** The transpose of a matrix of that many rows. */
export function transposed(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  return Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
}

/** All rows of the tensor called `name`, read in blocks of `rowsPerBlock`. */
export async function matrix(checkpoint: Checkpoint, name: string, rowsPerBlock = 1000): Promise<Float32Array> {
  const tensor = checkpoint.tensors.find((candidate) => candidate.name === name);
  assert.ok(tensor, `${name} is not among ${checkpoint.tensors.map((one) => one.name).join(', ')}`);
  const [rows, columns] = tensor.shape;
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += rowsPerBlock) {
    const block = await checkpoint.readRows(tensor, row, Math.min(rowsPerBlock, rows - row));
    assert.equal(block.nonFinite, 0);
    values.set(block.values, row * columns);
  }
  return values;
}
