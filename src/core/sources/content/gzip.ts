import { ArchiveFault, type Inflater, type Take, type Unpacker } from './unpacker';

/** Longest header of a member that is waited for: the extra field alone may have 65 535 bytes. */
const MAX_HEADER = 128 * 1024;
const FIXED_HEADER = 10;
const TRAILER = 8;
const HEADER_CRC = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;
const RESERVED = 0xe0;

/**
 * Unpacks gzip: members one behind the other, as `cat` and appending writers leave them, and zeros behind the last one.
 * The length of each member is compared with its trailer. Source: RFC 1952.
 */
export class Gzip implements Unpacker {
  #inflater: Inflater | undefined;
  /** Bytes of a header or a trailer whose end has not come. */
  #held = new Uint8Array(0);
  #part: 'header' | 'body' | 'trailer' | 'padding' = 'header';
  /** Bytes of the member so far, modulo 2³² as its trailer counts them. */
  #length = 0;

  constructor(readonly newInflater: () => Inflater) {}

  get isOpen(): boolean {
    return this.#part === 'body' || this.#part === 'trailer' || this.#held.length > 0;
  }

  async push(bytes: Uint8Array, take: Take): Promise<void> {
    let wanted = true;
    const count: Take = (piece) => {
      this.#length = (this.#length + piece.length) >>> 0;
      wanted = take(piece);
      return wanted;
    };
    for (let rest: Uint8Array | undefined = bytes; rest !== undefined && rest.length > 0 && wanted; ) {
      rest = this.#part === 'body' ? await this.#body(rest, count) : this.#between(rest);
    }
  }

  dispose(): void {
    this.#inflater?.dispose();
  }

  async #body(bytes: Uint8Array, take: Take): Promise<Uint8Array> {
    const inflater = this.#inflater!;
    const used = await inflater.push(bytes, take).catch((error: Error) => {
      throw new ArchiveFault('archive.damaged', `The archive is damaged: ${error.message}.`);
    });
    if (!inflater.ended) return bytes.subarray(bytes.length);
    inflater.dispose();
    this.#part = 'trailer';
    return bytes.subarray(used);
  }

  /** Reads what is no body; the bytes behind it, or `undefined` when more of it has to come first. */
  #between(bytes: Uint8Array): Uint8Array | undefined {
    if (this.#part === 'padding') {
      const end = bytes.findIndex((byte) => byte !== 0);
      if (end < 0) return undefined;
      this.#part = 'header';
      return bytes.subarray(end);
    }
    const joined = join(this.#held, bytes);
    const end = this.#part === 'trailer' ? TRAILER : headerEnd(joined);
    if (end === undefined || end > joined.length) {
      if (joined.length > MAX_HEADER) throw new ArchiveFault('archive.damaged', 'The header of an archive has no end.');
      this.#held = joined;
      return undefined;
    }
    this.#held = new Uint8Array(0);
    if (this.#part === 'header') this.#begin();
    else this.#end(joined);
    return joined.subarray(end);
  }

  #begin(): void {
    this.#part = 'body';
    this.#length = 0;
    this.#inflater = this.newInflater();
  }

  #end(trailer: Uint8Array): void {
    this.#part = 'padding';
    const stated = new DataView(trailer.buffer, trailer.byteOffset).getUint32(4, true);
    if (stated !== this.#length)
      throw new ArchiveFault('archive.damaged', 'The archive has another length than it says.');
  }
}

/** End of the header that `bytes` begin with, `undefined` when it lies behind them. */
function headerEnd(bytes: Uint8Array): number | undefined {
  if (bytes.length < FIXED_HEADER) return undefined;
  const flags = bytes[3]!;
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8 || (flags & RESERVED) !== 0) {
    throw new ArchiveFault('archive.damaged', 'What follows is no archive.');
  }
  let at = FIXED_HEADER;
  if ((flags & EXTRA) !== 0) {
    if (bytes.length < at + 2) return undefined;
    at += 2 + bytes[at]! + 256 * bytes[at + 1]!;
  }
  for (const flag of [NAME, COMMENT]) {
    if ((flags & flag) === 0) continue;
    const zero = bytes.indexOf(0, at);
    if (zero < 0) return undefined;
    at = zero + 1;
  }
  return (flags & HEADER_CRC) === 0 ? at : at + 2;
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
