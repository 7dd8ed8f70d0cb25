import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { LosslineError, messageOf } from '../../core/errors';
import type { FileStat, FileSystem, FolderEntry } from '../../core/sources/fileSystem';
import type { CommandLocation } from '../../core/sources/location';
import { Backoff } from '../../core/sources/remote/backoff';
import { OutputSieve } from '../../core/sources/remote/outputSieve';
import { OutputSpool } from './outputSpool';

/** Output that is kept of one command, in bytes. */
const MAX_OUTPUT = 2 * 1024 * 1024 * 1024;
/** Milliseconds after which a command that is still running counts as well started. */
const SETTLED = 60_000;
/** Milliseconds between the request to end and the end. */
const GRACE = 2000;
/** Milliseconds in which a command that cannot start is told at once. */
const START_LIMIT = 2000;
/** Last words of a command that are kept to say why it ended. */
const MAX_WORDS = 500;

type Child = ChildProcessByStdio<null, Readable, Readable>;

/**
 * The output of a command as one growing file: standard output and standard error, line by line. The program is started
 * without a shell. It is started again as its policy says, with growing pauses, and what it then repeats counts once.
 */
export class CommandFileSystem implements FileSystem {
  readonly #spool = new OutputSpool();
  readonly #backoff: Backoff;
  readonly #listeners = new Set<() => void>();
  readonly #out = new OutputSieve((line) => this.#keep(line));
  readonly #err = new OutputSieve((line) => this.#keep(line));
  #child: Child | undefined;
  #timer: NodeJS.Timeout | undefined;
  #changedAt = Date.now();
  #startedAt = 0;
  #fault: LosslineError | undefined;
  #words = '';
  #readTo = 0;
  #disposed = false;
  /** Times the program was started. */
  starts = 0;

  constructor(
    readonly location: CommandLocation,
    /** Pauses between restarts are divided by this. */
    haste = 1,
  ) {
    this.#backoff = new Backoff(haste);
  }

  /** Starts the program. Rejects with `remote.noProgram` when there is no such program. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = this.watch('', () => finish());
      const timer = setTimeout(() => finish(), START_LIMIT);
      const finish = (): void => {
        clearTimeout(timer);
        done.dispose();
        resolve();
      };
      this.#run();
    });
    if (this.#fault?.code === 'remote.noProgram') throw this.#fault;
  }

  stat(): Promise<FileStat> {
    // What was written is read before it is told that the program has ended.
    if (this.#fault !== undefined && this.#readTo >= this.#spool.size) return Promise.reject(this.#fault);
    const stat = { size: this.#spool.size, mtimeMs: this.#changedAt, identity: 'output', isDirectory: false };
    return Promise.resolve(stat);
  }

  read(_path: string, offset: number, length: number): Promise<Uint8Array> {
    const bytes = this.#spool.read(offset, length);
    this.#readTo = Math.max(this.#readTo, offset + bytes.length);
    return Promise.resolve(bytes);
  }

  list(): Promise<readonly FolderEntry[]> {
    return Promise.resolve([]);
  }

  watch(_path: string, onChange: () => void): { dispose(): void } {
    this.#listeners.add(onChange);
    return { dispose: () => this.#listeners.delete(onChange) };
  }

  join(folder: string, name: string): string {
    return `${folder}/${name}`;
  }

  dirname(): string {
    return '';
  }

  basename(path: string): string {
    return path;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    child?.kill('SIGTERM');
    if (child !== undefined) setTimeout(() => child.kill('SIGKILL'), GRACE).unref();
    this.#spool.close();
  }

  #run(): void {
    const [program, ...args] = this.location.argv;
    this.starts++;
    this.#startedAt = Date.now();
    this.#words = '';
    const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => this.#receive(this.#out, chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      this.#words = (this.#words + chunk.toString('utf8')).slice(-MAX_WORDS);
      this.#receive(this.#err, chunk);
    });
    child.on('error', (error: NodeJS.ErrnoException) => this.#failed(startFault(program!, error)));
    child.on('close', (code, signal) => this.#ended(code, signal));
  }

  #receive(sieve: OutputSieve, chunk: Buffer): void {
    if (this.#disposed) return;
    this.#fault = undefined;
    sieve.push(chunk);
  }

  #keep(line: Uint8Array): void {
    if (this.#spool.size + line.length > MAX_OUTPUT) {
      this.#failed(new LosslineError('remote.tooLarge', 'The command wrote more than 2 GB; the rest is left out.'));
      this.#child?.kill('SIGTERM');
      return;
    }
    this.#spool.append(line);
    this.#changedAt = Date.now();
    this.#tell();
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    this.#child = undefined;
    if (this.#disposed || this.#fault?.code === 'remote.noProgram' || this.#fault?.code === 'remote.tooLarge') return;
    const failed = code !== 0;
    const again = this.location.restart === 'always' || (this.location.restart === 'on-failure' && failed);
    const sieves = [this.#out, this.#err];
    if (again && sieves.every((sieve) => sieve.canRestart)) {
      for (const sieve of sieves) sieve.ended();
      if (failed) this.#failed(endFault(this.location.argv[0]!, code, signal, this.#words, true));
      this.#startAgain();
      return;
    }
    for (const sieve of sieves) sieve.finish();
    if (failed) this.#failed(endFault(this.location.argv[0]!, code, signal, this.#words, false));
    else this.#tell();
  }

  #startAgain(): void {
    const now = Date.now();
    if (now - this.#startedAt > SETTLED) this.#backoff.succeed();
    this.#backoff.fail(now, 1000);
    this.#timer = setTimeout(() => {
      this.#out.restarted();
      this.#err.restarted();
      this.#run();
    }, this.#backoff.wait(now));
  }

  #failed(fault: LosslineError): void {
    this.#fault = fault;
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function startFault(program: string, error: NodeJS.ErrnoException): LosslineError {
  const message =
    error.code === 'ENOENT'
      ? `The program ${program} was not found. Install it, or write its whole path.`
      : `${program} does not start: ${messageOf(error)}`;
  return new LosslineError('remote.noProgram', message);
}

function endFault(program: string, code: number | null, signal: string | null, words: string, again: boolean) {
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const said = words
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .trim()
    .slice(-200);
  const then = again ? ' It is started again.' : '';
  return new LosslineError(
    'remote.unreachable',
    `${program} ended ${how}.${then}${said === '' ? '' : ` It said: ${said}`}`,
  );
}
