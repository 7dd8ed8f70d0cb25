import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { openCheckpoint } from '../../../src/core/checkpoints/open';
import { LosslineError } from '../../../src/core/errors';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';
import { seeded } from '../formats/check';

const ROOT = 'test/fixtures/checkpoints';
const ROUNDS = 250;
/** Entries read of each matrix: enough to meet every path. */
const MAX_ENTRIES = 100_000;

/** The bytes with some of them changed, or the end cut off. */
function damaged(bytes: Uint8Array, next: () => number): Uint8Array {
  if (next() < 0.2) return bytes.slice(0, Math.floor(next() * bytes.length));
  const copy = bytes.slice();
  const changes = 1 + Math.floor(next() * 4);
  for (let i = 0; i < changes; i++) {
    const special = [0, 1, 0x7f, 0x80, 0xff][Math.floor(next() * 10)];
    copy[Math.floor(next() * copy.length)] = special ?? Math.floor(next() * 256);
  }
  return copy;
}

async function readAll(files: MemoryFileSystem, path: string): Promise<void> {
  const checkpoint = await openCheckpoint(files, path);
  for (const tensor of checkpoint.tensors) {
    const [rows, columns] = tensor.shape;
    const count = Math.min(rows, Math.floor(MAX_ENTRIES / columns));
    await checkpoint.readRows(tensor, 0, count).catch(onlyRefused);
  }
  await checkpoint.close();
}

function onlyRefused(error: unknown): void {
  assert.ok(error instanceof LosslineError, String((error as Error)?.stack));
  assert.match(error.code, /^(checkpoint\.invalid|file\.\w+)$/);
}

const folders = fs.readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const samples = folders.flatMap(({ name: folder }) =>
  fs
    .readdirSync(`${ROOT}/${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`),
);

for (const [number, sample] of samples.entries()) {
  test(`${sample} with damage is read or refused, never fatal`, async () => {
    const next = seeded(number + 1);
    const folder = sample.slice(0, sample.lastIndexOf('/'));
    for (let round = 0; round < ROUNDS; round++) {
      const files = new MemoryFileSystem();
      for (const entry of fs.readdirSync(folder)) {
        const bytes = fs.readFileSync(`${folder}/${entry}`);
        files.write(`/run/${entry}`, `${folder}/${entry}` === sample ? damaged(bytes, next) : bytes);
      }
      const name = sample.slice(folder.length + 1);
      await readAll(files, `/run/${name.endsWith('.distcp') ? '.metadata' : name}`).catch(onlyRefused);
    }
  });
}
