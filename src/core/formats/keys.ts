import { MAX_LABEL } from '../limits';
import type { SeriesName, StepUnit } from '../model';

/** Canonical name and unit of a log's own label. */
export interface CanonicalSeries {
  readonly name: SeriesName;
  /** Unit of the values after `scale`; empty when the quantity has none or logs do not agree on one. */
  readonly unit: string;
  /** Factor from the logged value to `unit`: 0.001 for a label that ends in `(ms)`. */
  readonly scale: number;
}

/** One row of the vocabulary. */
export interface Quantity {
  readonly name: SeriesName;
  readonly unit: string;
  /** Labels that mean it, normalised by `normalizeLabel`, without a train, eval or test mark. */
  readonly labels: readonly string[];
  /** Kept apart for train, eval and test sets: name of the evaluated twin, `test_` for the test set. */
  readonly evaluated?: SeriesName;
  /** Words before the label name a group (`critic/lr` is `learning_rate/critic`). */
  readonly grouped?: boolean;
}

/**
 * The vocabulary. Source: the writers listed in `docs/formats.md`; the labels are those their logs carry.
 * A label that no row explains keeps its own name.
 */
export const QUANTITIES: readonly Quantity[] = [
  {
    name: 'train_loss',
    unit: '',
    evaluated: 'val_loss',
    labels:
      words(`loss total_loss loss_total lm_loss lm_loss_value ce_loss loss_ce ce xe cross_entropy cross_entropy_loss
      crossentropy crossentropyloss languagecrossentropy language_cross_entropy nll nll_loss nll_token nll_per_token loss_per_token xent xent_loss reduced_loss avg_loss loss_avg average_loss loss_average mean_loss loss_mean
      running_loss step_loss iter_loss cost learn log_loss logloss binary_logloss multi_logloss avr_loss gpt_loss objective objf`),
  },
  {
    name: 'learning_rate',
    unit: '',
    grouped: true,
    labels: words('lr learning_rate learningrate learn_rate current_lr current_learning_rate base_learning_rate l_r'),
  },
  {
    name: 'grad_norm',
    unit: '',
    grouped: true,
    labels: words(`grad_norm gradient_norm gradnorm gnorm total_grad_norm global_grad_norm grad_norm_total norm
      global_norm grad_2_0_norm_total l2_norm_grad_global`),
  },
  {
    name: 'tokens',
    unit: 'tokens',
    labels: words(`tokens num_tokens total_tokens tokens_total n_tokens tokens_seen seen_tokens num_tokens_seen
      consumed_tokens num_input_tokens_seen total_num_tokens token_count throughput_total_tokens global_tokens
      consumed_train_tokens time_token processed_tokens`),
  },
  {
    name: 'samples',
    unit: 'samples',
    labels: words(`samples num_samples total_samples samples_seen seen_samples consumed_samples consumed_train_samples
      n_samples examples_seen time_sample`),
  },
  { name: 'epoch', unit: 'epochs', labels: words('epoch _epoch current_epoch time_epoch') },
  { name: 'wall_time', unit: 's', labels: words('wall_time walltime timestamp _timestamp unix_time time_stamp') },
  {
    name: 'iteration_time',
    unit: 's',
    labels: words(`iteration_time iter_time step_time dt time_per_step time_per_iteration sec_per_step
      seconds_per_step seconds_per_iteration batch_time elapsed_time_per_iteration step_timing step_avg
      time_per_iter iter_dt step_dt`),
  },
  {
    name: 'throughput',
    unit: 'tokens/s',
    labels: words(`throughput tokens_per_second tokens_per_sec token_per_sec tok_per_sec tok_s tok_sec tokens_s
      tokens_sec throughput_tokens_per_sec wps tps tokens_per_s tokens_per_second_per_gpu`),
  },
  {
    name: 'samples_per_second',
    unit: 'samples/s',
    labels: words(`samples_per_second samples_per_sec samples_sec samples_s throughput_samples_per_sec
      examples_per_second currsamplespersec`),
  },
  { name: 'mfu', unit: '', labels: words('mfu throughput_device_mfu throughput_mfu mfu_actor') },
  {
    name: 'memory',
    unit: '',
    labels: words('memory mem gpu_memory max_memory peak_memory memory_allocated max_memory_allocated gpu_mem vram'),
  },
  {
    name: 'perplexity',
    unit: '',
    evaluated: 'val_perplexity',
    labels: words('perplexity ppl pp languageperplexity lm_loss_ppl loss_ppl'),
  },
  { name: 'bpb', unit: 'bits/byte', evaluated: 'val_bpb', labels: words('bpb bits_per_byte') },
  {
    name: 'accuracy',
    unit: '',
    evaluated: 'val_accuracy',
    labels: words('accuracy acc acc1 acc_1 top1 top_1 token_acc token_accuracy mean_token_accuracy'),
  },
  { name: 'loss_scale', unit: '', labels: words('loss_scale lossscale grad_scale') },
  { name: 'params_norm', unit: '', labels: words('params_norm param_norm parameter_norm weight_norm') },
  {
    name: 'reward',
    unit: '',
    labels: words(`reward critic_rewards_mean rewards mean_reward reward_mean avg_reward average_reward total_reward
      episode_reward mean_episode_reward episode_reward_mean ep_rew_mean episodic_return episode_return
      episode_return_mean mean_return average_return avg_return averageepret average_reward_score`),
  },
  { name: 'entropy', unit: '', labels: words('entropy') },
];

