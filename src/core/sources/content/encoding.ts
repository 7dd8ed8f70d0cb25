/** How the text of a log is written down. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';
export type Packing = 'gzip' | 'zstd';

/** A byte order mark: bytes of it, and what follows it. */
export interface ByteOrderMark {
  readonly bytes: readonly number[];
  readonly encoding: TextEncoding;
}

const PACKINGS: readonly { readonly bytes: readonly number[]; readonly packing: Packing }[] = [
  // RFC 1952, section 2.3: the mark, and deflate as the only method there is.
  { bytes: [0x1f, 0x8b, 0x08], packing: 'gzip' },
  // RFC 8878, section 3.1.1.
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], packing: 'zstd' },
];
/** Source: The Unicode Standard, section 23.8. */
const MARKS: readonly ByteOrderMark[] = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
];

/** What a file that begins with `head` is packed with, or `undefined` when it is not. Names do not count. */
export function packingOf(head: Uint8Array): Packing | undefined {
  return PACKINGS.find(({ bytes }) => startsWith(head, bytes))?.packing;
}

/** The byte order mark that `head` begins with, or `undefined`. */
export function markOf(head: Uint8Array): ByteOrderMark | undefined {
  return MARKS.find(({ bytes }) => startsWith(head, bytes));
}

/** `name` without the ending that says what a file is packed with. */
export function withoutPacking(name: string): string {
  return name.replace(/\.(?:gz|zst|zstd)$/i, '');
}

function startsWith(head: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, i) => head[i] === byte);
}
