import type { FileSystem } from './fileSystem';

/** Bytes of a file that are looked through for lines: settings stand at its start. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The line, from 1, that each byte offset of a text file lies in. Offsets beyond the first 4 MB and those of a file that cannot be read
 * are left out.
 */
export async function linesAt(fs: FileSystem, path: string, offsets: readonly number[]): Promise<Map<number, number>> {
  const wanted = [...new Set(offsets)].filter((offset) => offset < MAX_BYTES).sort((a, b) => a - b);
  const lines = new Map<number, number>();
  const last = wanted.at(-1);
  if (last === undefined) return lines;
  const bytes = await fs.read(path, 0, last + 1).catch(() => new Uint8Array(0));
  let line = 1;
  let at = 0;
  for (const offset of wanted) {
    if (offset >= bytes.length) break;
    for (; at < offset; at++) if (bytes[at] === 0x0a) line++;
    lines.set(offset, line);
  }
  return lines;
}