/** Words of a label that only say where a quantity was kept. */
const NAMESPACES = new Set(
  words(`metrics metric optim optimizer learning perf trainer actor global model opt scalars charts data stats
    reduced timing timings info record fields payload extra rollout env_runners`),
);
const EVAL_WORDS = new Set(words('eval evaluation val valid validation dev cv heldout holdout'));
const TRAIN_WORDS = new Set(words('train training trn tr'));
/** Summaries of a run so far, not its course. */
const EXTREMES = new Set(words('best min max final lowest least smallest std var initial target'));

const BY_LABEL = new Map(QUANTITIES.flatMap((quantity) => quantity.labels.map((label) => [label, quantity] as const)));
const LONGEST_LABEL = 5;

/** Names that fit no rule: log-file abbreviations of build-nanogpt and llm.c. */
const EXACT = new Map<string, SeriesName>([
  ['trl', 'train_loss'],
  ['tel', 'val_loss'],
  // Mean over the whole run, written once at its end by the Hugging Face Trainer.
  ['train/train_loss', 'train/train_loss'],
]);

/** A group under its canonical name, as `lossline convert` writes it: its words are no marks of train or test sets. */
const GROUP_OF_OURS = /^(?:train_loss|(?:val|test|eval_train)_(?:loss|perplexity|accuracy))\/(?!(?:step|epoch)$)[^/]+$/;

/**
 * Canonical name, unit and scale of `label`, which may be any text. Train and evaluated values are kept apart; further
 * groups carry a suffix (`eval_g0_loss` is `val_loss/g0`). A label without a known meaning is returned as it is, with
 * an empty unit; an empty label too.
 */
export function canonicalSeries(label: string): CanonicalSeries {
  const text = label.slice(0, MAX_LABEL);
  const normal = normalizeLabel(text);
  const exact = EXACT.get(normal);
  if (exact !== undefined) return { name: exact, unit: '', scale: 1 };
  if (GROUP_OF_OURS.test(text)) return { name: text, unit: '', scale: 1 };
  const rate = learningRateGroup(normal);
  if (rate !== undefined) return { name: rate, unit: '', scale: 1 };
  const found = explain(normal) ?? explain(normalizeLabel(text.replace(CAMEL, '$1_$2')));
  if (found === undefined) return { name: text, unit: loggedUnit(text), scale: 1 };
  const { quantity, name } = found;
  const logged = loggedUnit(text);
  if (quantity.unit === 's' && logged === 'ms') return { name, unit: 's', scale: 0.001 };
  return { name, unit: quantity.unit === '' ? logged : quantity.unit, scale: 1 };
}

