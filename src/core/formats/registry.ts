import { csv } from './csv';
import type { LogFormat } from './format';
import { hfConsole } from './hfConsole';
import { hfTrainerState } from './hfTrainerState';
import { jsonl } from './jsonl';
import { megatron } from './megatron';
import { nanogpt } from './nanogpt';
import { tensorboard } from './tensorboard';

/** Every format, sorted by id. One file in this folder, one test, one folder of fixtures and one row in the docs each. */
export const FORMATS: readonly LogFormat[] = [csv, hfConsole, hfTrainerState, jsonl, megatron, nanogpt, tensorboard];

/** The format called `id`, or `undefined`. */
export function formatById(id: string): LogFormat | undefined {
  return FORMATS.find((format) => format.id === id);
}
