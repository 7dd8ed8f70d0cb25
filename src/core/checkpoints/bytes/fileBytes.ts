import { LosslineError, messageOf } from '../../errors';
import type { FileStat, FileSystem, OpenFile } from '../../sources/fileSystem';
import type { ByteSource } from './byteSource';
import { checkRange } from './slice';

/** Files open at once: below any system's limit, above the shards that are read side by side. */
const MAX_OPEN = 16;

/** The files of one checkpoint. At most 16 are open at once, the latest used ones. */
export class CheckpointFiles {
  readonly #sources = new Map<string, FileBytes>();
  /** Latest used last. */
  readonly #open = new Set<FileBytes>();
  #closed = false;

  constructor(readonly fs: FileSystem) {}

  /** The file at `path`; the same source for the same path. Rejects with `file.notFound` or `file.unreadable`. */
  async source(path: string): Promise<ByteSource> {
    const known = this.#sources.get(path);
    if (known !== undefined) return known;
    const stat = await this.fs.stat(path);
    if (stat === undefined || stat.isDirectory) throw new LosslineError('file.notFound', `No file at ${path}.`, path);
    const source = new FileBytes(path, stat, this.fs, (used) => this.#touch(used));
    this.#sources.set(path, source);
    return source;
  }

  /** True while every file has the size and the time of change that it had when it was first asked for. */
  async areUnchanged(): Promise<boolean> {
    const same = await Promise.all([...this.#sources.values()].map((source) => source.isUnchanged()));
    return same.every((one) => one);
  }

  /** Closes the files until they are read again. */
  async rest(): Promise<void> {
    const open = [...this.#open];
    this.#open.clear();
    await Promise.all(open.map((source) => source.close()));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.rest();
  }

  #touch(source: FileBytes): void {
    if (this.#closed) throw new LosslineError('file.unreadable', 'The checkpoint is closed.', source.file);
    this.#open.delete(source);
    this.#open.add(source);
    if (this.#open.size <= MAX_OPEN) return;
    const [oldest] = this.#open;
    this.#open.delete(oldest!);
    void oldest!.close();
  }
}

/** A file whose reads queue: an open file lends its bytes only until the read after the next. */
class FileBytes implements ByteSource {
  #handle: Promise<OpenFile> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  readonly size: number;
  readonly path: string;

  constructor(
    readonly file: string,
    private readonly stat: FileStat,
    private readonly fs: FileSystem,
    private readonly touch: (source: FileBytes) => void,
  ) {
    this.size = stat.size;
    this.path = file;
  }

  async isUnchanged(): Promise<boolean> {
    const now = await this.fs.stat(this.file).catch(() => undefined);
    return now?.size === this.size && now.mtimeMs === this.stat.mtimeMs;
  }

  read<T>(offset: number, length: number, use: (bytes: Uint8Array) => T): Promise<T> {
    return this.#next(async () => use(await this.#bytes(offset, length)));
  }

  close(): Promise<void> {
    return this.#next(async () => {
      const handle = this.#handle;
      this.#handle = undefined;
      await (await handle?.catch(() => undefined))?.close();
    });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #bytes(offset: number, length: number): Promise<Uint8Array> {
    checkRange(this, offset, length);
    this.touch(this);
    try {
      if (this.fs.open === undefined) return this.#whole(await this.fs.read(this.file, offset, length), offset, length);
      this.#handle ??= this.fs.open(this.file);
      return this.#whole(await (await this.#handle).read(offset, length), offset, length);
    } catch (error) {
      if (error instanceof LosslineError) throw error;
      throw new LosslineError('file.unreadable', messageOf(error), this.file, offset);
    }
  }

  #whole(bytes: Uint8Array, offset: number, length: number): Uint8Array {
    if (bytes.length === length) return bytes;
    const message = `Only ${bytes.length} of ${length} bytes are left: the file has become shorter.`;
    throw new LosslineError('checkpoint.invalid', message, this.file, offset);
  }
}
