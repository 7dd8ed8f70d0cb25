import { csv } from './csv';
import { deepspeed } from './deepspeed';
import { dvclive } from './dvclive';
import type { LogFormat } from './format';
import { gptNeox } from './gptNeox';
import { hfConsole } from './hfConsole';
import { hfTrainerState } from './hfTrainerState';
import { jsonl } from './jsonl';
import { keyValue } from './keyValue';
import { litgpt } from './litgpt';
import { llmc } from './llmc';
import { llmcMainLog } from './llmcMainLog';
import { megatron } from './megatron';
import { mlflowMetric } from './mlflowMetric';
import { mlflowRun } from './mlflowRun';
import { moddedNanogpt } from './moddedNanogpt';
import { nanochat } from './nanochat';
import { nanogpt } from './nanogpt';
import { tensorboard } from './tensorboard';
import { torchtitan } from './torchtitan';
import { torchtune } from './torchtune';
import { verl } from './verl';
import { wandb } from './wandb';

/** Every format, sorted by id. One file in this folder, one test, one folder of fixtures and one row in the docs each. */
export const FORMATS: readonly LogFormat[] = [
  csv,
  deepspeed,
  dvclive,
  gptNeox,
  hfConsole,
  hfTrainerState,
  jsonl,
  keyValue,
  litgpt,
  llmc,
  llmcMainLog,
  megatron,
  mlflowMetric,
  mlflowRun,
  moddedNanogpt,
  nanochat,
  nanogpt,
  tensorboard,
  torchtitan,
  torchtune,
  verl,
  wandb,
];

/** The format called `id`, or `undefined`. */
export function formatById(id: string): LogFormat | undefined {
  return FORMATS.find((format) => format.id === id);
}
