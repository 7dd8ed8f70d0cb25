import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { Content } from '../../../src/core/sources/content/content';
import { OffsetMap } from '../../../src/core/sources/content/offsetMap';
import { Utf16 } from '../../../src/core/sources/content/utf16';
import { FollowedFile } from '../../../src/core/sources/followedFile';
import { NodeInflater } from '../../../src/node/nodeInflater';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';
import { contentOf, seeded } from '../formats/check';

const host = { inflater: () => new NodeInflater() };
const plain = new Uint8Array(fs.readFileSync('test/fixtures/formats/llmcMainLog/buildNanogpt.log'));
const half = plain.length >> 1;
const zstd = new Uint8Array(fs.readFileSync('test/fixtures/packed/buildNanogpt.log.zst'));

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function utf16(text: string, isBigEndian = false): Uint8Array {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return new Uint8Array(isBigEndian ? bytes.swap16() : bytes);
}

/** Each way to keep the log `plain`, by the name of its file. */
const KEPT: Readonly<Record<string, Uint8Array>> = {
  'train.log.gz': zlib.gzipSync(plain),
  'no-ending': zlib.gzipSync(plain, { level: 1 }),
  'members.log.gz': joined(zlib.gzipSync(plain.subarray(0, half)), zlib.gzipSync(plain.subarray(half))),
  'padded.log.gz': joined(zlib.gzipSync(plain), new Uint8Array(1000)),
  'train.log.zst': zstd,
  'little.log': utf16(Buffer.from(plain).toString()),
  'big.log': utf16(Buffer.from(plain).toString(), true),
  'marked.log': joined(new Uint8Array([0xef, 0xbb, 0xbf]), plain),
  'both.log.gz': zlib.gzipSync(utf16(Buffer.from(plain).toString())),
};

async function follow(name: string, bytes: Uint8Array, cuts: readonly number[] = []): Promise<FollowedFile> {
  const files = new MemoryFileSystem();
  const file = new FollowedFile(files, `/${name}`);
  for (const cut of [...cuts, bytes.length]) {
    files.write(`/${name}`, bytes.slice(0, cut));
    await file.poll();
  }
  file.readAhead();
  return file;
}

const asLog = async (name: string, bytes: Uint8Array, cuts?: readonly number[]) => {
  const file = await follow(name, bytes, cuts);
  assert.equal(file.logs.length, 1, `${name} is one log`);
  return contentOf(file.log!);
};

for (const [name, bytes] of Object.entries(KEPT)) {
  test(`${name} holds what the plain log holds, whole and as it grows`, async () => {
    const expected = await asLog('train.log', plain);
    assert.deepEqual(await asLog(name, bytes), expected);
    const random = seeded(bytes.length);
    const cuts = Array.from({ length: 40 }, () => Math.floor(random() * bytes.length)).sort((a, b) => a - b);
    assert.deepEqual(await asLog(name, bytes, cuts), expected);
  });
}

test('cut at every byte, the content of an archive is the same', async () => {
  const text = 'step:1/9 train_loss:5.25\n'.repeat(3);
  const archives = [zlib.gzipSync(text), joined(zlib.gzipSync(text.slice(0, 30)), zlib.gzipSync(text.slice(30)))];
  for (const archive of archives) {
    for (let cut = 1; cut < archive.length; cut++) {
      const content = Content.of(archive, host)!;
      const pieces: Uint8Array[] = [];
      const take = (piece: Uint8Array) => pieces.push(piece.slice()) > 0;
      await content.push(archive.subarray(0, cut), take);
      assert.ok(content.isOpen || cut === archives[1]!.indexOf(0x1f, 20), `open at ${cut}`);
      await content.push(archive.subarray(cut), take);
      assert.equal(Buffer.concat(pieces).toString(), text, `cut at ${cut}`);
      assert.equal(content.isOpen, false);
    }
  }
});

test('an archive that is cut off keeps what was read and says so, until it goes on', async () => {
  for (const name of ['train.log.gz', 'train.log.zst']) {
    const bytes = KEPT[name]!;
    const files = new MemoryFileSystem();
    files.write(`/${name}`, bytes.slice(0, bytes.length - 9));
    const file = new FollowedFile(files, `/${name}`);
    await file.poll();
    file.readAhead();
    assert.deepEqual(
      file.log!.issues.map(({ code, offset }) => [code, offset]),
      [['archive.open', bytes.length - 9]],
    );
    files.write(`/${name}`, bytes);
    await file.poll();
    assert.deepEqual(contentOf(file.log!), await asLog('train.log', plain), name);
  }
});

