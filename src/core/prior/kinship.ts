import type { ConfigValue } from '../model';
import { CONSTANTS } from './constants';
import type { FittedRun } from './memory';

/** Settings that make two runs runs of one model on the same data, by what they say. The first group alone can name a model. */
const KIN_KEYS: readonly (readonly string[])[] = [
  ['model', 'model_name', 'model_name_or_path', 'model_type', 'arch', 'model_config'],
  ['n_layer', 'n_layers', 'num_layers', 'num_hidden_layers', 'depth', 'encoder_layers', 'decoder_layers'],
  ['n_embd', 'n_embed', 'hidden_size', 'd_model', 'model_dim', 'emb_dim', 'dim'],
  ['n_head', 'n_heads', 'num_heads', 'num_attention_heads'],
  ['vocab_size'],
  ['block_size', 'seq_length', 'seq_len', 'max_seq_len', 'max_seq_length', 'sequence_length', 'context_length'],
  ['dataset', 'dataset_name', 'data_path', 'train_data', 'data'],
  ['batch_size', 'global_batch_size', 'train_batch_size', 'total_batch_size', 'per_device_train_batch_size'],
  ['gradient_accumulation_steps'],
  ['optimizer', 'optim', 'optimizer_type'],
];

/** Groups of `KIN_KEYS` of which one must be known: without a size or a name there is no model to speak of. */
const NAMING_GROUPS = 3;

/** Length of one value that is kept: names of models and files. */
const MAX_VALUE = 120;

/**
 * A name for the model, the data and the kind of loss of a run, made from its logged settings: runs with equal names are
 * runs of one model. `undefined` when the settings say neither the size nor the name of the model.
 */
export function modelNameOf(config: ReadonlyMap<string, ConfigValue>, series: string): string | undefined {
  const plain = new Map<string, ConfigValue>();
  for (const [key, value] of config) plain.set(plainKey(key), value);
  const parts = KIN_KEYS.map((keys) => {
    const key = keys.find((name) => isTelling(plain.get(name)));
    return key === undefined ? '' : `${key}=${String(plain.get(key)).slice(0, MAX_VALUE)}`;
  });
  if (parts.slice(0, NAMING_GROUPS).every((part) => part === '')) return undefined;
  return [...parts.filter((part) => part !== ''), series].join(' ');
}

/** `model.n-layer` and `N_LAYER` are `n_layer`. */
function plainKey(key: string): string {
  return key
    .slice(Math.max(key.lastIndexOf('.'), key.lastIndexOf('/')) + 1)
    .toLowerCase()
    .replaceAll('-', '_');
}

function isTelling(value: ConfigValue | undefined): boolean {
  return value !== undefined && value !== null && typeof value !== 'boolean' && String(value).trim() !== '';
}

/** Levels of runs of one model differ by this much, nats: about what another learning rate does (`RUN_SPREAD`). */
const LEVEL_SPREAD = 0.03;

/** Levels further apart than this many standard deviations belong to two models. */
const APART = 2.5;

/**
 * Gives a model name to runs whose settings name none, from their levels (the loss after 10 000 steps at peak rate): runs
 * of nearly the same level count as one model. The named ones stay as they are. Deterministic, whatever the order.
 */
export function withModels(history: readonly FittedRun[]): FittedRun[] {
  const level = (run: FittedRun): number => run.mean[CONSTANTS - 1]!;
  const variance = (run: FittedRun): number => run.covariance[CONSTANTS * CONSTANTS - 1]!;
  const sorted = [...history].sort((a, b) => level(a) - level(b) || (a.name < b.name ? -1 : 1));
  const names = new Map<FittedRun, string>();
  let previous: FittedRun | undefined;
  let group = 0;
  for (const run of sorted) {
    if (run.model !== undefined) continue;
    const sd = Math.sqrt(2 * LEVEL_SPREAD ** 2 + variance(run) + (previous === undefined ? 0 : variance(previous)));
    if (previous === undefined || !(level(run) - level(previous) <= APART * sd)) group++;
    names.set(run, `level ${group}`);
    previous = run;
  }
  return history.map((run) => (run.model === undefined ? { ...run, model: names.get(run)! } : run));
}
