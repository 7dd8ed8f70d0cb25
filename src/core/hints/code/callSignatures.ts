/** Parameters that a call takes by position; `null` for those that set no hyperparameter. */
type Positions = readonly (string | null)[];

const OPTIMIZER: Positions = [null, 'lr'];
const ADAM: Positions = [null, 'lr', 'betas', 'eps', 'weight_decay'];
const OPTAX: Positions = ['learning_rate', 'b1', 'b2', 'eps'];
/** Every optimizer of Keras takes its rate first. */
const KERAS: Positions = ['learning_rate'];

/**
 * Calls whose name alone says which optimizer, schedule or clipping a program uses, by the last part of the name, with
 * what they take by position. Sources: torch.optim, transformers, optax, Keras, bitsandbytes, DeepSpeed, timm.
 */
export const CALLS: Readonly<Record<string, Positions>> = {
  SGD: [null, 'lr', 'momentum'],
  Adam: ADAM,
  AdamW: ADAM,
  NAdam: ADAM,
  RAdam: ADAM,
  Adamax: ADAM,
  FusedAdam: [null, 'lr', null, 'betas', 'eps', null, 'weight_decay'],
  DeepSpeedCPUAdam: ADAM,
  AdamW8bit: ADAM,
  PagedAdamW8bit: ADAM,
  Adafactor: OPTIMIZER,
  Adagrad: OPTIMIZER,
  Lion: [null, 'lr', 'betas', 'weight_decay'],
  LAMB: ADAM,
  Lamb: ADAM,
  LARS: OPTIMIZER,
  LBFGS: OPTIMIZER,
  Muon: [null, 'lr'],
  MuonWithAuxAdam: OPTIMIZER,
  SOAP: ADAM,
  Shampoo: OPTIMIZER,
  RMSprop: OPTIMIZER,
  ZeroRedundancyOptimizer: [],
  adamw: OPTAX,
  adam: OPTAX,
  sgd: ['learning_rate', 'momentum'],
  lion: ['learning_rate', 'b1', 'b2'],
  adafactor: ['learning_rate'],
  lamb: OPTAX,
  CosineAnnealingLR: [null, 'T_max', 'eta_min'],
  CosineAnnealingWarmRestarts: [null, 'T_0', null, 'eta_min'],
  OneCycleLR: [null, 'max_lr', 'total_steps'],
  LinearLR: [null, null, null, 'total_iters'],
  LambdaLR: [],
  StepLR: [null, 'step_size', 'gamma'],
  MultiStepLR: [null, 'milestones', 'gamma'],
  ExponentialLR: [null, 'gamma'],
  PolynomialLR: [null, 'total_iters', 'power'],
  WarmupDecayLR: [null, 'total_num_steps', 'warmup_min_lr', 'warmup_max_lr', 'warmup_num_steps'],
  get_cosine_schedule_with_warmup: [null, 'num_warmup_steps', 'num_training_steps'],
  get_linear_schedule_with_warmup: [null, 'num_warmup_steps', 'num_training_steps'],
  get_constant_schedule_with_warmup: [null, 'num_warmup_steps'],
  get_polynomial_decay_schedule_with_warmup: [null, 'num_warmup_steps', 'num_training_steps'],
  get_wsd_schedule: [null, 'num_warmup_steps', 'num_decay_steps'],
  get_scheduler: ['lr_scheduler_type', null, 'num_warmup_steps', 'num_training_steps'],
  warmup_cosine_decay_schedule: ['init_value', 'peak_value', 'warmup_steps', 'decay_steps', 'end_value'],
  cosine_decay_schedule: ['init_value', 'decay_steps'],
  clip_grad_norm_: [null, 'max_norm'],
  clip_grad_norm: [null, 'max_norm'],
  clip_by_global_norm: ['max_norm'],
};

/** What the call takes at `position`; `undefined` when it sets nothing or the call is not known. */
export function parameterAt(callee: string, position: number): string | undefined {
  return (positionsOf(callee)?.[position] ?? null) || undefined;
}

/** True when the name of the call says something about the training. */
export function isNamedCall(callee: string): boolean {
  return positionsOf(callee) !== undefined;
}

function positionsOf(callee: string): Positions | undefined {
  const name = callee.slice(callee.lastIndexOf('.') + 1);
  if (!Object.hasOwn(CALLS, name)) return undefined;
  if (/\bkeras\.optimizers\.\w+$/.test(callee)) return KERAS;
  // Lower-case names are too common by themselves: `optax.adam` counts, a function `adam` of somebody's does not.
  return /^[a-z]+$/.test(name) && !callee.startsWith('optax.') ? undefined : CALLS[name];
}
