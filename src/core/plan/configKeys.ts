/** What a configuration entry means for a plan. */
export type ConfigMeaning =
  | 'totalSteps'
  | 'totalSamples'
  | 'totalTokens'
  | 'warmupSteps'
  | 'warmupRatio'
  | 'warmupSamples'
  | 'warmupTokens'
  | 'peakLr'
  | 'finalLr'
  | 'finalRatio'
  | 'family'
  | 'decayFamily'
  | 'isDecaying'
  | 'horizonSteps'
  | 'horizonSamples'
  | 'horizonTokens'
  | 'stableSteps'
  | 'decaySteps'
  | 'decayRatio'
  | 'decayStart'
  | 'power'
  | 'milestones'
  | 'gamma'
  | 'batchSamples'
  | 'batchTokens'
  | 'sequenceLength'
  | 'microBatch'
  | 'accumulation'
  | 'worldSize'
  | 'epochs'
  | 'epochSamples'
  | 'epochWarmup';

/**
 * Spellings of each meaning, most specific first, lower case with `_` for every other sign. A spelling with a dot needs the
 * section before it too (`scheduler.t_max`; `.steps` stands outside all sections). Sources: the argument parsers of transformers, nanoGPT, nanochat, modded-nanogpt,
 * llm.c, Megatron-LM, GPT-NeoX, DeepSpeed, fairseq, torchtitan, torchtune, LitGPT, OLMo, LLM Foundry, MaxText, Levanter, NeMo,
 * MLPerf, detectron2, timm, verl.
 */
