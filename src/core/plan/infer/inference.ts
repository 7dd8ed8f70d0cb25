import type { PlanFacts, ScheduleFamily } from '../../model';
import type { PlanPart, Schedule } from '../plan';

/** What the rates of a run are read for. */
export interface InferenceInput {
  /** Logged rates in order; non-finite, repeated and superseded ones are left out. */
  readonly steps: ArrayLike<number>;
  readonly lrs: ArrayLike<number>;
  /** Last planned step, when known; `hints.totalSteps` counts as well. */
  readonly totalSteps?: number;
  /** What other sources say of the plan. */
  readonly hints: PlanFacts;
}

/** Another schedule that explains the same rates. */
export interface Alternative {
  readonly family: ScheduleFamily;
  readonly probability: number;
  readonly totalSteps: number | null;
  readonly finalLr: number | null;
  /** `null` while its last step is not known. */
  readonly schedule: Schedule | null;
  /** One sentence for a user. */
  readonly sentence: string;
}

/** What the rates seen so far tell of the schedule. */
export interface Inference {
  /** Each fact with its confidence; unknown facts are absent. */
  readonly facts: PlanPart;
  /** The most probable schedule; `null` while family or last step are not known. */
  readonly schedule: Schedule | null;
  /** Others, most probable first, at most four. */
  readonly alternatives: readonly Alternative[];
  /** `none`: no usable rates. `other`: no known schedule fits. `decayed`: the fall is over. */
  readonly phase: 'none' | 'warmup' | 'stable' | 'decaying' | 'decayed' | 'other';
  /** One sentence for a user: what was seen and what is assumed. */
  readonly sentence: string;
  /** Last logged step; `null` without rates. */
  readonly lastStep: number | null;
}
