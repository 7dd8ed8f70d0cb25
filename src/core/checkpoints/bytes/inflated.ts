import { LosslineError, messageOf } from '../../errors';
import type { Inflater } from '../../sources/content/unpacker';
import { type ByteSource, copyOf } from './byteSource';
import { checkRange } from './slice';

/** Compressed bytes taken at once: DEFLATE makes at most 1032 of one, so 33 MB are the most that is held. */
const PIECE = 32 * 1024;

/** What the entries of one archive share: only one of them is inflated at a time, so that one holds memory. */
export interface Inflating {
  /** Undefined where the host cannot inflate. */
  readonly newInflater: (() => Inflater) | undefined;
  current: InflatedBytes | undefined;
}

/**
 * The content of deflated bytes (RFC 1951). It is inflated from front to back as it is asked for, and anew when asked
 * to go back. Content that is damaged or has not the size that was announced rejects with `checkpoint.invalid`.
 */
export class InflatedBytes implements ByteSource {
  #inflater: Inflater | undefined;
  /** Compressed bytes taken so far. */
  #taken = 0;
  /** Content that was inflated and not yet passed, and the place of its first byte. */
  #held: Uint8Array = new Uint8Array(0);
  #position = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly compressed: ByteSource,
    readonly size: number,
    readonly shared: Inflating,
  ) {}

  get path(): string {
    return this.compressed.path;
  }

  get file(): string {
    return this.compressed.file;
  }

  read<T>(offset: number, length: number, use: (bytes: Uint8Array) => T): Promise<T> {
    const done = this.#last.then(async () => use(await this.#bytes(offset, length)));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #bytes(offset: number, length: number): Promise<Uint8Array> {
    checkRange(this, offset, length);
    if (this.#inflater === undefined || offset < this.#position) this.#restart();
    while (this.#position + this.#held.length < offset) await this.#forward();
    const bytes = new Uint8Array(length);
    let filled = 0;
    this.#pass(offset - this.#position);
    for (;;) {
      const part = this.#held.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
      if (filled === length) return bytes;
      await this.#forward();
    }
  }

  #restart(): void {
    const { newInflater, current } = this.shared;
    if (newInflater === undefined) throw this.#invalid('Compressed entries cannot be read here.');
    if (current !== undefined && current !== this) current.#suspend();
    this.shared.current = this;
    this.#stop();
    this.#inflater = newInflater();
    this.#taken = 0;
    this.#position = 0;
  }

  /** Lets go of all memory after the read that is under way; the next one begins anew. */
  #suspend(): void {
    this.#last = this.#last.then(() => this.#stop());
  }

  #stop(): void {
    this.#inflater?.dispose();
    this.#inflater = undefined;
    this.#held = new Uint8Array(0);
  }

  #pass(length: number): void {
    this.#held = this.#held.subarray(length);
    this.#position += length;
  }

  /** Passes all that is held and inflates more. */
  async #forward(): Promise<void> {
    this.#pass(this.#held.length);
    const length = Math.min(PIECE, this.compressed.size - this.#taken);
    if (length === 0 || this.#inflater!.ended)
      throw this.#invalid(`Its content ends at byte ${this.#position} of ${this.size}.`);
    // The bytes are lent, and the inflater works on them later.
    const piece = await this.compressed.read(this.#taken, length, copyOf);
    this.#taken += length;
    const parts: Uint8Array[] = [];
    let total = 0;
    const take = (part: Uint8Array): boolean => {
      parts.push(copyOf(part));
      total += part.length;
      return this.#position + total <= this.size;
    };
    await this.#inflater!.push(piece, take).catch((error: unknown) => {
      throw this.#invalid(`Its content is damaged: ${messageOf(error)}.`);
    });
    if (this.#position + total > this.size) throw this.#invalid(`Its content is larger than ${this.size} bytes.`);
    this.#held = joined(parts, total);
  }

  #invalid(message: string): LosslineError {
    this.#stop();
    return new LosslineError('checkpoint.invalid', message, this.file, this.#position);
  }
}

function joined(parts: readonly Uint8Array[], total: number): Uint8Array {
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
