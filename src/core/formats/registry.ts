import { clearml } from './clearml';
import { composer } from './composer';
import { csv } from './csv';
import { deepspeed } from './deepspeed';
import { detectron2 } from './detectron2';
import { dvclive } from './dvclive';
import { fairseq } from './fairseq';
import type { LogFormat } from './format';
import { gptNeox } from './gptNeox';
import { hfConsole } from './hfConsole';
import { hfTrainerState } from './hfTrainerState';
import { jsonl } from './jsonl';
import { keras } from './keras';
import { keyValue } from './keyValue';
import { levanter } from './levanter';
import { litgpt } from './litgpt';
import { llmc } from './llmc';
import { llmcMainLog } from './llmcMainLog';
import { maxtext } from './maxtext';
import { megatron } from './megatron';
import { mlflowMetric } from './mlflowMetric';
import { mlflowRun } from './mlflowRun';
import { mllog } from './mllog';
import { mmengine } from './mmengine';
import { moddedNanogpt } from './moddedNanogpt';
import { nanochat } from './nanochat';
import { nanogpt } from './nanogpt';
import { nemo } from './nemo';
import { neptune } from './neptune';
import { olmo } from './olmo';
import { tensorboard } from './tensorboard';
import { torchtitan } from './torchtitan';
import { torchtune } from './torchtune';
import { verl } from './verl';
import { wandb } from './wandb';

/** Every format, sorted by id. One file in this folder, one test, one folder of fixtures and one row in the docs each. */
export const FORMATS: readonly LogFormat[] = [
  clearml,
  composer,
  csv,
  deepspeed,
  detectron2,
  dvclive,
  fairseq,
  gptNeox,
  hfConsole,
  hfTrainerState,
  jsonl,
  keras,
  keyValue,
  levanter,
  litgpt,
  llmc,
  llmcMainLog,
  maxtext,
  megatron,
  mlflowMetric,
  mlflowRun,
  mllog,
  mmengine,
  moddedNanogpt,
  nanochat,
  nanogpt,
  nemo,
  neptune,
  olmo,
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
