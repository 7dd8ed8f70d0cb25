import type { JobName, Jobs } from '../core/engine/jobs';
import type { LosslineError } from '../core/errors';

/** A job on its way to a thread. */
export interface JobRequest {
  readonly id: number;
  readonly name: JobName;
  readonly input: Jobs[JobName]['input'];
}

/** What a thread answers. */
export type JobReply =
  | { readonly id: number; readonly ok: unknown }
  | { readonly id: number; readonly error: ReturnType<LosslineError['toJSON']> };
