import type { Heads, ParamGroup } from '../checkpoint';
import { headsIn } from '../matrices/heads';
import { Inert, PickleDict, type PickleValue } from '../pickle/values';

/** What a checkpoint says about its training. */
export interface TrainingFacts {
  readonly heads?: Heads;
  /** Optimizer steps. */
  readonly step?: number;
}

/** Parameter groups kept: one for each parameter is the most that trainers make. */
const MAX_GROUPS = 10_000;
/** Optimizers of one checkpoint, and wrappers around their states. */
const MAX_OPTIMIZERS = 64;
const MAX_DEPTH = 3;

/** Adds the `param_groups` of an optimizer's state, or of several in a list or dictionary, to `groups`. */
export function collectParamGroups(state: PickleValue, groups: ParamGroup[], depth = 0): void {
  const found = state instanceof PickleDict ? state.get('param_groups') : undefined;
  if (Array.isArray(found)) {
    for (const group of found) {
      if (groups.length >= MAX_GROUPS) return;
      if (group instanceof PickleDict) groups.push(paramGroup(group));
    }
  } else if (depth < MAX_DEPTH) {
    for (const inside of valuesOf(state).slice(0, MAX_OPTIMIZERS)) collectParamGroups(inside, groups, depth + 1);
  }
}

function valuesOf(state: PickleValue): PickleValue[] {
  if (Array.isArray(state)) return state;
  return state instanceof PickleDict ? [...state.entries.values()] : [];
}

function paramGroup(group: PickleDict): ParamGroup {
  const betas = group.get('betas');
  const [beta1, beta2] = Array.isArray(betas) ? betas : [];
  return {
    lr: number(group.get('lr')),
    initialLr: number(group.get('initial_lr') ?? group.get('max_lr')),
    weightDecay: number(group.get('weight_decay')),
    betas: typeof beta1 === 'number' && typeof beta2 === 'number' ? [beta1, beta2] : null,
    eps: number(group.get('eps')),
    momentum: number(group.get('momentum')),
  };
}

function number(value: PickleValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

const STEP_KEYS = ['global_step', 'iter_num', 'iteration', 'global_steps', 'step', 'steps'];
const SETTINGS_KEYS = ['args', 'model_args', 'config', 'hyper_parameters', 'hparams', 'cfg', 'model_config'];

/** Steps and heads among the entries of a checkpoint beside its weights. */
export function factsOf(root: PickleValue): TrainingFacts {
  const step = numberAt(root, STEP_KEYS);
  const heads = SETTINGS_KEYS.map((key) => headsIn((name) => entryOf(entryOf(root, key), name))).find((found) => found);
  return { ...(step !== undefined && { step }), ...(heads !== undefined && { heads }) };
}

function numberAt(holder: PickleValue, keys: readonly string[]): number | undefined {
  const values = keys.map((key) => entryOf(holder, key));
  return values.find((value): value is number => Number.isSafeInteger(value) && (value as number) >= 0);
}

/** Entry of a dictionary or attribute of an object. */
function entryOf(holder: PickleValue | undefined, key: string): PickleValue | undefined {
  if (holder instanceof PickleDict) return holder.get(key);
  return holder instanceof Inert ? holder.attribute(key) : undefined;
}