/** `trainLoss`. */
const CAMEL = /([a-z])([A-Z])/g;

/** A unit in brackets at the end of a label. */
const UNIT_BEHIND =
  /\s*[([](?:[gmk]i?b|us|ms|s|sec|secs|seconds|min|h|hours|%|#|-|1|nats?|bits?|w|°?c|(?:tok|tokens|iters?|it|samples|steps|imgs?|images|ex)\/(?:s|sec|second))[)\]]$/;

/** Lower case, trimmed, `_` for blanks, points and dashes, without a unit in brackets or at the end (`(ms)`, `in s`). */
export function normalizeLabel(label: string): string {
  return label
    .trim()
    .toLowerCase()
    .replace(UNIT_BEHIND, '')
    .replace(/ in s$|_ms$|_seconds$/, '')
    .replace(/[([\])]/g, ' ')
    .trim()
    .replace(/\.$/, '')
    .replace(/^mini[- ]?batch /, '')
    .replace(/[\s.-]+/g, '_');
}

/** Unit that a label itself names, or an empty text. */
function loggedUnit(label: string): string {
  if (/(?:\(ms\)|\[ms\]|_ms)$/.test(label)) return 'ms';
  return /[([](GiB|GB|MiB|MB|s|%|bits|nats|iter\/s)[)\]]$/.exec(label)?.[1] ?? (/ in s$/.test(label) ? 's' : '');
}

interface Roles {
  readonly train: boolean;
  readonly evaluated: boolean;
  readonly test: boolean;
  /** What is left of the label, in order. */
  readonly words: string[];
}

function explain(normal: string): { quantity: Quantity; name: SeriesName } | undefined {
  const versus = /^(.+)_vs_([a-z]+)$/.exec(normal);
  const direct = BY_LABEL.get(normal) ?? BY_LABEL.get(normal.replaceAll('/', '_'));
  if (direct !== undefined) return { quantity: direct, name: direct.name };
  const roles = splitRoles(versus === null ? normal : versus[1]!);
  const twin = versus === null ? takeTwin(roles.words) : versus[2]!;
  const quantity = takeQuantity(roles.words);
  if (quantity === undefined || roles.words.some((word) => EXTREMES.has(word))) return undefined;
  const base = roleName(quantity, roles);
  const free = quantity.grouped === true || (quantity.evaluated !== undefined && (roles.train || roles.evaluated));
  if (base === undefined || (roles.words.length > 0 && !free)) return undefined;
  const kept = twin === 'batch' || versus !== null || (twin === 'epoch') !== roles.evaluated ? twin : '';
  const group = [...roles.words, ...(kept === 'step' ? [] : [kept])].filter((word) => word !== '').join('_');
  const plainStep = twin === 'step' && roles.evaluated ? 'step' : '';
  const suffix = group === '' ? plainStep : group;
  return { quantity, name: suffix === '' ? base : `${base}/${suffix}` };
}

/** Takes the words for train, eval and test sets out of a normalised label: its first or last word, or a whole part. */
function splitRoles(normal: string): Roles {
  let train = false;
  let evaluated = false;
  let test = false;
  const rest: string[] = [];
  const parts = normal.split('/');
  for (const [p, part] of parts.entries()) {
    const tokens = part.split('_').filter((token) => token !== '');
    const lastPart = p === parts.length - 1;
    for (const [t, token] of tokens.entries()) {
      const edge = (t === 0 && (p === 0 || lastPart)) || tokens.length === 1 || (lastPart && t === tokens.length - 1);
      const second = t === 1 && (EVAL_WORDS.has(tokens[0]!) || tokens[0] === 'epoch' || tokens[0] === 'reduced');
      const place = tokens.length === 1 && !lastPart && rest.length === 0 && NAMESPACES.has(token);
      if ((edge || second) && TRAIN_WORDS.has(token)) train = true;
      else if ((edge || second || tokens[t - 1] === 'loss') && EVAL_WORDS.has(token)) evaluated = true;
      else if (edge && token === 'test') test = true;
      else if (!place && !(token === 'reduced' && t === 0)) rest.push(token);
    }
  }
  return { train, evaluated, test, words: rest };
}

/** Removes the `step`, `epoch` or `batch` that Lightning appends and Keras puts before; empty when there is none. */
function takeTwin(labelWords: string[]): string {
  const last = labelWords.at(-1);
  if (labelWords.length > 1 && (last === 'step' || last === 'epoch')) {
    labelWords.pop();
    return last;
  }
  const first = labelWords[0];
  if (labelWords.length > 1 && first === 'batch' && labelWords[1] !== 'time') return labelWords.shift()!;
  if (labelWords.length > 1 && first === 'epoch') labelWords.shift();
  return '';
}

/** Removes the longest known quantity from the end of `labelWords`, else from its beginning. */
function takeQuantity(labelWords: string[]): Quantity | undefined {
  for (let count = Math.min(LONGEST_LABEL, labelWords.length); count > 0; count--) {
    const quantity = BY_LABEL.get(labelWords.slice(-count).join('_'));
    if (quantity !== undefined) {
      labelWords.length -= count;
      return quantity;
    }
  }
  for (let count = Math.min(LONGEST_LABEL, labelWords.length - 1); count > 0; count--) {
    const quantity = BY_LABEL.get(labelWords.slice(0, count).join('_'));
    if (quantity?.evaluated !== undefined) {
      labelWords.splice(0, count);
      return quantity;
    }
  }
  return undefined;
}

function roleName(quantity: Quantity, roles: Roles): SeriesName | undefined {
  if (roles.test) return quantity.evaluated?.replace('val_', 'test_');
  if (!roles.evaluated) return quantity.name;
  if (quantity.evaluated === undefined) return undefined;
  return roles.train ? `eval_train_${quantity.evaluated.slice('val_'.length)}` : quantity.evaluated;
}

/**
 * Learning rates by parameter group: the first group is `learning_rate`, the others carry a suffix. Lightning counts
 * from 1 (`lr-AdamW/pg1`), all others from 0. Source: Lightning-AI/pytorch-lightning callbacks/lr_monitor.py,
 * allenai/OLMo train.py, mosaicml/composer optimizer_monitor.py, ultralytics/ultralytics engine/trainer.py.
 */
function learningRateGroup(normal: string): SeriesName | undefined {
  const composer = /^(?:[a-z]+\/)*lr_[a-z]\w*\/group(\d+)$/.exec(normal);
  if (composer !== null) return composer[1] === '0' ? 'learning_rate' : `learning_rate/group${Number(composer[1])}`;
  const lightning = /^(?:[a-z]+\/)*lr_([a-z]\w*?)(?:_(\d+))?(?:\/pg(\d+))?$/.exec(normal);
  if (
    lightning !== null &&
    !/^(?:group|pg|scale|mult|factor|decay|warmup|schedul|ratio|momentum)/.test(lightning[1]!)
  ) {
    if (lightning[3] === undefined)
      return lightning[2] === undefined ? 'learning_rate' : `learning_rate/${lightning[1]}_${lightning[2]}`;
    return lightning[3] === '1' ? 'learning_rate' : `learning_rate/pg${lightning[3]}`;
  }
  const counted = /^(?:[a-z]+\/)*(?:lr|learning_rate)[/_]?(?:param_)?(group|pg)?[/_]?(\d+)$/.exec(normal);
  if (counted === null) return undefined;
  return Number(counted[2]) === 0 ? 'learning_rate' : `learning_rate/${counted[1] ?? 'group'}${Number(counted[2])}`;
}

/**
 * Names of the columns `labels` of one table, in order. Where several columns mean the training loss, the one logged
 * most often by its name wins (`step_loss`, then a bare `loss`), and one marked as train beside it (`train/loss`) is
 * the loss of an evaluation on training data. Other doubles are left to the sink.
 */
export function nameColumns(labels: readonly string[]): SeriesName[] {
  const names = labels.map((label) => canonicalSeries(label).name);
  const losses = labels
    .map((label, i) => ({ label: normalizeLabel(label), i }))
    .filter(({ i }) => names[i] === 'train_loss');
  if (losses.length < 2) return names;
  const marked = ({ label }: { label: string }) => /^(?:train|training)[/_]loss$/.test(label);
  const winner =
    losses.find(({ label }) => /(?:^|[/_])step_loss$|loss_step$/.test(label)) ??
    losses.find(({ label }) => label === 'loss');
  if (winner !== undefined)
    for (const loss of losses) if (loss !== winner && marked(loss)) names[loss.i] = 'eval_train_loss';
  return names;
}

/** Labels of the x-axis in order of preference, as `axisOf` compares them. */
export const STEP_KEYS: readonly string[] = words(`step global_step global_steps _step iteration iter num_updates
  current_steps current_step completed_step train_step train_steps optimizer_step opt_step total_train_updates update
  updates up iters it itr steps niter training_iteration total_timesteps timesteps_total num_timesteps totalenvinteracts
  env_steps timesteps iterations global_batch batch`);
const TOKEN_KEYS: readonly string[] = QUANTITIES.find(({ name }) => name === 'tokens')!.labels;
const SAMPLE_KEYS: readonly string[] = QUANTITIES.find(({ name }) => name === 'samples')!.labels;
const EPOCH_KEYS: readonly string[] = words('epoch epochs _epoch current_epoch ep time_epoch');

/** Labels that count episodes of reinforcement learning: an update follows each, where nothing else is counted. */
const EPISODE_KEYS: readonly string[] = words('episode episodes current_episode generation');

/** Labels of the planned number of steps beside each row. */
const TOTAL_KEYS: readonly string[] = words(`total_steps max_steps total_iters max_iters train_iters total_step
  max_step num_training_steps num_train_steps total_iterations max_iterations num_iterations max_updates max_update
  total_updates training_steps total_train_steps total_training_steps`);

/** Labels that count micro-batches or rows within an epoch: never an optimizer step. */
export const MICRO_KEYS: readonly string[] = words(`micro_step micro_steps micro_batch micro_iter accum_step
  accumulation_step batch_idx batch_index local_step step_in_epoch iter_num_micro`);

const AXES: readonly (readonly [StepUnit, readonly string[]])[] = [
  ['step', STEP_KEYS],
  ['tokens', TOKEN_KEYS],
  ['samples', SAMPLE_KEYS],
  ['epoch', EPOCH_KEYS],
  ['step', EPISODE_KEYS],
];
const AXIS_RANKS = new Map<string, Axis>();
for (const [unit, keys] of AXES) {
  for (const key of keys) if (!AXIS_RANKS.has(key)) AXIS_RANKS.set(key, { unit, rank: AXIS_RANKS.size });
}

/** What a column can stand for on the x-axis. */
export interface Axis {
  readonly unit: StepUnit;
  /** Preference: the least rank of all columns is the x-axis. */
  readonly rank: number;
}

/** Parts before the name of an axis that only say where it was kept. */
const AXIS_PLACES = /^(?:(?:train|trainer|training|time|record|data|state|metrics|progress|fields|payload|extra)\/)+/;

/** The axis that `label` can be, or `undefined`. Parts such as `train/`, `time/` and `record/` before it do not count. */
export function axisOf(label: string): Axis | undefined {
  const text = label.slice(0, MAX_LABEL);
  const normal = normalizeLabel(text);
  const found = AXIS_RANKS.get(normal) ?? AXIS_RANKS.get(normal.replace(AXIS_PLACES, ''));
  return found ?? AXIS_RANKS.get(normalizeLabel(text.replace(CAMEL, '$1_$2')));
}

/** Whether `label` names the planned number of steps. */
export function isTotalKey(label: string): boolean {
  return TOTAL_KEYS.includes(normalizeLabel(label.slice(0, MAX_LABEL)).replace(/^(?:train|trainer|training)\//, ''));
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
