import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { LosslineError, messageOf } from '../../core/errors';
import { AnswerReader, type ShellAnswer } from '../../core/sources/remote/answerReader';
import { Backoff } from '../../core/sources/remote/backoff';
import { sessionStart } from '../../core/sources/remote/shellProtocol';

/** Milliseconds until a session must have greeted, and until a question must be answered. */
const START_LIMIT = 30_000;
const ANSWER_LIMIT = 60_000;
/** Milliseconds without a question after which a session is closed. */
const IDLE_LIMIT = 120_000;
/** A login that was refused is not tried again for this many milliseconds: hosts lock out who tries often. */
const REFUSED_PAUSE = 300_000;
/** Words of standard error that are kept, and greetings of a login that are passed over, in bytes. */
const MAX_STDERR = 8192;
const MAX_GREETING = 256 * 1024;

/** How a session is started, and how its end is told in words. */
export interface ShellProgram {
  /** Program and arguments. No shell of this machine reads them. */
  readonly argv: readonly string[];
  fault(stderr: string): LosslineError;
}

interface Waiting {
  readonly reader: AnswerReader;
  readonly resolve: (answer: ShellAnswer) => void;
  readonly reject: (error: LosslineError) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One shell on another machine that answers questions in order. It is started with the first question and again after it
 * was lost, with growing pauses; a question that was under way when it was lost rejects. Nothing is lost by that:
 * questions name their byte offsets.
 */
export class ShellSession {
  readonly #backoff: Backoff;
  #child: ChildProcessWithoutNullStreams | undefined;
  #starting: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting: Waiting | undefined;
  #fault: LosslineError | undefined;
  #stderr = '';
  #idle: NodeJS.Timeout | undefined;
  #disposed = false;
  /** Milliseconds that this machine's clock is ahead of the other's; measured once, so that times of files stay put. */
  skewMs: number | undefined;
  /** Sessions that were begun. */
  starts = 0;

  constructor(
    readonly program: ShellProgram,
    haste = 1,
  ) {
    this.#backoff = new Backoff(haste);
  }

  /** Puts a question; `question` writes it for a token. Rejects with a `LosslineError` when there is no answer to be had. */
  ask(question: (token: string) => string, limit: number): Promise<ShellAnswer> {
    const answer = this.#last.then(async () => {
      await this.#ready();
      const token = randomBytes(16).toString('hex');
      return this.#exchange(question(token), token, limit, ANSWER_LIMIT);
    });
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  dispose(): void {
    this.#disposed = true;
    this.#lose(new LosslineError('remote.unreachable', 'The connection was closed.'));
  }

  async #ready(): Promise<void> {
    if (this.#disposed) throw new LosslineError('remote.unreachable', 'The connection was closed.');
    if (this.#child !== undefined) return;
    if (this.#fault !== undefined && this.#backoff.wait(Date.now()) > 0) throw this.#fault;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  async #start(): Promise<void> {
    const [program, ...args] = this.program.argv;
    this.#stderr = '';
    this.starts++;
    const child = spawn(program!, args, { stdio: 'pipe', windowsHide: true });
    this.#child = child;
    child.on('error', (error: NodeJS.ErrnoException) => this.#lost(child, startFault(program!, error)));
    child.on('close', () => this.#lost(child, undefined));
    child.stdin.on('error', () => undefined);
    child.stdout.on('error', () => undefined);
    child.stdout.on('data', (chunk: Buffer) => this.#receive(child, chunk));
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR);
    });
    const token = randomBytes(16).toString('hex');
    const { end } = await this.#exchange(sessionStart(token), token, MAX_GREETING, START_LIMIT);
    const there = Number(end) * 1000;
    const skew = Number.isFinite(there) ? Date.now() - there : 0;
    // Below this it is the time of the answer itself, and the second it was cut to.
    this.skewMs ??= Math.abs(skew) < 3000 ? 0 : skew;
    this.#backoff.succeed();
    this.#fault = undefined;
  }

  #exchange(text: string, token: string, limit: number, patience: number): Promise<ShellAnswer> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      if (child === undefined) {
        reject(this.#fault ?? this.program.fault(''));
        return;
      }
      const timer = setTimeout(() => this.#lost(child, this.program.fault('timed out')), patience);
      this.#waiting = { reader: new AnswerReader(token, limit), resolve, reject, timer };
      child.stdin.write(text);
      this.#stayFor(IDLE_LIMIT);
    });
  }

  #receive(child: ChildProcessWithoutNullStreams, chunk: Buffer): void {
    const waiting = this.#waiting;
    if (child !== this.#child || waiting === undefined) return;
    const answer = waiting.reader.push(chunk);
    if (answer === undefined) return;
    if (answer === 'tooLong') {
      this.#lost(child, new LosslineError('remote.protocol', 'The other machine sent more than was asked for.'));
      return;
    }
    clearTimeout(waiting.timer);
    this.#waiting = undefined;
    waiting.resolve(answer);
  }

  #lost(child: ChildProcessWithoutNullStreams, fault: LosslineError | undefined): void {
    if (child !== this.#child) return;
    this.#lose(fault ?? this.program.fault(this.#stderr));
  }

  #lose(fault: LosslineError): void {
    const child = this.#child;
    this.#child = undefined;
    clearTimeout(this.#idle);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) {
      clearTimeout(waiting.timer);
      this.#fault = fault;
      this.#backoff.fail(Date.now(), fault.code === 'remote.auth' ? REFUSED_PAUSE : 0);
      waiting.reject(fault);
    }
    child?.kill('SIGKILL');
  }

  #stayFor(milliseconds: number): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#waiting === undefined) this.#lose(new LosslineError('remote.unreachable', 'The connection was idle.'));
    }, milliseconds);
    this.#idle.unref();
  }
}

function startFault(program: string, error: NodeJS.ErrnoException): LosslineError {
  if (error.code !== 'ENOENT')
    return new LosslineError('remote.noProgram', `${program} does not start: ${messageOf(error)}`);
  return new LosslineError(
    'remote.noProgram',
    `The program ${program} was not found. Install OpenSSH, or add it to PATH.`,
  );
}
