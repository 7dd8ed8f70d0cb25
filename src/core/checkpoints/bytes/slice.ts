import { LosslineError } from '../../errors';
import type { ByteSource } from './byteSource';

/** Part [start, start + size) of another source. */
export class Slice implements ByteSource {
  constructor(
    readonly parent: ByteSource,
    readonly start: number,
    readonly size: number,
    readonly file = parent.file,
  ) {}

  get path(): string {
    return this.parent.path;
  }

  read<T>(offset: number, length: number, use: (bytes: Uint8Array) => T): Promise<T> {
    try {
      checkRange(this, offset, length);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.parent.read(this.start + offset, length, use);
  }
}

/** Throws `checkpoint.invalid` unless `length` bytes from `offset` lie in `source`. */
export function checkRange({ file, size }: ByteSource, offset: number, length: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new LosslineError(
    'checkpoint.invalid',
    `${length} bytes at ${offset} are outside its ${size} bytes.`,
    file,
    offset,
  );
}
