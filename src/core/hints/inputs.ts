import type { SettingValue } from './code/setting';
import type { HyperSetting } from './finder';
import type { HyperId } from './hyperparameters';

/** What a followed run tells: what it was started with, and how it goes. All optional: a run logs what it logs. */
export interface RunFacts {
  readonly name: string;
  /** Hyperparameters as logged, under the names of this product. */
  readonly settings: ReadonlyMap<HyperId, SettingValue>;
  /** Values that the run measured or planned. */
  readonly measured: Partial<
    Record<'loss' | 'noiseScale' | 'parameters' | 'lr' | 'steps' | 'batchTokens' | 'tokens' | 'warmupSteps', number>
  >;
  /** Last gradient norms, before clipping. */
  readonly gradNorms: readonly number[];
}

/** Looks up the value of one hyperparameter: the hovered one itself, else the nearest in the file. */
export type SettingLookup = (id: HyperId) => HyperSetting | undefined;
