// Logs of any length: the records of the fixtures again and again, with rising steps as in the log of one run.
import { fixture } from '../core/formats/check';

interface Further {
  /** Its records are read one by one: they mean more than what stands in them. */
  readonly apart?: boolean;
  /** Lines that follow each other may be about one step. */
  readonly sharesSteps?: boolean;
  /** The planned steps behind a counter, which then is as wide as they are: a record at the last step means more than others. */
  readonly total?: RegExp;
}

/** Format, fixture, the lines of it that are records, and the step in each. */
export type RisingCase = readonly [id: string, file: string, lines: RegExp, step: RegExp, more: Further];

/** Planned steps of logs that are longer than their runs. */
const PLANNED = '9000000';

/** One of each console format, more where it has several forms. */
export const RISING: readonly RisingCase[] = [
  ['nanogpt', 'wandbOutput.log', /^iter |^step /, /(?<=^(?:iter|step) )\d+/, {}],
  ['moddedNanogpt', 'valueEmbed.txt', /^step:/, /(?<=^step:)\d+/, {}],
  ['llmc', 'slurm750.log', /^step |^val loss/, /(?<=^step ) *\d+/, {}],
  ['llmcMainLog', 'main.log', /^s:/, /(?<=^s:)\d+/, {}],
  ['nanochat', 'speedrunD24.log', /^step /, /(?<=^step )\d+/, {}],
  ['megatron', 'randomLtd.log', /^ iteration/, /(?<=^ iteration ) *\d+/, {}],
  [
    'gptNeox',
    'pretrain70m.out',
    /samples\/sec|validation results/,
    /(?<=iteration |steps: ) *\d+/,
    { sharesSteps: true },
  ],
  [
    'deepspeed',
    'chatSft.log',
    /\bstep=(?:\d\d|1\d\d),|global_step=(?:\d\d|1\d\d),/,
    /(?<=step=)\d+/g,
    { sharesSteps: true },
  ],
  ['torchtitan', 'noColor.log', /step: /, /(?<=step: ) *\d+/, {}],
  ['torchtitan', 'ansi.log', /step: /, /(?<=step: ) *\d+/, {}],
  ['litgpt', 'zeroToLitgpt.txt', /^Epoch.*step [1-4] /, /(?<=step )\d+/, { sharesSteps: true }],
  ['verl', 'onPolicyDistillation.log', /^step:\d+ - global_seqlen/, /(?<=^step:)\d+/, {}],
  ['keyValue', 'epflAdamw.log', /Iter=/, /(?<=Iter=)\d+/, {}],
  ['composer', 'llmFoundry.txt', /./, /(?<=batch=)\d+/, {}],
  ['olmo', 'olmoCore.log', /eta=|train|optim|throughput/, /(?<=step=)\d+/, {}],
  ['fairseq', 'bigRun1.log', /train_inner/, /(?<=num_updates": ")\d+/, {}],
  ['fairseq', 'simple.log', /train_inner/, /(?<=num_updates=)\d+/, {}],
  ['maxtext', 'maxtest.txt', /^completed step/, /(?<=completed step: )\d+/, {}],
  ['levanter', 'nohup.out', /^\r?train:.*loss/, /(?<=\| )\d+/, {}],
  ['nemo', 'slurm.out', /global_step/, /(?<=\| )\d+/, { apart: true }],
  ['mllog', 'llama31.txt', /tracked_stats/, /(?<="step": )\d+/, { apart: true }],
  ['detectron2', 'log.txt', /iter: /, /(?<=iter: )\d+/, {}],
  ['mmengine', 'iters.log', /Iter\(train\)/, /(?<=\[) *\d+(?=\/1920)/, {}],
  ['mmengine', 'mmcv.log', /Epoch \[/, /(?<=\]\[)\d+/, {}],
  ['mmengine', 'scalars.json', /iter/, /(?<="(?:iter|step)": )\d+/g, {}],
  ['keras', 'keras2.log', /ETA/, /^ *\d+/, { total: /(?<=\d\/)\d+/ }],
  ['keras', 'keras3.log', /step -(?!.*val_)/, / *\d+(?=\/)/, { total: /(?<=\d\/)\d+/ }],
];

/** The records of a fixture again and again, `size` bytes of them; their steps rise. */
export function rising([id, file, lines, step, { sharesSteps, total }]: RisingCase, size: number): Buffer {
  const records = Buffer.from(fixture(id, file))
    .toString('utf8')
    .split(/(?<=[\r\n])/)
    .filter((line) => lines.test(line))
    .map((line) => (total === undefined ? line : line.replace(total, PLANNED)));
  const parts: Buffer[] = total === undefined ? [] : [Buffer.from('Epoch 1/1\n')];
  let written = 0;
  let next = 0;
  let last = Number.NaN;
  while (written < size) {
    const block = records.map((line) => {
      const logged = Number(step.exec(line)?.[0] ?? Number.NaN);
      step.lastIndex = 0;
      if (!Number.isNaN(logged) && !(sharesSteps && logged === last)) next++;
      last = logged;
      return line.replace(step, (digits) => {
        const width = total === undefined ? digits.length : PLANNED.length;
        return /^[ 0]/.test(digits) || total !== undefined
          ? String(next).padStart(width, digits[0] === '0' ? '0' : ' ')
          : String(next);
      });
    });
    parts.push(Buffer.from(block.join('')));
    written += parts.at(-1)!.length;
  }
  return Buffer.concat(parts);
}
