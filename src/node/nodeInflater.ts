import * as zlib from 'node:zlib';
import type { Inflater, Take } from '../core/sources/content/unpacker';

/** Bytes of one unpacked piece. */
const PIECE = 256 * 1024;

/** Raw DEFLATE by the zlib of Node: unpacks on its thread pool, one piece at a time. */
export class NodeInflater implements Inflater {
  readonly #stream = zlib.createInflateRaw({ chunkSize: PIECE });
  #take: Take = () => false;
  #settle: { resolve(): void; reject(error: Error): void } = { resolve: () => undefined, reject: () => undefined };
  ended = false;

  constructor() {
    this.#stream.on('data', (piece: Uint8Array) => this.#hand(piece));
    this.#stream.on('error', (error) => this.#settle.reject(error));
    this.#stream.on('end', () => {
      this.ended = true;
      this.#settle.resolve();
    });
  }

  async push(bytes: Uint8Array, take: Take): Promise<number> {
    const before = this.#stream.bytesWritten;
    this.#take = take;
    await new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    return this.#stream.bytesWritten - before;
  }

  dispose(): void {
    this.#stream.destroy();
  }

  /** An error of the caller must not end the process from inside an event. */
  #hand(piece: Uint8Array): void {
    try {
      if (this.#take(piece)) return;
    } catch (error) {
      this.#settle.reject(error as Error);
    }
    this.#take = () => false;
    this.#settle.resolve();
    this.#stream.destroy();
  }
}
