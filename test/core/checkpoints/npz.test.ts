import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ZipPart, zip } from '../../lib/zip';
import { matrix, openFiles, pattern, reasons, withRecorded } from './recorded';

describe('npz', () => {
  for (const name of ['stored', 'deflated']) {
    test(name, () =>
      withRecorded(`npz/${name}.npz`, async (checkpoint) => {
        assert.deepEqual(await matrix(checkpoint, 'q_proj', 4), pattern(10, 6, 4));
        assert.deepEqual(await matrix(checkpoint, 'q_proj', 1), pattern(10, 6, 4));
        assert.deepEqual(reasons(checkpoint), { steps: 'I64 entries are no weights', bias: 'a vector, not a matrix' });
      }),
    );
  }

  const rows = 300;
  const columns = 1000;
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0, ...Buffer.from(header)]);
  const array = (first: number): Buffer => Buffer.concat([start, Buffer.from(pattern(first, rows, columns).buffer)]);

  test('deflated arrays are read in turns, by blocks, forwards and backwards', async () => {
    const parts = [1, 2].map((k) => ({ name: `w${k}.npy`, bytes: array(k), deflate: true }));
    const checkpoint = await openFiles({ 'm.npz': zip(parts) });
    for (const row of [0, 250, 100, 299]) {
      const blocks = await Promise.all(checkpoint.tensors.map((tensor) => checkpoint.readRows(tensor, row, 1)));
      for (const [i, { values }] of blocks.entries()) {
        assert.deepEqual(values, pattern(i + 1, rows, columns).subarray(row * columns, (row + 1) * columns));
      }
    }
  });
  test('content that is larger than announced, damaged or not deflated is refused', async () => {
    const bytes = array(1);
    const reasonOf = async (lie: Partial<ZipPart>): Promise<string> => {
      return reasons(await openFiles({ 'm.npz': zip([{ name: 'w.npy', bytes, deflate: true, ...lie }]) })).w!;
    };
    assert.match(await reasonOf({ size: bytes.length - 4 }), /cut off|larger than/);
    assert.match(await reasonOf({ size: 20 }), /outside|larger than/);
    assert.match(await reasonOf({ deflate: false, method: 8 }), /damaged|ends at/);
    assert.match(await reasonOf({ size: 2n ** 62n, bytes: new Uint8Array(0) }), /ends at byte 0/);
  });
});
