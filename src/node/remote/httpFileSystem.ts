import { LosslineError } from '../../core/errors';
import type { FileStat, FileSystem, FolderEntry } from '../../core/sources/fileSystem';
import { Backoff } from '../../core/sources/remote/backoff';
import { httpFault } from '../../core/sources/remote/httpFault';
import { httpDate, parseContentRange, strongTag } from '../../core/sources/remote/httpRange';
import { NodeInflater } from '../nodeInflater';
import { type HttpAnswer, sendRequest } from './httpRequest';

/** Least milliseconds between two looks. */
const LEAST_PAUSE = 2000;
/** Largest file of a server that cannot send parts, in bytes: it is held in memory. */
const MAX_WHOLE = 64 * 1024 * 1024;
/** Least pause between two fetches of such a file, per byte, and where the server cannot say that it is unchanged. */
const PAUSE_PER_BYTE = 1 / 1024;
const UNSURE_PAUSE = 60_000;

/** The file as it was at the last look. */
interface Version {
  readonly stat: FileStat;
  readonly etag: string | null;
  readonly modified: string | null;
  /** The whole content, where the server sends no parts. */
  readonly whole: Uint8Array | null;
  readonly at: number;
}

/**
 * One file behind an HTTP address. Where the server takes ranges, only new bytes are fetched, and `If-Range` keeps pieces
 * of two versions apart; where it does not, the file is fetched whole, and again only after it changed. A web server has no
 * folders and no identities: a file that was replaced is told by its size and by its bytes.
 * Source: RFC 9110, sections 13 and 14.
 */
export class HttpFileSystem implements FileSystem {
  readonly leastPause = LEAST_PAUSE;
  readonly inflater = () => new NodeInflater();
  readonly #backoff = new Backoff();
  #fault: Error | undefined;
  #version: Version | undefined;
  /** A read of the version at the last look was refused, because the file has grown since: the next one takes any. */
  #refused = false;

  constructor(
    readonly url: string,
    /** Sent as a bearer token to this origin. */
    readonly token?: string,
    /** Milliseconds to wait for an answer, and between two pieces of it. */
    readonly patience?: number,
  ) {}

  stat(): Promise<FileStat | undefined> {
    return this.#careful(() => this.#look());
  }

  async read(_path: string, offset: number, length: number): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array(0);
    const whole = this.#version?.whole;
    if (whole) return whole.subarray(offset, offset + length);
    return this.#careful(() => this.#readRange(offset, length));
  }

  list(): Promise<readonly FolderEntry[]> {
    return Promise.resolve([]);
  }

  watch(): { dispose(): void } {
    return { dispose: () => undefined };
  }

  join(folder: string, name: string): string {
    return `${folder}/${name}`;
  }

  dirname(path: string): string {
    return path.replace(/[?].*$/, '').replace(/\/[^/]*$/, '');
  }

  basename(path: string): string {
    return path.replace(/[?].*$/, '').replace(/^.*\//, '');
  }

  async #look(): Promise<FileStat | undefined> {
    const known = this.#version;
    if (known !== undefined && Date.now() - known.at < pauseAfter(known)) return known.stat;
    const answer = await this.#send({
      range: 'bytes=0-0',
      ...(known?.etag ? { 'if-none-match': known.etag } : {}),
      ...(known?.modified && !known.etag ? { 'if-modified-since': known.modified } : {}),
    });
    if (answer.status === 304 && known !== undefined) {
      answer.drop();
      return known.stat;
    }
    if (answer.status === 404 || answer.status === 410) {
      answer.drop();
      return undefined;
    }
    const { size, whole } = await sizeOf(answer);
    const modified = answer.headers.get('last-modified');
    const stat = { size, mtimeMs: httpDate(modified), identity: '', isDirectory: false };
    // A server without dates: the time of growth is the time it was seen.
    if (stat.mtimeMs === 0) stat.mtimeMs = known?.stat.size === size ? known.stat.mtimeMs : Date.now();
    this.#version = { stat, etag: answer.headers.get('etag'), modified, whole, at: Date.now() };
    return stat;
  }

  async #readRange(offset: number, length: number): Promise<Uint8Array> {
    const tag = strongTag(this.#version?.etag ?? null);
    const condition: Record<string, string> = tag === undefined || this.#refused ? {} : { 'if-range': tag };
    const answer = await this.#send({ range: `bytes=${offset}-${offset + length - 1}`, ...condition });
    if (answer.status === 200 || answer.status === 416) {
      // Another version than at the last look: the next look tells which.
      this.#refused = 'if-range' in condition;
      answer.drop();
      return new Uint8Array(0);
    }
    this.#refused = false;
    const range = answer.status === 206 ? parseContentRange(answer.headers.get('content-range')) : undefined;
    if (range === undefined || range.first !== offset || range.last! >= offset + length) {
      answer.drop();
      throw answer.status === 206 ? wrongRange(answer.server) : httpFault(answer.status, answer.server);
    }
    const bytes = await answer.body(length);
    if (bytes.length !== range.last! - offset + 1) throw wrongRange(answer.server);
    return bytes;
  }

  async #send(headers: Record<string, string>): Promise<HttpAnswer> {
    const authorization = this.token && `Bearer ${this.token}`;
    const patience = this.patience === undefined ? {} : { patience: this.patience };
    const answer = await sendRequest(this.url, { headers, authorization, ...patience });
    const encoding = answer.headers.get('content-encoding');
    if (encoding !== null && encoding !== 'identity') {
      answer.drop();
      throw new LosslineError('remote.protocol', `${answer.server} compresses what it was asked not to compress.`);
    }
    return answer;
  }

  /** After failures in a row the server is asked ever more rarely. */
  async #careful<T>(work: () => Promise<T>): Promise<T> {
    if (this.#fault !== undefined && this.#backoff.wait(Date.now()) > 0) throw this.#fault;
    try {
      const result = await work();
      this.#backoff.succeed();
      this.#fault = undefined;
      return result;
    } catch (error) {
      this.#fault = error as Error;
      this.#backoff.fail(Date.now());
      throw error;
    }
  }
}

/** Size of the file from the answer to a request for its first byte; the whole file where the server sends that. */
async function sizeOf(answer: HttpAnswer): Promise<{ size: number; whole: Uint8Array | null }> {
  if (answer.status === 200) {
    const whole = await answer.body(MAX_WHOLE);
    return { size: whole.length, whole };
  }
  const range = parseContentRange(answer.headers.get('content-range'));
  if (answer.status === 206 && range?.first === 0 && range.last === 0 && range.total !== null) {
    // Read to its end, the connection can be used again.
    await answer.body(1);
    return { size: range.total, whole: null };
  }
  answer.drop();
  // An empty file has no first byte.
  if (answer.status === 416) return { size: range?.total ?? 0, whole: null };
  throw answer.status === 206 ? wrongRange(answer.server) : httpFault(answer.status, answer.server);
}

function pauseAfter({ whole, etag, modified }: Version): number {
  if (whole === null) return 0;
  return etag === null && modified === null ? UNSURE_PAUSE : whole.length * PAUSE_PER_BYTE;
}

function wrongRange(server: string): LosslineError {
  return new LosslineError('remote.protocol', `${server} sent other bytes than it was asked for.`);
}
