import { READ_CHUNK } from '../limits';
import type { FileSystem } from './fileSystem';
import { olderParts } from './rotated';
import { readEnds } from './sample';

/** Where the reading of a log ended: its offset, and the bytes before that. */
export interface ReadMark {
  readonly offset: number;
  readonly seam: Uint8Array;
}

/**
 * Reads the rest of the log `path` out of its newest older part, when a rotation renamed and packed it at once: hands what
 * the part holds behind `mark` to `take`, if the bytes before that are those that were read. Nothing is taken from a part
 * that is not packed, holds another text or is damaged before `mark`.
 */
export async function readPackedRest(
  fs: FileSystem,
  path: string,
  { offset, seam }: ReadMark,
  take: (rest: Uint8Array) => void,
): Promise<void> {
  const part = (await olderParts(fs, path)).at(-1);
  const stat = part === undefined ? undefined : await fs.stat(part);
  if (part === undefined || stat === undefined || seam.length === 0) return;
  const { content } = await readEnds(fs, part, stat.size);
  if (content === undefined) return;
  let at = 0;
  let isOurs = true;
  try {
    for (let from = 0; from < stat.size && isOurs; ) {
      const piece = await fs.read(part, from, Math.min(READ_CHUNK, stat.size - from));
      if (piece.length === 0) break;
      from += piece.length;
      await content.push(piece, (text) => {
        isOurs = agrees(text, at, seam, offset - seam.length);
        if (isOurs && at + text.length > offset) take(text.subarray(Math.max(0, offset - at)));
        at += text.length;
        return isOurs;
      });
    }
  } finally {
    content.dispose();
  }
}

/** Whether `text`, which stands at `at`, has the bytes of `seam`, which stands at `start`, where they overlap. */
function agrees(text: Uint8Array, at: number, seam: Uint8Array, start: number): boolean {
  const from = Math.max(at, start);
  const to = Math.min(at + text.length, start + seam.length);
  for (let i = from; i < to; i++) if (text[i - at] !== seam[i - start]) return false;
  return true;
}
