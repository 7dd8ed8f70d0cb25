import type { PlanFacts, ScheduleFamily, StepUnit } from '../../model';
import type { LineFile } from './lineFormat';

/** Settings of which a plan is made, counted in optimizer steps. */
export interface MllogPlan {
  readonly batch?: number;
  readonly sequence?: number;
  readonly maxSteps?: number;
  readonly warmup?: number;
  readonly decay?: number;
  readonly peakLr?: number;
  readonly finalLr?: number;
  readonly schedule?: string;
}

/** State of the plan of one file. */
export interface MllogPlanState {
  /** What the x-axis counts; `null` before the first record. */
  unit: StepUnit | null;
  plan: MllogPlan;
}

const NUMBERS: Readonly<Record<string, keyof MllogPlan>> = {
  global_batch_size: 'batch',
  max_sequence_length: 'sequence',
  sequence_length: 'sequence',
  max_steps: 'maxSteps',
  opt_learning_rate_training_steps: 'maxSteps',
  opt_learning_rate_warmup_steps: 'warmup',
  num_warmup_steps: 'warmup',
  opt_learning_rate_decay_steps: 'decay',
  opt_base_learning_rate: 'peakLr',
  opt_end_learning_rate: 'finalLr',
};

/** Takes note of a setting that the plan depends on. Source: mlcommons/logging mlperf_logging/mllog/constants.py. */
export function notePlanKey(file: LineFile<MllogPlanState>, key: string, value: number | string): void {
  const { state } = file;
  if (key === 'opt_learning_rate_decay_schedule' && typeof value === 'string') {
    state.plan = { ...state.plan, schedule: value };
  } else {
    const field = NUMBERS[key];
    if (field === undefined || typeof value !== 'number' || !Number.isFinite(value) || value < 0) return;
    state.plan = { ...state.plan, [field]: value };
  }
  if (state.unit !== null) statePlan(file);
}

/** Gives the plan in the unit of the x-axis, once that is known. */
export function statePlan({ state, sink }: LineFile<MllogPlanState>): void {
  const { plan, unit } = state;
  const perStep = stepLength(plan, unit);
  const where = 'the settings in the log';
  if (plan.peakLr !== undefined) sink.plan({ peakLr: plan.peakLr }, where);
  // A final rate above the peak is a mistake that some submissions carry.
  if (plan.finalLr !== undefined && plan.finalLr <= (plan.peakLr ?? 0)) sink.plan({ finalLr: plan.finalLr }, where);
  const family = familyOf(plan);
  if (family !== undefined) sink.plan({ family }, where);
  if (perStep === undefined) return;
  const facts: { -readonly [K in keyof PlanFacts]: PlanFacts[K] } = {};
  if (plan.maxSteps !== undefined && plan.maxSteps > 0) facts.totalSteps = plan.maxSteps * perStep;
  if (plan.warmup !== undefined) facts.warmupSteps = plan.warmup * perStep;
  if (plan.decay !== undefined && plan.decay > 0) {
    facts.decaySteps = plan.decay * perStep;
    facts.decayStart = (plan.warmup ?? 0) * perStep;
  }
  sink.plan(facts, where);
}

function stepLength(plan: MllogPlan, unit: StepUnit | null): number | undefined {
  if (unit === 'step') return 1;
  if (unit === 'samples') return plan.batch;
  if (unit === 'tokens' && plan.batch !== undefined && plan.sequence !== undefined) return plan.batch * plan.sequence;
  return undefined;
}

function familyOf({ schedule }: MllogPlan): ScheduleFamily | undefined {
  if (schedule === undefined) return undefined;
  if (/cosine/i.test(schedule)) return 'cosine';
  if (/poly/i.test(schedule)) return 'polynomial';
  if (/linear/i.test(schedule)) return 'linear';
  return /constant/i.test(schedule) ? 'constant' : undefined;
}
