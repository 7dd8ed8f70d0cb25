import { parentPort } from 'node:worker_threads';
import { runJob } from '../core/engine/runJob';
import { messageOf } from '../core/errors';
import type { JobReply, JobRequest } from './messages';

// Thread entry: one job in, one result or error out.
parentPort?.on('message', (request: JobRequest) => {
  let reply: JobReply;
  try {
    reply = { id: request.id, ok: runJob(request.name, request.input) };
  } catch (error) {
    reply = { id: request.id, error: messageOf(error) };
  }
  parentPort?.postMessage(reply);
});
