import type { ConfigValue } from '../../model';
import { type LineFile, LineMatch } from './lineFormat';
import { readYaml, YAML_START, type YamlState } from './nested';
import { ascii, type Scanner } from './scanner';

const CONFIG = ascii('Config:');
const STARS = ascii('*****');
/** Keys at the top of a configuration that LLM Foundry prints. */
const TOP = /^(?:variables|max_seq_len|run_name|model|tokenizer|max_duration|global_seed|data_local|data_remote|seed):/;

/** What the printed configuration says of the plan. */
export interface ComposerPlan {
  readonly epochs?: number;
  readonly peakLr?: number;
  readonly endFraction?: number;
  readonly schedule?: string;
}

/** State of the configuration of one file. */
export interface ComposerConfigState {
  plan: ComposerPlan;
  config: YamlState | null;
}

/**
 * The hyperparameters between lines of stars, and the configuration that LLM Foundry prints as YAML.
 * Source: mosaicml/composer composer/loggers/console_logger.py; mosaicml/llm-foundry scripts/train/train.py.
 */
export function matchComposerConfig(line: Scanner, file: LineFile<ComposerConfigState>): LineMatch {
  const { state } = file;
  const start = line.pos;
  if (line.next === 0x2a && line.literal(STARS)) {
    state.config = null;
    return LineMatch.Common;
  }
  line.pos = start;
  if (line.next === 0x43 && line.literal(CONFIG) && line.atEnd) {
    state.config = YAML_START;
    // Other scripts have such a title too.
    return LineMatch.Common;
  }
  line.pos = start;
  const text = textFrom(line);
  if (state.config === null && TOP.test(text)) state.config = YAML_START;
  if (state.config === null) return LineMatch.None;
  state.config = readYaml(text, state.config, (key, value) => setting(file, key, value));
  return state.config === null ? LineMatch.None : LineMatch.Common;
}

function textFrom(line: Scanner): string {
  let first = line.pos;
  while (first < line.end && line.bytes[first] === 0x20) first++;
  return `${' '.repeat(first - line.pos)}${line.text()}`;
}

function setting(file: LineFile<ComposerConfigState>, key: string, value: ConfigValue): void {
  const { state, sink } = file;
  sink.config(key, value);
  const where = `${key} in the printed configuration`;
  const name = key.replace(/^(?:parameters|variables)\./, '');
  if (name === 'max_duration') {
    const { amount, unit } = duration(value);
    if (unit === 'ba') sink.plan({ totalSteps: amount }, where);
    if (unit === 'ep') state.plan = { ...state.plan, epochs: amount };
  }
  if (name === 'scheduler.t_warmup') {
    const { amount, unit } = duration(value);
    if (unit === 'ba') sink.plan({ warmupSteps: amount }, where);
  }
  if (name === 'scheduler.name' && typeof value === 'string') {
    state.plan = { ...state.plan, schedule: value };
    if (/^cosine/.test(value)) sink.plan({ family: 'cosine' }, where);
    else if (/^linear/.test(value)) sink.plan({ family: 'linear' }, where);
    else if (/^constant/.test(value)) sink.plan({ family: 'constant' }, where);
    else if (/^inv_sqrt/.test(value)) sink.plan({ family: 'inverse-sqrt' }, where);
  }
  if (typeof value !== 'number') return;
  if (name === 'optimizer.lr') state.plan = { ...state.plan, peakLr: value };
  if (name === 'scheduler.alpha_f') state.plan = { ...state.plan, endFraction: value };
  if (name !== 'optimizer.lr' && name !== 'scheduler.alpha_f') return;
  const { peakLr, endFraction } = state.plan;
  if (name === 'optimizer.lr') sink.plan({ peakLr: value }, where);
  if (peakLr !== undefined && endFraction !== undefined) sink.plan({ finalLr: peakLr * endFraction }, where);
}

/** `4800ba`, `1ep`, `10_000tok`; a bare number counts epochs. */
function duration(value: ConfigValue): { readonly amount: number; readonly unit: string } {
  const found = /^([\d_.]+)\s*([a-z]*)$/.exec(String(value));
  if (found === null) return { amount: 0, unit: '' };
  return { amount: Number(found[1]!.replaceAll('_', '')), unit: found[2] === '' ? 'ep' : found[2]! };
}
