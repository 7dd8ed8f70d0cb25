import { LAWS } from '../../core/laws/registry';
import { DETECTORS } from '../../core/warnings/registry';
import type { AskedCommand } from '../command';
import { check } from '../commands/check';
import { compare } from '../commands/compare';
import { detect } from '../commands/detect';
import { hints } from '../commands/hints';
import { predict } from '../commands/predict';
import { spectra } from '../commands/spectra';
import type { InputSchema, ObjectSchema } from './schema';

/** One input of a tool: its schema and how the command takes it. */
export interface ToolInput {
  readonly schema: InputSchema;
  /** Option of the command, a switch for a boolean; `null`: a word; absent: not for the command. */
  readonly option?: string | null;
  /** The value names files or folders, but for the words of `except`. */
  readonly isPath?: boolean;
  readonly except?: readonly string[];
}

/** A command of the command line as a tool of an assistant. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly command: AskedCommand;
  readonly inputs: Readonly<Record<string, ToolInput>>;
  readonly required: readonly string[];
  /** Entry of the answer that is cut to `limit`. */
  readonly list?: string;
  /** Entries that are given only when this input is true: an assistant pays for every character it reads. */
  readonly full?: { readonly input: string; readonly entries: readonly string[] };
}

/** Items of a list that are given unless `limit` says otherwise. */
export const DEFAULT_LIMIT = 50;

const MAX_PATHS = 100;

const text = (description: string, more: Partial<InputSchema> = {}): InputSchema => ({
  type: 'string',
  description,
  ...more,
});
const flag = (description: string): InputSchema => ({ type: 'boolean', description, default: false });
const above0 = (description: string): InputSchema => ({ type: 'number', description, exclusiveMinimum: 0 });
const texts = (description: string, minItems = 0): InputSchema => {
  return { type: 'array', description, items: { type: 'string' }, minItems, maxItems: MAX_PATHS };
};

const pathsOf = (description: string, least = 1): ToolInput => ({
  schema: texts(description, least),
  option: null,
  isPath: true,
});
const pathOf = (description: string): ToolInput => ({ schema: text(description), option: null, isPath: true });

const LIMIT: ToolInput = {
  schema: {
    type: 'integer',
    description: `Most items of the structured answer; \`leftOut\` counts the rest.`,
    exclusiveMinimum: 0,
    maximum: 1000,
    default: DEFAULT_LIMIT,
  },
};
const UNTIL: ToolInput = {
  schema: { type: 'number', description: 'Forget everything after this step, to see what was known then.' },
  option: 'until',
};
const TOTAL_STEPS: ToolInput = {
  schema: above0('Planned optimizer steps, when the log does not say or another plan is asked about.'),
  option: 'total-steps',
};
const HISTORY: ToolInput = {
  schema: texts('Earlier runs to learn from: logs or folders of runs.'),
  option: 'history',
  isPath: true,
};