export const CONFIG_KEYS: Readonly<Record<ConfigMeaning, readonly string[]>> = {
  totalSteps: [
    'max_steps',
    'max_iters',
    'train_iters',
    'num_iterations',
    'total_steps',
    'max_train_steps',
    'num_train_steps',
    'num_training_steps',
    'total_training_steps',
    'total_train_steps',
    'train_steps',
    'training_steps',
    'max_update',
    'max_updates',
    'max_iter',
    'max_iterations',
    'total_iters',
    'total_iterations',
    'n_steps',
    'num_steps',
    'total_num_steps',
    'num_scheduled_iterations',
    'trainer.max_steps',
    'training.steps',
    'train.steps',
    '.steps',
    'max_duration',
  ],
  totalSamples: ['train_samples', 'max_samples_total', 'total_samples', 'total_episodes'],
  totalTokens: [
    'max_tokens',
    'total_tokens',
    'train_tokens',
    'token_budget',
    'tokens_budget',
    'num_tokens',
    'max_train_tokens',
    'total_train_tokens',
  ],
  warmupSteps: [
    'warmup_steps',
    'num_warmup_steps',
    'warmup_iters',
    'lr_warmup_iters',
    'lr_warmup_steps',
    'warmup_updates',
    'warmup_iterations',
    'num_warmup_iterations',
    'warmup_num_steps',
    'warm_up_steps',
    'warmup_step',
    'n_warmup_steps',
    'opt_learning_rate_warmup_steps',
    't_warmup',
    'warmup',
  ],
  warmupRatio: [
    'warmup_ratio',
    'lr_warmup_fraction',
    'warmup_frac',
    'warmup_fraction',
    'lr_warmup_steps_ratio',
    'warmup_steps_ratio',
    'warmup_steps_fraction',
    'warmup_proportion',
    'pct_start',
  ],
  warmupSamples: ['lr_warmup_samples', 'warmup_samples'],
  warmupTokens: ['warmup_tokens'],
  peakLr: [
    'learning_rate',
    'max_lr',
    'peak_lr',
    'peak_learning_rate',
    'max_learning_rate',
    'base_lr',
    'opt_base_learning_rate',
    'base_learning_rate',
    'lr0',
    'lr',
    'init_lr',
  ],
  finalLr: [
    'min_lr',
    'min_learning_rate',
    'end_lr',
    'lr_end',
    'lr_min',
    'final_lr',
    'end_learning_rate',
    'opt_end_learning_rate',
    'final_learning_rate',
    'eta_min',
    'lr_floor',
    'minimum_lr',
  ],
  finalRatio: [
    'min_lr_ratio',
    'lr_scheduler.lr_min',
    'min_lr_rate',
    'final_lr_frac',
    'final_lr_fraction',
    'final_lr_ratio',
    'learning_rate_decay_frac',
    'cosine_learning_rate_final_fraction',
    'learning_rate_final_fraction',
    'cosine_min_lr_ratio',
    'min_lr_factor',
    'alpha_f',
    'lr_min_ratio',
    'lrf',
  ],
  family: [
    'lr_scheduler_type',
    'lr_decay_style',
    'lr_schedule_type',
    'lr_schedule',
    'lr_scheduler_name',
    'lr_scheduler',
    'scheduler_type',
    'scheduler_name',
    'scheduler.name',
    'scheduler.type',
    'sched.name',
    'lr_scheduler.name',
    'warmup_style',
    'lr_policy',
    'schedule',
    'scheduler',
    'sched',
  ],
  decayFamily: [
    'lr_wsd_decay_style',
    'wsd_decay_style',
    'wsd_decay_type',
    'decay_type',
    'cooldown_type',
    'cooldown_shape',
    'decay_shape',
  ],
  isDecaying: ['decay_lr'],
  horizonSteps: [
    'lr_decay_iters',
    'lr_decay_steps',
    'total_num_update',
    'total_num_updates',
    'learning_rate_schedule_steps',
    'opt_learning_rate_decay_steps',
    'scheduler.t_max',
    'scheduler.total_steps',
    'lr_total_steps',
  ],
  horizonSamples: ['lr_decay_samples'],
  horizonTokens: ['lr_decay_tokens'],
  stableSteps: ['num_stable_steps', 'stable_steps'],
  decaySteps: [
    'num_decay_steps',
    'warmdown_iters',
    'cooldown_iters',
    'cooldown_steps',
    'lr_wsd_decay_iters',
    'warmdown_steps',
    'decay_iters',
    'decay_steps',
    'num_cooldown_steps',
    't_cooldown',
    'wsd_decay_steps',
  ],
  decayRatio: [
    'cooldown_frac',
    'cooldown_fraction',
    'warmdown_ratio',
    'warmdown_frac',
    'decay_ratio',
    'decay_frac',
    'decay_fraction',
    'wsd_decay_steps_fraction',
    'cooldown_ratio',
    'fract_decay',
  ],
  decayStart: ['decay_start', 'decay_start_step', 'start_decay_step', 'decay_begin_step', 'cooldown_start'],
  power: ['lr_power', 'poly_power', 'decay_power', 'lr_scheduler_kwargs.power', 'power'],
  milestones: ['milestones', 'lr_milestones', 'solver.steps'],
  gamma: ['lr_gamma', 'lr_scheduler_kwargs.gamma', 'gamma'],
  batchSamples: ['global_batch_size', 'total_train_batch_size', 'global_train_batch_size', 'effective_batch_size'],
  batchTokens: [
    'total_batch_size',
    'tokens_per_step',
    'tokens_per_iter',
    'tokens_per_batch',
    'batch_tokens',
    'total_batch_size_tokens',
    'tokens_per_fwdbwd_global',
  ],
  sequenceLength: [
    'sequence_length',
    'seq_length',
    'seq_len',
    'max_seq_len',
    'max_seq_length',
    'max_sequence_length',
    'block_size',
    'context_length',
    'max_target_length',
    'n_ctx',
  ],
  microBatch: [
    'per_device_train_batch_size',
    'per_device_batch_size',
    'micro_batch_size',
    'device_batch_size',
    'train_micro_batch_size_per_gpu',
  ],
  accumulation: [
    'gradient_accumulation_steps',
    'grad_accum_steps',
    'gradient_accumulation',
    'grad_accum',
    'accumulate_grad_batches',
  ],
  worldSize: ['world_size', 'n_gpu', 'num_gpus', 'num_devices', 'ddp_world_size', 'data_parallel_size', 'dp_size'],
  epochs: ['num_train_epochs', 'max_epochs', 'num_epochs', 'n_epochs', 'epochs'],
  epochSamples: ['num_examples', 'num_train_examples', 'train_dataset_size', 'dataset_size', 'num_train_samples'],
  epochWarmup: ['warmup_epochs'],
};
