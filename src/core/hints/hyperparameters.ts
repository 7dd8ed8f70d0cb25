import { CONFIG_KEYS } from '../plan/configKeys';
import type { SettingValue } from './code/setting';

/** A hyperparameter as the product speaks of it. */
export type HyperId =
  | 'learningRate'
  | 'finalLr'
  | 'finalLrRatio'
  | 'weightDecay'
  | 'betas'
  | 'beta1'
  | 'beta2'
  | 'epsilon'
  | 'momentum'
  | 'optimizer'
  | 'batchSize'
  | 'microBatch'
  | 'globalBatch'
  | 'batchTokens'
  | 'accumulation'
  | 'worldSize'
  | 'sequenceLength'
  | 'warmupSteps'
  | 'warmupRatio'
  | 'totalSteps'
  | 'totalTokens'
  | 'horizonSteps'
  | 'epochs'
  | 'schedule'
  | 'decaySteps'
  | 'decayRatio'
  | 'width'
  | 'ffnWidth'
  | 'depth'
  | 'heads'
  | 'vocabulary'
  | 'parameters'
  | 'gradClip'
  | 'emaDecay'
  | 'loraRank'
  | 'loraAlpha'
  | 'loraLrRatio'
  | 'precision'
  | 'fp16'
  | 'bf16'
  | 'fp8'
  | 'zLoss'
  | 'muP';

/** One hyperparameter: its spellings and the values it can have. */
export interface Hyperparameter {
  readonly id: HyperId;
  /** For people: `"weight decay"`. */
  readonly title: string;
  /** Spellings that mean this wherever they stand, as `nameKey` writes them; behind a section or call, where they begin with it. */
  readonly names: readonly string[];
  /** Spellings that mean this only in a file that trains something. */
  readonly weakNames: readonly string[];
  /** Owners (`nameKey`) in which its spellings mean something else. */
  readonly notIn?: RegExp;
  /** Owners without which a weak spelling means nothing. */
  readonly onlyIn?: RegExp;
  accepts(value: SettingValue): boolean;
}

const between =
  (low: number, high: number) =>
  (value: SettingValue): boolean =>
    typeof value === 'number' && value >= low && value <= high;
const whole =
  (low: number, high: number) =>
  (value: SettingValue): boolean =>
    typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
const share = between(0, 1);
const word = (value: SettingValue): boolean => typeof value === 'string' && /^[\w.:-]{2,100}$/.test(value);
const flag = (value: SettingValue): boolean => typeof value === 'boolean';

const OPTIMIZER = /optim|adam|sgd|lion|muon/;

/**
 * All hyperparameters. The spellings of what a plan needs are those of the plans (`configKeys.ts`); words that other
 * programs use for other things are weak. Sources: as there, and the arguments of torch.optim, optax, peft, timm.
 */
