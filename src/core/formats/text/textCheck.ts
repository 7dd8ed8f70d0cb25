import type { RecordSink } from '../format';

/**
 * Finds bytes that are no text: NUL, which a crash leaves where a block was never written, and what is not UTF-8. The
 * first place in a file is reported, and the rest is read as well as it can be. Chunks of plain ASCII cost next to
 * nothing.
 */
export class TextCheck {
  #told = false;
  /** Whether lines may begin in, or go through, a chunk with other bytes than those of ASCII text. */
  #suspect = false;

  /** Takes the next chunk; `holds` says that a line began in an earlier one. */
  take(chunk: Uint8Array, holds: boolean): void {
    if (!this.#told) this.#suspect = (this.#suspect && holds) || !isPlain(chunk);
  }

  /** Reports the first such byte of the line [start, end) whose first byte is at `offset`; once per file. */
  line(bytes: Uint8Array, start: number, end: number, offset: number, sink: RecordSink, ahead = false): void {
    if (!this.#suspect || this.#told) return;
    const at = firstNoText(bytes, start, end);
    if (at < 0) return;
    this.#told = !ahead;
    const message = 'Bytes that are no UTF-8 text; further ones are not reported.';
    sink.issue('line.malformed', message, offset + at - start);
  }
}

/** Whether `chunk` is ASCII without NUL. Four bytes are looked at in one step, which no branch interrupts. */
function isPlain(chunk: Uint8Array): boolean {
  if (chunk.indexOf(0) >= 0) return false;
  const lead = Math.min(chunk.length, -chunk.byteOffset & 3);
  const words = new Int32Array(chunk.buffer, chunk.byteOffset + lead, (chunk.length - lead) >> 2);
  let all = 0;
  for (let i = 0; i < words.length; i++) all |= words[i]!;
  if ((all & -0x7f7f7f80) !== 0) return false;
  for (let i = 0; i < lead; i++) if (!isAscii(chunk[i]!)) return false;
  for (let i = lead + words.length * 4; i < chunk.length; i++) if (!isAscii(chunk[i]!)) return false;
  return true;
}

function isAscii(byte: number): boolean {
  return byte > 0 && byte < 0x80;
}

/** Position of the first byte of [start, end) that is NUL or begins no UTF-8 character; -1 without one. */
export function firstNoText(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; ) {
    const byte = bytes[at]!;
    if (isAscii(byte)) at++;
    else {
      const length = characterLength(bytes, at, end);
      if (length === 0) return at;
      at += length;
    }
  }
  return -1;
}

/** Bytes of the character of more than one byte at `at`; 0 when none is there. Source: RFC 3629, section 4. */
function characterLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  for (let i = 1; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1]!;
  // Overlong forms, surrogates, and what lies beyond the last plane.
  const isOverlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  return isOverlong || (first === 0xed && second > 0x9f) || (first === 0xf4 && second > 0x8f) ? 0 : length;
}
