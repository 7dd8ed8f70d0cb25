import type { LogSample } from '../formats/format';
import { PROBE_HEAD, PROBE_TAIL } from '../limits';
import { Content } from './content/content';
import { packingOf, withoutPacking } from './content/encoding';
import type { FileSystem } from './fileSystem';

/** The ends of a file, and what turns its bytes into them; without `content` they are the bytes themselves. */
export interface FileEnds {
  readonly sample: LogSample;
  /** Fresh: it has read nothing yet. */
  readonly content: Content | undefined;
}

/** Both ends of a file of `size` bytes, for detection. Of an archive only its beginning is looked at. */
export async function readEnds(fs: FileSystem, path: string, size: number): Promise<FileEnds> {
  const head = await fs.read(path, 0, Math.min(PROBE_HEAD, size));
  const tailStart = Math.max(head.length, size - PROBE_TAIL);
  const content = Content.of(head, fs);
  if (content !== undefined) return { sample: await unpackedSample(fs, path, head, size), content };
  const tail = tailStart < size ? await fs.read(path, tailStart, size - tailStart) : new Uint8Array(0);
  const ends = { head: tail.length === 0 ? withoutHole(head) : head, tail: withoutHole(tail) };
  const written = tail.length === 0 && head.length === size ? ends.head.length : size;
  return { sample: { name: fs.basename(path), path, size: written, ...ends }, content };
}

/**
 * `bytes` without the zeros at their end: what a network file system shows of a file whose size it knows before its
 * bytes, and what a crash leaves of a file that was growing.
 */
export function withoutHole(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

async function unpackedSample(fs: FileSystem, path: string, packed: Uint8Array, size: number): Promise<LogSample> {
  const content = Content.of(packed, fs)!;
  const head = new Uint8Array(PROBE_HEAD);
  let length = 0;
  await content.push(packed, (piece) => {
    const part = piece.subarray(0, PROBE_HEAD - length);
    head.set(part, length);
    length += part.length;
    return length < PROBE_HEAD;
  });
  content.dispose();
  const isWhole = packed.length === size && length < PROBE_HEAD;
  const name = packingOf(packed) === undefined ? fs.basename(path) : withoutPacking(fs.basename(path));
  const sample = { name, path: fs.join(fs.dirname(path), name), head: head.subarray(0, length) };
  return { ...sample, size: isWhole ? length : Math.max(size, length + 1), tail: new Uint8Array(0) };
}
