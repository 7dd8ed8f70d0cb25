import { type ByteSource, copyOf } from './byteSource';

const FIRST_PIECE = 1024 * 1024;

/**
 * What `parse` makes of the start of `source` when nobody knows how long that is: it is given 1 MB, then twice as much
 * as long as it throws what `isCut` calls a lack of bytes and there are more of them, up to `most`. The bytes it is
 * given are its own.
 */
export async function readPrefix<T>(
  source: ByteSource,
  most: number,
  parse: (bytes: Uint8Array) => T,
  isCut: (error: unknown) => boolean,
): Promise<T> {
  const end = Math.min(source.size, most);
  for (let length = Math.min(FIRST_PIECE, end); ; length = Math.min(2 * length, end)) {
    const bytes = await source.read(0, length, copyOf);
    try {
      return parse(bytes);
    } catch (error) {
      if (length === end || !isCut(error)) throw error;
    }
  }
}
