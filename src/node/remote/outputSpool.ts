import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/**
 * A temporary file that only this process can read: what a command has written, for as long as it is followed. Its name is
 * removed at once, so that nothing is left behind whatever ends the process.
 */
export class OutputSpool {
  readonly #file: number;
  size = 0;

  /** Throws the system's error when no temporary file can be made. */
  constructor() {
    const name = path.join(os.tmpdir(), `lossline-${randomBytes(8).toString('hex')}`);
    this.#file = fs.openSync(name, 'wx+', 0o600);
    fs.rmSync(name, { force: true });
  }

  append(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      done += fs.writeSync(this.#file, bytes, done, bytes.length - done, this.size + done);
    }
    this.size += bytes.length;
  }

  /** Up to `length` bytes from `offset`. */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    const count = bytes.length === 0 ? 0 : fs.readSync(this.#file, bytes, 0, bytes.length, offset);
    return bytes.subarray(0, count);
  }

  close(): void {
    fs.closeSync(this.#file);
  }
}
