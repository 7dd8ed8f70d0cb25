import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { openCheckpoint } from '../../../src/core/checkpoints/open';
import { NodeFileSystem } from '../../../src/node/nodeFileSystem';
import { dict, pickle, tensor } from '../../lib/pickle';
import { f32, withHeader } from '../../lib/safetensors';
import { zip } from '../../lib/zip';
import { matrix } from './recorded';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-large-'));
after(() => fs.rmSync(folder, { recursive: true }));

const VALUES = Float32Array.of(1, 2, 3, 4);

/** A file with these bytes at these places and holes, which take no room, between them. */
function sparse(name: string, size: number, parts: readonly (readonly [at: number, bytes: Uint8Array])[]): string {
  const file = path.join(folder, name);
  const descriptor = fs.openSync(file, 'w');
  fs.ftruncateSync(descriptor, size);
  for (const [at, bytes] of parts) fs.writeSync(descriptor, bytes, 0, bytes.length, at);
  fs.closeSync(descriptor);
  return file;
}

/** A file system that counts what it is asked for. */
class Counting extends NodeFileSystem {
  bytes = 0;

  override async open(file: string): ReturnType<NodeFileSystem['open']> {
    const opened = await super.open(file);
    const read: typeof opened.read = (offset, length) => {
      this.bytes += length;
      return opened.read(offset, length);
    };
    return { read, close: () => opened.close() };
  }
}

test('the last rows of 20 GB of safetensors, with a few hundred bytes read', async () => {
  const before = 20e9;
  const header = JSON.stringify({
    large: { dtype: 'BF16', shape: [100_000, 100_000], data_offsets: [0, before] },
    w: { dtype: 'F32', shape: [2, 2], data_offsets: [before, before + 16] },
  });
  const start = withHeader(header);
  const size = start.length + before + 16;
  const file = sparse('model.safetensors', size, [
    [0, start],
    [size - 16, f32(VALUES)],
  ]);
  const counting = new Counting();
  const checkpoint = await openCheckpoint(counting, file);
  assert.deepEqual(await matrix(checkpoint, 'w'), VALUES);
  assert.ok(counting.bytes < 1000, String(counting.bytes));
  const large = checkpoint.tensors.find(({ name }) => name === 'large')!;
  assert.deepEqual((await checkpoint.readRows(large, 99_999, 1)).values, new Float32Array(100_000));
  await checkpoint.close();
});

test('an archive of 5 GB: places beyond 32 bits', async () => {
  const base = 5e9;
  const hole = { name: 'a/data/1', bytes: new Uint8Array(0) };
  const local = zip([hole]).subarray(0, 30 + hole.name.length);
  const data = pickle(dict({ w: tensor({}) }));
  const parts = [
    { name: 'a/data.pkl', bytes: data, header: BigInt(base) },
    { name: 'a/data/0', bytes: f32(VALUES), header: BigInt(base + 40 + data.length) },
  ];
  const stored = BigInt(base - local.length);
  const plain = zip([...parts, { ...hole, size: stored, stored, header: 0 }]);
  // The third entry lies at the start of the file; here only its row of the directory is wanted.
  const end = plain.length - 22;
  const directory = plain.readUInt32LE(end + 16);
  const cut = Buffer.concat([plain.subarray(0, directory - local.length), plain.subarray(directory, end)]);
  const record = base + cut.length;
  const claims = {
    start: BigInt(base + directory - local.length),
    size: BigInt(end - directory),
    record: BigInt(record),
    count: 3n,
  };
  const records = zip([], { count: 0xffff, size: 0xffffffff, start: 0xffffffff, wide: claims });
  const file = sparse('model.pt', record + records.length, [
    [0, local],
    [base, cut],
    [record, records],
  ]);
  const checkpoint = await openCheckpoint(new NodeFileSystem(), file);
  assert.deepEqual(await matrix(checkpoint, 'w'), VALUES);
  await checkpoint.close();
});
