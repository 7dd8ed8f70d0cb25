import { Worker } from 'node:worker_threads';
import type { CancelSignal } from '../core/cancel';
import type { JobName, JobPool, Jobs } from '../core/engine/jobs';
import { CancelledError, LosslineError, messageOf } from '../core/errors';
import type { JobReply, JobRequest } from '../worker/messages';

interface Task {
  readonly request: JobRequest;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  task: Task | undefined;
}

/** Heap of one thread in MB; a job that needs more ends with an error and the process lives on. */
const HEAP_MB = 512;

/** Runs jobs on worker threads, in order of arrival. Threads start with the first job that finds none idle. */
export class ThreadPool implements JobPool {
  readonly isElsewhere = true;
  readonly #threads: Thread[] = [];
  readonly #queue: Task[] = [];
  #nextId = 1;
  #disposed = false;

  constructor(
    /** The bundled `worker.js`. */
    readonly script: string,
    readonly size: number,
  ) {}

  run<N extends JobName>(name: N, input: Jobs[N]['input'], signal?: CancelSignal): Promise<Jobs[N]['result']> {
    return new Promise((resolve, reject) => {
      if (this.#disposed || signal?.aborted) return reject(new CancelledError());
      const task: Task = { request: { id: this.#nextId++, name, input }, resolve, reject };
      signal?.addEventListener('abort', () => this.#cancel(task));
      this.#queue.push(task);
      this.#dispatch();
    });
  }

  dispose(): void {
    this.#disposed = true;
    for (const task of this.#queue.splice(0)) task.reject(new CancelledError());
    for (const thread of this.#threads.splice(0)) {
      thread.task?.reject(new CancelledError());
      void thread.worker.terminate();
    }
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const thread = this.#threads.find(({ task }) => task === undefined) ?? this.#start();
      if (thread === undefined) return;
      thread.task = this.#queue.shift()!;
      thread.worker.postMessage(thread.task.request);
    }
  }

  #start(): Thread | undefined {
    if (this.#threads.length >= this.size) return undefined;
    const worker = new Worker(this.script, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
    const thread: Thread = { worker, task: undefined };
    worker.unref();
    worker.on('message', (reply: JobReply) => this.#settle(thread, reply));
    worker.on('error', (error) => this.#lose(thread, messageOf(error)));
    worker.on('exit', () => this.#lose(thread, 'The worker thread ended.'));
    this.#threads.push(thread);
    return thread;
  }

  #settle(thread: Thread, reply: JobReply): void {
    const { task } = thread;
    if (task?.request.id !== reply.id) return;
    thread.task = undefined;
    if ('ok' in reply) task.resolve(reply.ok as never);
    else {
      const { code, message, file, offset } = reply.error;
      task.reject(new LosslineError(code, message, file, offset));
    }
    this.#dispatch();
  }

  /** A thread that died takes its job with it; the next job gets a new thread. */
  #lose(thread: Thread, message: string): void {
    const at = this.#threads.indexOf(thread);
    if (at >= 0) this.#threads.splice(at, 1);
    thread.task?.reject(new LosslineError('fit.failed', message));
    thread.task = undefined;
    if (!this.#disposed) this.#dispatch();
  }

  /** A job that waits is dropped; one that runs ends with its thread. */
  #cancel(task: Task): void {
    const at = this.#queue.indexOf(task);
    if (at >= 0) {
      this.#queue.splice(at, 1);
      task.reject(new CancelledError());
      return;
    }
    const thread = this.#threads.find((candidate) => candidate.task === task);
    if (thread === undefined) return;
    thread.task = undefined;
    task.reject(new CancelledError());
    void thread.worker.terminate();
  }
}
