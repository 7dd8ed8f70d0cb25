import type { ConfigValue, StepUnit } from '../model';
import { quantityOf } from '../plan/configReader';
import type { Plan, Schedule } from '../plan/plan';
import { type PlanSources, resolvePlan } from '../plan/resolve';

/** What was stated of a run: by its log, its configuration or the user. Nothing here is inferred; `null` is unknown. */
export interface RunFacts {
  readonly unit: StepUnit;
  readonly totalSteps: number | null;
  readonly warmupSteps: number | null;
  readonly peakLr: number | null;
  /** Last step of the decay as configured, which may differ from the last step of the run. */
  readonly decayEnd: number | null;
  readonly family: string | null;
  /** The whole schedule, only when every part that shapes it was stated. */
  readonly schedule: Schedule | null;
  /** Gradient norm at which gradients are clipped. */
  readonly clip: number | null;
  readonly epsilon: number | null;
  readonly beta2: number | null;
  /** Number of parameters. */
  readonly parameters: number | null;
  /** Sequences or samples per optimizer step. */
  readonly batch: number | null;
  /** Optimizer steps in one pass over the data. */
  readonly stepsPerEpoch: number | null;
}

/** Facts of a run that states nothing. */
export const NO_FACTS: RunFacts = {
  unit: 'step',
  totalSteps: null,
  warmupSteps: null,
  peakLr: null,
  decayEnd: null,
  family: null,
  schedule: null,
  clip: null,
  epsilon: null,
  beta2: null,
  parameters: null,
  batch: null,
  stepsPerEpoch: null,
};

/** Keys of the configuration by meaning, the most specific first; the last part of a key counts, whatever precedes it. */
const KEYS = {
  clip: ['max_grad_norm', 'grad_clip', 'clip_grad', 'gradient_clipping', 'clip_grad_norm', 'gradient_clip_val'],
  epsilon: ['adam_epsilon', 'adam_eps', 'eps', 'epsilon'],
  beta2: ['adam_beta2', 'beta2', 'beta_2'],
  parameters: ['num_parameters', 'n_params', 'num_params', 'parameters', 'model_size', 'total_params'],
  batch: ['global_batch_size', 'total_train_batch_size', 'global_train_batch_size', 'effective_batch_size'],
  stepsPerEpoch: ['steps_per_epoch', 'num_update_steps_per_epoch', 'iters_per_epoch', 'batches_per_epoch'],
} as const;

/** Collects what was stated. `sources` without what was inferred. */
export function statedFacts(
  config: ReadonlyMap<string, ConfigValue>,
  sources: Omit<PlanSources, 'inferred'>,
  unit: StepUnit,
): RunFacts {
  const { plan, schedule } = resolvePlan(sources);
  const value = <K extends keyof Plan>(key: K) => (plan[key] === null || isAssumed(plan, key) ? null : plan[key].value);
  const start = value('decayStart') as number | null;
  const length = value('decaySteps') as number | null;
  const settings = settingsOf(config);
  const setting = (meaning: keyof typeof KEYS): number | null => {
    for (const key of KEYS[meaning]) if (settings.has(key)) return settings.get(key)!;
    return null;
  };
  return {
    unit,
    totalSteps: value('totalSteps') as number | null,
    warmupSteps: value('warmupSteps') as number | null,
    peakLr: value('peakLr') as number | null,
    decayEnd: start === null || length === null ? null : start + length,
    family: value('family') as string | null,
    schedule: isWhole(plan) ? schedule : null,
    clip: setting('clip'),
    epsilon: setting('epsilon'),
    beta2: setting('beta2'),
    parameters: setting('parameters'),
    batch: setting('batch'),
    stepsPerEpoch: setting('stepsPerEpoch'),
  };
}

function isAssumed(plan: Plan, key: keyof Plan): boolean {
  return plan[key]?.source === 'inferred';
}

/** True when nothing that shapes the rate was assumed but that a decay ends with the run. */
function isWhole(plan: Plan): boolean {
  const told = (key: keyof Plan): boolean =>
    plan[key] !== null && plan[key].confidence >= 0.75 && !isAssumed(plan, key);
  if (!(['family', 'peakLr', 'totalSteps', 'warmupSteps'] as const).every(told)) return false;
  const family = String(plan.family!.value);
  if (family === 'constant') return true;
  const needs = family.startsWith('wsd-') ? (['finalLr', 'decaySteps'] as const) : (['finalLr'] as const);
  return (family === 'linear' || family === 'cosine' || family.startsWith('wsd-')) && needs.every(told);
}

/** Positive numbers of the configuration by the last part of their key, in lower case. */
function settingsOf(config: ReadonlyMap<string, ConfigValue>): Map<string, number> {
  const settings = new Map<string, number>();
  for (const [key, value] of config) {
    const name = key.split(/[/.]/).at(-1)!.replace(/^-+/, '').toLowerCase().replaceAll('-', '_');
    const number = quantityOf(value)?.value;
    if (number !== undefined && number > 0 && !settings.has(name)) settings.set(name, number);
  }
  return settings;
}
