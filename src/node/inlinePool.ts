import type { CancelSignal } from '../core/cancel';
import type { JobName, JobPool, Jobs } from '../core/engine/jobs';
import { runJob } from '../core/engine/runJob';
import { CancelledError } from '../core/errors';
import { NodeFileSystem } from './nodeFileSystem';

/** Does jobs where it is called: for command lines and tests, where nothing else waits for the event loop. */
export class InlinePool implements JobPool {
  async run<N extends JobName>(name: N, input: Jobs[N]['input'], signal?: CancelSignal): Promise<Jobs[N]['result']> {
    await Promise.resolve();
    if (signal?.aborted) throw new CancelledError();
    return runJob(name, input, new NodeFileSystem());
  }

  dispose(): void {}
}