export const HYPERPARAMETERS: readonly Hyperparameter[] = [
  define(
    'learningRate',
    'peak learning rate',
    [...planned('peakLr', ['lr0', 'lr', 'base_lr', 'init_lr']), 'cosine_decay_schedule.init_value'],
    [
      'lr',
      'lr0',
      'base_lr',
      'init_lr',
      'lr_max',
      'initial_lr',
      'initial_learning_rate',
      'warmup_target',
      'warmup_max_lr',
      'peak_value',
      'eta',
    ],
    between(1e-9, 100),
    { notIn: /loraplus/ },
  ),
  define('finalLr', 'lowest learning rate', planned('finalLr', []), ['end_value'], between(0, 10)),
  define(
    'finalLrRatio',
    'lowest learning rate as a share of the peak',
    [...planned('finalRatio', ['alpha_f', 'lrf']), 'cos_min_ratio'],
    ['alpha_f', 'lrf'],
    share,
  ),
  define(
    'weightDecay',
    'weight decay',
    ['weight_decay', 'adam_weight_decay', 'adamw_weight_decay', 'decoupled_weight_decay'],
    ['wd', 'lambda_'],
    between(0, 10),
  ),
  define(
    'betas',
    'betas of Adam',
    ['betas', 'adam_betas', 'optimizer_betas', 'opt_betas'],
    [],
    (value) => Array.isArray(value) && value.length >= 2 && value.every((beta) => beta >= 0 && beta <= 1),
  ),
  define('beta1', 'beta 1 of Adam', ['adam_beta1', 'adam_b1'], ['beta1', 'beta_1', 'b1'], share),
  define('beta2', 'beta 2 of Adam', ['adam_beta2', 'adam_b2'], ['beta2', 'beta_2', 'b2'], share),
  define(
    'epsilon',
    'epsilon of Adam',
    ['adam_epsilon', 'adam_eps', 'optimizer_eps', 'opt_eps'],
    ['eps', 'epsilon'],
    between(0, 1e-2),
    { onlyIn: OPTIMIZER },
  ),
  define('momentum', 'momentum', ['sgd_momentum', 'momentum_beta'], ['momentum'], share, { notIn: /norm|bn|ema/ }),
  define(
    'optimizer',
    'optimizer',
    ['optimizer_type', 'optimizer_name'],
    ['optim', 'optimizer', 'opt', 'opt_type'],
    word,
  ),
  define('batchSize', 'batch size', ['train_batch_size'], ['batch_size', 'bs', 'batch'], whole(1, 1e9), {
    notIn: /eval|(?:^|[._])val_|valid|test|infer|generat/,
  }),
  define(
    'microBatch',
    'batch size of one device',
    [...planned('microBatch', []), 'device_train_microbatch_size', 'micro_train_batch_size', 'per_device_parallelism'],
    ['mbs', 'local_batch_size'],
    whole(1, 1e6),
    {
      notIn: /eval|valid|test/,
    },
  ),
  define(
    'globalBatch',
    'batch size over all devices',
    planned('batchSamples', []),
    ['global_bsz', 'ims_per_batch'],
    whole(1, 3e5),
  ),
  // More than any batch has sequences is a batch counted in tokens.
  define('batchTokens', 'tokens of one step', planned('batchTokens', []), ['global_batch_size'], whole(1, 1e12)),
  define(
    'accumulation',
    'gradient accumulation',
    [...planned('accumulation', []), 'grad_acc_steps', 'gradient_accumulation_iters', 'multi_steps.every_k_schedule'],
    ['grad_acc', 'accum_iter', 'acc_steps', 'accum_grad', 'accum_freq', 'accumulative_counts', 'accumulation'],
    whole(1, 1e6),
  ),
  define(
    'worldSize',
    'number of devices',
    [...planned('worldSize', ['n_gpu', 'num_devices']), 'nproc_per_node'],
    ['n_gpu', 'num_devices', 'n_gpus', 'gpus_per_node', 'n_gpus_per_node', 'devices'],
    whole(1, 1e6),
  ),
  define(
    'sequenceLength',
    'sequence length',
    [...planned('sequenceLength', []), 'train_seq_len', 'encoder_seq_length'],
    ['max_length', 'seqlen', 'context', 'ctx_len', 'ctx', 'cutoff_len', 'sequence_len'],
    whole(8, 1e9),
  ),
  define(
    'warmupSteps',
    'warmup',
    planned('warmupSteps', ['warmup', 't_warmup']),
    ['warmup', 't_warmup'],
    (value) => value === 0 || between(1, 1e9)(value),
  ),
  define(
    'warmupRatio',
    'warmup as a share of the run',
    planned('warmupRatio', ['pct_start']),
    ['pct_start', 'warmup', 'warmup_steps'],
    share,
  ),
  define(
    'totalSteps',
    'steps of the run',
    planned('totalSteps', [
      'total_steps',
      'num_steps',
      'n_steps',
      'train_steps',
      'max_iter',
      'max_iterations',
      'total_iterations',
      'max_duration',
    ]),
    ['total_steps', 'num_steps', 'n_steps', 'train_steps', 'max_iter', 'steps', 'max_duration'],
    whole(1, 1e12),
    { notIn: /eval|valid|test|infer|diffus|sampl|(?:^|[._])(?:ppo|a2c|trpo)(?:[._]|$)/ },
  ),
  define(
    'totalTokens',
    'tokens of the run',
    planned('totalTokens', ['max_tokens', 'num_tokens', 'total_tokens']),
    ['total_tokens', 'num_tokens', 'max_tokens'],
    between(1e4, 1e15),
  ),
  define(
    'horizonSteps',
    'steps of the schedule',
    planned('horizonSteps', []),
    ['t_max', 'decay_steps'],
    whole(1, 1e12),
  ),
  define(
    'epochs',
    'epochs',
    ['num_train_epochs', 'max_epochs', 'num_epochs', 'n_epochs', 'total_epochs', 'max_epoch'],
    ['epochs', 'nepochs'],
    between(1e-3, 1e6),
  ),
  define(
    'schedule',
    'schedule',
    [
      'lr_scheduler_type',
      'lr_decay_style',
      'lr_schedule_type',
      'lr_schedule',
      'lr_scheduler',
      'learning_rate_schedule',
      'get_scheduler.name',
    ],
    ['scheduler', 'lr_policy', 'schedule', 'sched', 'scheduler_type', 'decay_type'],
    word,
  ),
  define(
    'decaySteps',
    'steps of the cooldown',
    planned('decaySteps', ['decay_steps', 'decay_iters']),
    [],
    whole(1, 1e12),
  ),
  define(
    'decayRatio',
    'cooldown as a share of the run',
    planned('decayRatio', ['decay_ratio']),
    ['decay_ratio'],
    share,
  ),
  define(
    'width',
    'width of the model',
    ['n_embd', 'd_model', 'hidden_size', 'model_dim', 'embed_dim', 'emb_dim', 'base_emb_dim', 'dim_model'],
    ['dim', 'width', 'hidden_dim', 'n_embed'],
    whole(8, 1e6),
  ),
  define(
    'ffnWidth',
    'width of the feed-forward layer',
    [
      'n_inner',
      'd_ff',
      'intermediate_size',
      'ffn_hidden_size',
      'ffn_dim',
      'dim_feedforward',
      'mlp_dim',
      'base_mlp_dim',
      'encoder_ffn_dim',
    ],
    ['hidden_features'],
    whole(8, 1e7),
  ),
  define(
    'depth',
    'depth of the model',
    ['n_layer', 'n_layers', 'num_layers', 'num_hidden_layers', 'num_decoder_layers', 'base_num_decoder_layers'],
    ['depth', 'layers'],
    whole(1, 1e4),
  ),
  define(
    'heads',
    'attention heads',
    ['n_head', 'n_heads', 'num_attention_heads', 'num_heads', 'base_num_query_heads'],
    ['heads'],
    whole(1, 1e4),
  ),
  define(
    'vocabulary',
    'size of the vocabulary',
    ['vocab_size', 'n_vocab', 'padded_vocab_size'],
    ['vocab'],
    whole(2, 1e8),
  ),
  define(
    'parameters',
    'parameters of the model',
    ['num_parameters', 'n_params', 'num_params', 'non_embedding_params', 'model_num_params'],
    [],
    between(1e3, 1e14),
  ),
  define(
    'gradClip',
    'gradient clipping',
    [
      'max_grad_norm',
      'grad_clip',
      'clip_grad_norm',
      'gradient_clip_val',
      'gradient_clipping',
      'clip_grad',
      'grad_clip_norm',
      'max_gradient_norm',
      'clip_norm',
      'gradient_clip_norm',
      'gradient_clipping_threshold',
      'gradient_clipping.clipping_threshold',
      'global_clipnorm',
    ],
    ['max_norm', 'clip', 'clipnorm'],
    between(0, 1e6),
  ),
  define(
    'emaDecay',
    'decay of the weight average',
    ['ema_decay', 'ema_rate', 'ema_beta', 'model_ema_decay', 'ema_momentum'],
    [],
    share,
  ),
  define('loraRank', 'rank of LoRA', ['lora_r', 'lora_rank', 'lora_dim'], ['r', 'rank'], whole(1, 65536), {
    onlyIn: /lora|peft/,
  }),
  define('loraAlpha', 'alpha of LoRA', ['lora_alpha'], ['alpha'], between(1e-6, 1e6), { onlyIn: /lora|peft/ }),
  define(
    'loraLrRatio',
    'learning-rate ratio of LoRA+',
    ['loraplus_lr_ratio', 'lora_plus_lr_ratio'],
    [],
    between(0, 1e6),
  ),
  define(
    'precision',
    'number format',
    ['mixed_precision', 'mixed_precision_param', 'torch_dtype', 'compute_dtype', 'train_dtype'],
    ['precision', 'dtype', 'trainer.mp'],
    (value) =>
      word(value) || value === 16 || value === 32 || (typeof value === 'string' && /^p=f\d+,c=\w+$/.test(value)),
  ),
  define('fp16', 'half precision', ['fp16', 'use_fp16'], [], flag),
  define('bf16', 'bfloat16', ['bf16', 'use_bf16', 'use_bfloat16'], [], flag),
  define(
    'fp8',
    '8-bit floating point',
    ['fp8', 'use_fp8', 'enable_fp8', 'fp8_recipe', 'fp8_format'],
    [],
    (value) => flag(value) || word(value),
  ),
  define(
    'zLoss',
    'weight of the z-loss',
    ['z_loss', 'z_loss_weight', 'z_loss_multiplier', 'softmax_auxiliary_loss', 'z_loss_coef'],
    [],
    (value) => flag(value) || share(value),
  ),
  define(
    'muP',
    'maximal update parametrisation',
    ['use_mup', 'mup', 'mup_base_width', 'mup_width_multiplier', 'use_mu_p'],
    [],
    (value) => value !== null,
  ),
];

function define(
  id: HyperId,
  title: string,
  names: readonly string[],
  weakNames: readonly string[],
  accepts: Hyperparameter['accepts'],
  context: Pick<Hyperparameter, 'notIn' | 'onlyIn'> = {},
): Hyperparameter {
  return { id, title, names, weakNames, accepts, ...context };
}

/** Spellings that plans read, without those that are `weak` and those that ask for a section. */
function planned(meaning: keyof typeof CONFIG_KEYS, weak: readonly string[]): string[] {
  return CONFIG_KEYS[meaning].filter((name) => !name.includes('.') && !weak.includes(name));
}

/** The hyperparameter called `id`. */
export function hyperparameter(id: HyperId): Hyperparameter {
  return HYPERPARAMETERS.find((hyper) => hyper.id === id)!;
}