test('a damaged archive is read up to the damage, and the damage is named with its place', async () => {
  const whole = (await follow('train.log', plain)).log!.points;
  const places = {
    'train.log.gz': KEPT['train.log.gz']!.length >> 1,
    'train.log.zst': Buffer.from(zstd).indexOf(zstd.subarray(0, 4), 4),
  };
  for (const [name, place] of Object.entries(places)) {
    const bytes = KEPT[name]!.slice();
    bytes.fill(0xff, place, place + 64);
    const { log } = await follow(name, bytes);
    const [issue] = log!.issues;
    assert.equal(issue?.code, 'archive.damaged', name);
    assert.ok(Math.abs(issue.offset! - place) <= 16 * 1024, `${name}: ${issue.offset} for ${place}`);
    assert.ok(log!.points > 0.2 * whole && log!.points < whole, `${name}: ${log!.points} of ${whole}`);
  }
});

test('flipped bytes anywhere in an archive are never a fault of the reader', async () => {
  const random = seeded(7);
  for (const bytes of [KEPT['members.log.gz']!, zstd]) {
    for (let round = 0; round < 40; round++) {
      const damaged = bytes.slice();
      for (let i = 0; i < 4; i++) damaged[4 + Math.floor(random() * (bytes.length - 4))] = Math.floor(random() * 256);
      const file = await follow('x.log', damaged);
      assert.equal(file.fault, undefined);
    }
  }
});

test('a bomb is left where it exceeds what logs unpack to', async () => {
  const record = 'step:1/9 train_loss:5.25 train_time:1ms step_avg:1ms\n';
  const gzip = zlib.gzipSync(joined(Buffer.from(record.repeat(2000)), new Uint8Array(300 * 1024 * 1024)));
  // A block of 128 kB that repeats one byte.
  const repeat = new Uint8Array([0x02, 0, 0x10, 0x41]);
  const window = new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58]);
  const zstdBomb = joined(window, ...Array.from({ length: 4000 }, () => repeat));
  for (const bomb of [new Uint8Array(gzip), zstdBomb]) {
    const content = Content.of(bomb, host)!;
    let size = 0;
    await content.push(bomb, (piece) => {
      size += piece.length;
      return true;
    });
    assert.equal(content.fault?.code, 'archive.tooLarge');
    assert.ok(content.fault.offset < bomb.length);
    assert.ok(size <= 64 * 1024 * 1024 + 200 * (bomb.length + 32 * 1024), `${size}`);
  }
});

test('frames that ask for more memory or work than a log needs are refused before it is taken', async () => {
  const take = () => true;
  const greedy = new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 0x98, 0, 0, 0, 0]);
  const memory = Content.of(greedy, host)!;
  await memory.push(greedy, take);
  assert.match(memory.fault!.message, /asks for 536870912 bytes/);
  const empty = new Uint8Array([0x00, 0, 0]);
  const blocks = joined(
    new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 0x78]),
    ...Array.from({ length: 3000 }, () => empty),
  );
  const work = Content.of(blocks, host)!;
  await work.push(blocks, take);
  assert.match(work.fault!.message, /too many blocks/);
});

test('characters of UTF-16 are those of UTF-8, cut anywhere, and their places are those of the file', () => {
  const text = 'step 1 │ löss ≈ 3.5 😀 \ud800 x \udc00\n日本 step 2';
  const encoded = utf16(text).subarray(2);
  for (let cut = 0; cut <= encoded.length; cut++) {
    const offsets = new OffsetMap();
    const decoder = new Utf16(false, offsets, 2);
    const bytes = Buffer.concat([decoder.push(encoded.subarray(0, cut)).slice(), decoder.push(encoded.subarray(cut))]);
    assert.equal(bytes.toString(), Buffer.from(text).toString(), `cut at ${cut}`);
    const place = bytes.indexOf('step 2');
    assert.equal(offsets.fileOffset(place), 2 + 2 * text.indexOf('step 2'));
  }
});

test('issues of a log in UTF-16 name bytes of the file', async () => {
  const good = '{"step": 1, "loss": 2.5}\n{"step": 2, "loss": 2.4}\n{"step": 3, "loss": 2.3}\n';
  const file = await follow('l.jsonl', utf16(`${good}{"löss": 4, "loss": 2.2}\n`));
  assert.deepEqual(
    file.log!.issues.map(({ code, offset }) => [code, offset]),
    [['step.missing', 2 + 2 * good.length]],
  );
});
