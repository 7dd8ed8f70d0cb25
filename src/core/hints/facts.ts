/** Optimizer families that rules tell apart. */
export type OptimizerFamily = 'adam' | 'sgd' | 'muon' | 'lion' | 'other';

/** What rules reason from. Counts are of optimizer steps and tokens, losses in nats. */
export interface FactValues {
  /** Peak learning rate of the matrices. */
  lr: number;
  finalLr: number;
  weightDecay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  momentum: number;
  optimizer: OptimizerFamily;
  /** Tokens of one optimizer step. */
  batchTokens: number;
  /** Sequences of one optimizer step. */
  batchSequences: number;
  sequenceLength: number;
  /** Planned optimizer steps S. */
  steps: number;
  /** Planned tokens D. */
  tokens: number;
  epochs: number;
  /** Parameters N, embeddings left out where that is known. */
  parameters: number;
  width: number;
  ffnWidth: number;
  depth: number;
  heads: number;
  vocabulary: number;
  warmupSteps: number;
  /** Step at which the schedule ends. */
  horizonSteps: number;
  /** Steps of the cooldown. */
  cooldownSteps: number;
  schedule: string;
  gradClip: number;
  emaDecay: number;
  loraRank: number;
  loraAlpha: number;
  loraLrRatio: number;
  precision: string;
  /** Weight of the z-loss, 0 when it is known to be off. */
  zLoss: number;
  isMuP: boolean;
  /** Last smoothed training loss of the followed run. */
  loss: number;
  /** Median gradient norm of the followed run. */
  gradNorm: number;
  /** Share of logged steps whose gradient norm lies above the clipping. */
  clippedShare: number;
  /** Gradient noise scale that the run logs, in tokens. */
  noiseScale: number;
  /** Values that the followed run was started with, where the code now says something else. */
  runLr: number;
  runWeightDecay: number;
  runBatchTokens: number;
  runTokens: number;
  runWidth: number;
  runDepth: number;
  runFfnWidth: number;
  runBeta1: number;
  runBeta2: number;
  runEpsilon: number;
  runEmaDecay: number;
  runSteps: number;
}

export type FactName = keyof FactValues;

/** Where a fact was found. `assumed` is never silent: the hint says so. */
export type FactSource = 'code' | 'run' | 'derived' | 'assumed';

/** One fact and where it comes from, in words: `weight_decay, line 12`. */
export interface Fact<T> {
  readonly value: T;
  readonly source: FactSource;
  readonly where: string;
}

/** All that is known; what is absent is not known. */
export type Facts = { readonly [K in FactName]?: Fact<FactValues[K]> | undefined };

/** Facts while they are gathered. */
export type FactDraft = { -readonly [K in FactName]?: Fact<FactValues[K]> | undefined };
