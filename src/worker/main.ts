import { parentPort } from 'node:worker_threads';
import { runJob } from '../core/engine/runJob';
import { LosslineError, messageOf } from '../core/errors';
import { NodeFileSystem } from '../node/nodeFileSystem';
import type { JobReply, JobRequest } from './messages';

const fs = new NodeFileSystem();

// Thread entry: one job in, one result or error out.
parentPort?.on('message', async (request: JobRequest) => {
  let reply: JobReply;
  try {
    reply = { id: request.id, ok: await runJob(request.name, request.input, fs) };
  } catch (error) {
    const known = error instanceof LosslineError ? error : new LosslineError('fit.failed', messageOf(error));
    reply = { id: request.id, error: known.toJSON() };
  }
  parentPort?.postMessage(reply);
});
