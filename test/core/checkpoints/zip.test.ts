import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CheckpointFiles } from '../../../src/core/checkpoints/bytes/fileBytes';
import { ZipArchive } from '../../../src/core/checkpoints/bytes/zip';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';
import { zip } from '../../lib/zip';

async function open(bytes: Uint8Array): Promise<ZipArchive> {
  const fs = new MemoryFileSystem();
  fs.write('/a.pt', bytes);
  return ZipArchive.open(await new CheckpointFiles(fs).source('/a.pt'), fs.inflater);
}

async function text(archive: ZipArchive, name: string): Promise<string> {
  const source = archive.content(name)!;
  return source.read(0, source.size, (bytes) => new TextDecoder().decode(bytes));
}

const a = { name: 'a', bytes: Buffer.from('aaaaaaaaaa') };
const b = { name: 'b', bytes: Buffer.from('bb') };

describe('zip archives', () => {
  test('stored and deflated entries, a comment, zip64', async () => {
    const deflated = await open(zip([a, { ...b, deflate: true }]));
    assert.equal(await text(deflated, 'a'), 'aaaaaaaaaa');
    assert.equal(await text(deflated, 'b'), 'bb');
    assert.equal(deflated.content('c'), undefined);
    const commented = Buffer.from(zip([a]));
    commented.writeUInt16LE(5, commented.length - 2);
    assert.equal(await text(await open(Buffer.concat([commented, Buffer.from('hello')])), 'a'), 'aaaaaaaaaa');
    const wide = zip([{ ...a, size: 10n, stored: 10n, header: 0n }], {
      count: 0xffff,
      size: 0xffffffff,
      start: 0xffffffff,
      wide: {},
    });
    assert.equal(await text(await open(wide), 'a'), 'aaaaaaaaaa');
    assert.equal(await text(await open(zip([a], { wide: {} })), 'a'), 'aaaaaaaaaa');
    assert.deepEqual([...(await open(zip([]))).entries], []);
  });

  const lies: readonly [what: string, bytes: Uint8Array, message: RegExp][] = [
    ['no directory', Buffer.from('PK\x03\x04'), /cut off/],
    ['a cut end', zip([a]).subarray(0, 60), /cut off/],
    ['a directory elsewhere', zip([a], { start: 5 }), /cannot be/],
    ['a directory longer than it is', zip([a], { size: 1000 }), /cannot be/],
    ['more entries than fit', zip([a], { count: 900 }), /cannot be/],
    ['more entries than there are', zip([{ ...a, name: 'a'.repeat(60) }], { count: 2 }), /broken/],
    ['zip64 of 2^63 entries', zip([a], { count: 0xffff, wide: { count: 2n ** 63n } }), /cannot be/],
    ['zip64 of 2^63 bytes', zip([a], { size: 0xffffffff, wide: { size: 2n ** 63n } }), /cannot be/],
    ['zip64 that contradicts', zip([a], { wide: { count: 7n } }), /contradict/],
    ['zip64 behind the file', zip([a], { wide: { record: 2n ** 60n } }), /cannot be at/],
    ['zip64 where none is', zip([a], { wide: { record: 3n } }), /record is missing/],
    ['an entry longer than the file', zip([{ ...a, size: 10_000, stored: 10_000 }]), /outside the file/],
    ['an entry of 2^63 bytes', zip([{ ...a, size: 2n ** 63n, stored: 2n ** 63n }]), /outside the file/],
    ['an entry behind the file', zip([{ ...a, header: 2n ** 40n }]), /outside the file/],
    ['two entries of the same bytes', zip([a, { ...b, header: 0 }]), /overlaps/],
    ['an entry inside another', zip([{ ...a, size: 41, stored: 41 }, b]), /overlaps/],
    ['the same name twice', zip([a, { ...b, name: 'a' }]), /Two entries/],
    ['a name that leads out', zip([{ ...a, name: '../../etc/passwd' }]), /leads out/],
    ['a name from the root', zip([{ ...a, name: '/etc/passwd' }]), /leads out/],
    ['a name that leads out in Windows', zip([{ ...a, name: 'x\\..\\y' }]), /leads out/],
    ['encryption', zip([{ ...a, flags: 1 }]), /encrypted/],
    ['another compression', zip([{ ...a, method: 93 }]), /method 93/],
    ['a stored entry of two sizes', zip([{ ...a, size: 99 }]), /differ/],
    [
      'zip64 sizes that are missing',
      zip([{ ...a, size: 0xffffffff - 0 }]).map((byte, i, all) => (i === all.length - 22 - 12 ? 9 : byte)),
      /zip64|cannot be|broken/,
    ],
  ];
  for (const [what, bytes, message] of lies) {
    test(`${what}: refused`, async () => {
      await assert.rejects(open(bytes), { code: 'checkpoint.invalid', file: '/a.pt', message });
    });
  }
  test('a header of its own that pushes an entry into the next is refused at its first read', async () => {
    const bytes = Buffer.from(zip([a, b]));
    bytes.writeUInt16LE(20, 28);
    await assert.rejects(text(await open(bytes), 'a'), { code: 'checkpoint.invalid', message: /overlaps/ });
    bytes.writeUInt32LE(0, 0);
    await assert.rejects(text(await open(bytes), 'a'), { code: 'checkpoint.invalid', message: /header of an entry/ });
  });
});
