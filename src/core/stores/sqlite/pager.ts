import { LosslineError } from '../../errors';
import type { FileSystem } from '../../sources/fileSystem';
import { WriteAheadLog } from './wal';

const HEADER = 100;
const MAGIC = 'SQLite format 3\0';
/** Bytes of pages that are kept. */
const CACHE = 4 * 1024 * 1024;
/** Times that each page may be read as the continuation of a row before the database has changed. */
const OVERFLOW_READS = 8;
const ENCODINGS = ['utf-8', 'utf-8', 'utf-16le', 'utf-16be'];

/** True for a file that begins as a SQLite database does. */
export function isSqlite(head: Uint8Array): boolean {
  return head.length >= MAGIC.length && [...MAGIC].every((char, i) => head[i] === char.charCodeAt(0));
}

/**
 * The pages of a SQLite database as of its last commit, its write-ahead log included. Reads without locks: `isCurrent` says
 * afterwards whether what was read belongs together. Memory is bounded by a small cache.
 * Source: SQLite Database File Format, section 1.
 */
export class Pager {
  readonly #cache = new Map<number, Uint8Array>();
  #wal: WriteAheadLog | undefined;
  #version = '';
  pageSize = 0;
  /** Bytes of a page without those reserved for extensions. */
  usable = 0;
  /** Number of pages. */
  pages = 0;
  encoding = 'utf-8';
  /** Changes when another file has taken the name. */
  identity = '';
  #overflow = 0;

  constructor(
    readonly fs: FileSystem,
    readonly path: string,
  ) {}

  /** Takes note of what is there now. True when that is something else than at the last call. Throws `file.unreadable`. */
  async refresh(): Promise<boolean> {
    const version = await this.#readVersion();
    if (version !== this.#version) this.#cache.clear();
    const before = `${this.#version} ${this.pages} ${this.#walState()}`;
    this.#version = version;
    await this.#wal!.refresh();
    if (this.#wal!.pages > 0) this.pages = this.#wal!.pages;
    const changed = `${version} ${this.pages} ${this.#walState()}` !== before;
    if (changed) {
      this.#cache.clear();
      this.#overflow = 0;
    }
    return changed;
  }

  /** True when no page of the database itself was written since the last `refresh`. */
  async isCurrent(): Promise<boolean> {
    const { stamp } = await this.#stamp();
    return this.#version.startsWith(`${stamp} `) && (await this.#walHeader()) === this.#wal!.identity;
  }

  /** Page `number`, counted from 1. Throws `file.unreadable` when there is none. */
  async page(number: number): Promise<Uint8Array> {
    const known = this.#cache.get(number);
    if (known !== undefined) return known;
    if (!Number.isInteger(number) || number < 1 || number > this.pages) {
      throw this.fault(`page ${number} of ${this.pages} does not exist`, number);
    }
    const inLog = this.#wal!.offsetOf(number);
    const [path, offset] = inLog === undefined ? [this.path, (number - 1) * this.pageSize] : [this.#wal!.path, inLog];
    const bytes = (await this.fs.read(path, offset, this.pageSize)).slice();
    if (bytes.length < this.pageSize) throw this.fault(`page ${number} is cut off`, number);
    if (this.#cache.size * this.pageSize >= CACHE) this.#cache.delete(this.#cache.keys().next().value!);
    this.#cache.set(number, bytes);
    return bytes;
  }

  /** A page that carries on a row of another one. An honest one is read a few times at most: more are a circle. */
  overflowPage(number: number): Promise<Uint8Array> {
    if (++this.#overflow > OVERFLOW_READS * this.pages) throw this.fault('its rows run in a circle', number);
    return this.page(number);
  }

  fault(message: string, page: number): LosslineError {
    const offset = Math.max(0, page - 1) * this.pageSize;
    return new LosslineError('file.unreadable', `The database is damaged: ${message}.`, this.path, offset);
  }

  async #readVersion(): Promise<string> {
    const { stamp, size, identity } = await this.#stamp();
    const head = await this.fs.read(this.path, 0, HEADER);
    if (head.length < HEADER || !isSqlite(head))
      throw new LosslineError('file.unreadable', 'No SQLite database.', this.path, 0);
    const view = new DataView(head.buffer, head.byteOffset, head.length);
    const stated = view.getUint16(16);
    this.identity = identity;
    this.pageSize = stated === 1 ? 65536 : stated;
    if (this.pageSize < 512 || (this.pageSize & (this.pageSize - 1)) !== 0) throw this.fault('pages of no size', 1);
    this.usable = this.pageSize - head[20]!;
    // At least four cells have to fit, as SQLite itself demands.
    if (this.usable < 480) throw this.fault('pages without room', 1);
    this.encoding = ENCODINGS[view.getUint32(56)] ?? 'utf-8';
    this.pages = Math.floor(size / this.pageSize);
    if (this.#wal?.pageSize !== this.pageSize)
      this.#wal = new WriteAheadLog(this.fs, `${this.path}-wal`, this.pageSize);
    return `${stamp} ${view.getUint32(24)}`;
  }

  async #stamp(): Promise<{ stamp: string; size: number; identity: string }> {
    const stat = await this.fs.stat(this.path);
    if (stat === undefined) throw new LosslineError('file.notFound', 'The database vanished.', this.path);
    const { identity, size, mtimeMs } = stat;
    return { stamp: `${identity} ${size} ${mtimeMs}`, size, identity };
  }

  async #walHeader(): Promise<string> {
    const stat = await this.fs.stat(this.#wal!.path);
    return stat === undefined ? '' : (await this.fs.read(this.#wal!.path, 0, 32)).join();
  }

  #walState(): string {
    return this.#wal === undefined ? '' : `${this.#wal.identity} ${this.#wal.commits}`;
  }
}
