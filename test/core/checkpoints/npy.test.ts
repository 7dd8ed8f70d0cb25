import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { f32 } from '../../lib/safetensors';
import { matrix, openFiles, pattern, reasons, withRecorded } from './recorded';

/** A file of version 1 with any header. */
function npy(header: string, entries: Uint8Array = f32([1, 2, 3, 4])): Uint8Array {
  const text = Buffer.from(header);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, text, entries]);
}

const header = (descr: string, shape: string): string =>
  `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;

describe('npy', () => {
  test('by rows and by columns', async () => {
    for (const rows of [1, 2, 1000]) {
      await withRecorded('npy/rows.npy', async (checkpoint) => {
        assert.deepEqual(await matrix(checkpoint, 'rows', rows), pattern(8, 5, 7));
      });
      await withRecorded('npy/columns.npy', async (checkpoint) => {
        assert.deepEqual(await matrix(checkpoint, 'columns', rows), pattern(9, 5, 7));
      });
    }
  });
  const lies: readonly [what: string, header: string, reason: RegExp][] = [
    ['big-endian', header('>f4', '(2, 2)'), /big-endian/],
    ['whole numbers', header('<i4', '(2, 2)'), /I32 entries are no weights/],
    ['objects, which are pickles', header('|O', '(2, 2)'), /type O is not known/],
    ['records', "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 2), }", /records/],
    ['a shape too large', header('<f4', '(4, 4)'), /cut off/],
    ['a shape that overflows', header('<f4', '(99999999999, 99999999999)'), /too many entries/],
    ['no shape', "{'descr': '<f4', 'fortran_order': False}", /no shape/],
    ['a name of every object', header('toString', '(2, 2)'), /not known/],
  ];
  for (const [what, text, reason] of lies) {
    test(what, async () => assert.match(reasons(await openFiles({ 'w.npy': npy(text) })).w!, reason));
  }
  test('a header that is longer than its file is refused', async () => {
    const bytes = npy(header('<f4', '(2, 2)')).slice(0, 30);
    await assert.rejects(openFiles({ 'w.npy': bytes }), { code: 'checkpoint.invalid', file: '/run/w.npy' });
  });
});