/** What an assistant can ask. */
export const TOOLS: readonly Tool[] = [
  {
    name: 'list_runs',
    title: 'List training runs',
    description:
      'Finds the training runs in log files or folders and says for each: format, state, series with their last values, and the planned steps and learning-rate schedule with where each was read.',
    command: detect,
    inputs: {
      paths: pathsOf('Log files or folders to look through, for example "." or "runs/gpt-124m".'),
      details: { schema: flag('Also the hyperparameters, where each was read, and the restarts.') },
      limit: LIMIT,
    },
    required: ['paths'],
    list: 'runs',
    full: { input: 'details', entries: ['config', 'configSources', 'segments', 'sources'] },
  },
  {
    name: 'predict_final_loss',
    title: 'Predict the final loss',
    description:
      'Forecasts the loss at the last planned step of one run from its log so far, with 80 % and 95 % intervals, or says why it cannot. Losses are in nats, steps are optimizer steps. A refusal with the code plan.missing wants total_steps or schedule.',
    command: predict,
    inputs: {
      path: pathOf('Log file or folder of one run.'),
      total_steps: TOTAL_STEPS,
      schedule: {
        schema: text('CSV file of step,lr rows: the learning rate of the whole run, linear between rows.'),
        option: 'schedule',
        isPath: true,
      },
      series: {
        schema: text('Series to forecast, train_loss or val_loss for example; the training loss unless given.'),
        option: 'series',
      },
      until: UNTIL,
      history: HISTORY,
      prior: {
        schema: text('What is known beyond the run: "shipped", "none", or a file.', { default: 'shipped' }),
        option: 'prior',
        isPath: true,
        except: ['shipped', 'none'],
      },
      law: { schema: text('Use this law.', { enum: LAWS.map(({ id }) => id) }), option: 'law' },
      at: { schema: above0('Also the loss at this step.'), option: 'at' },
      target: {
        schema: above0('Also the step at which this loss is reached, and the chance to end below it.'),
        option: 'target',
      },
      compare: {
        schema: text('Also the chance to end below this other run: its log or folder.'),
        option: 'compare',
        isPath: true,
      },
      report: { schema: flag('Also the whole report of the fit: parameters, residuals, back-test, limits.') },
    },
    required: ['path'],
    full: { input: 'report', entries: ['report'] },
  },
  {
    name: 'explain_warnings',
    title: 'Explain warnings of a run',
    description:
      'Says what is wrong with runs, or about to be: spikes, divergence, overfitting, a schedule that ends elsewhere and others, each with its evidence, what to do and the paper it rests on. No warning means that nothing was found.',
    command: check,
    inputs: {
      paths: pathsOf('Log files or folders of runs.'),
      only: {
        schema: texts(`Only these kinds: ${DETECTORS.map(({ id }) => id).join(', ')}.`),
        option: 'only',
      },
      mute: { schema: texts('Leave these out: a kind, or one warning as KIND@STEP.'), option: 'mute' },
      until: UNTIL,
      live: { schema: flag('The runs should be running now: say when one stands still.'), option: 'live' },
      limit: LIMIT,
    },
    required: ['paths'],
    list: 'warnings',
  },
  {
    name: 'measure_spectra',
    title: 'Measure the spectra of a checkpoint',
    description:
      'Singular values of every weight matrix of a checkpoint (safetensors, PyTorch and others) and what they say: hard and soft rank, utilization, concentration, tail exponent. Nothing in the file is executed. The text begins with the worst matrices. Large checkpoints take minutes.',
    command: spectra,
    inputs: {
      path: pathOf('Checkpoint: a file, an index of shards, or their folder.'),
      compare: {
        schema: text('Another checkpoint of the same model: what has changed to it.'),
        option: 'compare',
        isPath: true,
      },
      exact: { schema: flag('All singular values of matrices up to 8192, at the cost of time.'), option: 'exact' },
      limit: LIMIT,
    },
    required: ['path'],
    list: 'tensors',
  },
  {
    name: 'explain_hyperparameters',
    title: 'Explain hyperparameters in code',
    description:
      'Says what published laws say of the hyperparameters that files set (Python, YAML, JSON, TOML, shell, notebooks): learning rate, weight decay, batch size, warmup and some forty others, with inputs and papers.',
    command: hints,
    inputs: {
      files: pathsOf('Training code or configuration files.'),
      run: {
        schema: text('A run of this code: what it logged stands in for what the files do not say.'),
        option: 'run',
        isPath: true,
      },
      limit: LIMIT,
    },
    required: ['files'],
    list: 'hints',
  },
  {
    name: 'compare_runs',
    title: 'Compare training runs',
    description:
      'Forecasts several runs and says how they will stand in the end: final losses with intervals, rank, chance to be the best, and which are not worth finishing.',
    command: compare,
    inputs: {
      paths: pathsOf('Logs or folders of runs; at least two runs in all.'),
      series: { schema: text('Compare by this series; the loss that all have unless given.'), option: 'series' },
      total_steps: TOTAL_STEPS,
      until: UNTIL,
      history: HISTORY,
      limit: LIMIT,
    },
    required: ['paths'],
    list: 'runs',
  },
];

/** What a tool takes, as JSON Schema. */
export function inputSchemaOf({ inputs, required }: Tool): ObjectSchema {
  const properties = Object.fromEntries(Object.entries(inputs).map(([name, { schema }]) => [name, schema]));
  return { type: 'object', properties, required, additionalProperties: false };
}
