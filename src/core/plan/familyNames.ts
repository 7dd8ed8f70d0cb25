import type { ScheduleFamily } from '../model';

/**
 * Names of schedules as programs spell them, in lower case with `_` for every other sign. Sources: transformers
 * `SchedulerType`; Megatron-LM `--lr-decay-style`, `--lr-wsd-decay-style`; fairseq `lr_scheduler`; NeMo `optim.sched.name`; OLMo and
 * Composer `scheduler.name`; timm `--sched`; torch `lr_scheduler` class names; MaxText, Levanter, torchtitan, LitGPT.
 */
const NAMES: Readonly<Record<string, ScheduleFamily>> = {
  constant: 'constant',
  constant_with_warmup: 'constant',
  constantlr: 'constant',
  fixed: 'constant',
  none: 'constant',
  warmupholdpolicy: 'constant',
  linear: 'linear',
  linear_with_warmup: 'linear',
  linear_decay: 'linear',
  linear_decay_with_warmup: 'linear',
  linear_warmup_linear_decay: 'linear',
  linearlr: 'linear',
  warmuplinearlr: 'linear',
  warmupdecaylr: 'linear',
  cosine: 'cosine',
  cos: 'cosine',
  cosine_decay: 'cosine',
  cosine_with_warmup: 'cosine',
  cosine_schedule_with_warmup: 'cosine',
  cosine_with_min_lr: 'cosine',
  cosine_warmup_with_min_lr: 'cosine',
  cosine_with_warmup_linear: 'cosine',
  cosine_annealing: 'cosine',
  cosineannealing: 'cosine',
  cosineannealinglr: 'cosine',
  cosine_with_restarts: 'cosine',
  cosineannealingwarmrestarts: 'cosine',
  linear_warmup_cosine_annealing: 'cosine',
  linearwarmupcosineannealinglr: 'cosine',
  warmupcosinelr: 'cosine',
  warmup_cosine: 'cosine',
  warmup_cosine_decay: 'cosine',
  linear_warmup_cosine_decay: 'cosine',
  polynomial: 'polynomial',
  poly: 'polynomial',
  polynomial_decay: 'polynomial',
  polynomiallr: 'polynomial',
  inverse_sqrt: 'inverse-sqrt',
  inv_sqrt: 'inverse-sqrt',
  inverse_square_root: 'inverse-sqrt',
  inversesquarerootannealing: 'inverse-sqrt',
  rsqrt: 'inverse-sqrt',
  noam: 'inverse-sqrt',
  noamannealing: 'inverse-sqrt',
  exponential: 'exponential',
  exponential_decay: 'exponential',
  exponentiallr: 'exponential',
  step: 'step',
  steps: 'step',
  steplr: 'step',
  multistep: 'step',
  multi_step: 'step',
  multisteplr: 'step',
  warmupmultisteplr: 'step',
  piecewise_constant: 'step',
  onecycle: 'one-cycle',
  one_cycle: 'one-cycle',
  onecyclelr: 'one-cycle',
  wsd: 'wsd-linear',
  wsd_schedule: 'wsd-linear',
  wsd_linear: 'wsd-linear',
  // transformers' `get_wsd_schedule` decays along a cosine unless `decay_type` says otherwise.
  warmup_stable_decay: 'wsd-cosine',
  wsd_sqrt: 'wsd-sqrt',
  wsd_1_sqrt: 'wsd-sqrt',
  wsd_cosine: 'wsd-cosine',
  wsd_exp: 'wsd-exponential',
  wsd_exponential: 'wsd-exponential',
  trapezoid: 'wsd-linear',
  trapezoidal: 'wsd-linear',
  trapezoidal_with_warmup: 'wsd-linear',
  constant_with_cooldown: 'wsd-linear',
  cooldown: 'wsd-linear',
};

/** Shapes of a cool-down, spelt as above. */
const DECAY_NAMES: Readonly<Record<string, ScheduleFamily>> = {
  linear: 'wsd-linear',
  cosine: 'wsd-cosine',
  sqrt: 'wsd-sqrt',
  '1_sqrt': 'wsd-sqrt',
  one_minus_sqrt: 'wsd-sqrt',
  minus_sqrt: 'wsd-sqrt',
  exponential: 'wsd-exponential',
  exp: 'wsd-exponential',
};

/** Family that a program's name for a schedule means, whatever its case and separators; `undefined` for unknown names. */
export function familyOfName(name: string): ScheduleFamily | undefined {
  return NAMES[normalise(name)];
}

/** Family of a warm-up, stable, decay schedule from the name of its decay; `undefined` for unknown names. */
export function familyOfDecayName(name: string): ScheduleFamily | undefined {
  return DECAY_NAMES[normalise(name)];
}

/** Names such as `SchedulerType.COSINE`, `torch.optim.lr_scheduler.StepLR` and `get_cosine_schedule_with_warmup` in one spelling. */
function normalise(name: string): string {
  const last = name.trim().split('.').at(-1)!;
  return last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .replace(/^get_/, '')
    .replace(/^(.+)_schedule_with_warmup$/, '$1_with_warmup');
}
