/** Learning rate and weight decay of a parameter group, and whether the decay is multiplied by the learning rate. */
export interface DecaySetting {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** As PyTorch's AdamW does it (the default): w −= η·λ·w. Independent decay is w −= s·λ·w. */
  readonly independent?: boolean;
}

/** Times of averaging after which the weights count as settled. */
const SETTLED_TIMES = 2;

/**
 * Scale √(η/λ) that AdamW gives singular values in its steady state; their shape does not depend on η and λ (arXiv 2510.15262). η/√λ with
 * independent decay. Infinite without decay: then there is no steady state.
 */
export function decayScale({ learningRate, weightDecay, independent }: DecaySetting): number {
  return (independent === true ? learningRate : Math.sqrt(learningRate)) / Math.sqrt(weightDecay);
}

/** Steps over which weights forget: 1/(ηλ), 1/λ with independent decay. */
export function averagingSteps({ learningRate, weightDecay, independent }: DecaySetting): number {
  return 1 / ((independent === true ? 1 : learningRate) * weightDecay);
}

/** What a change of learning rate or decay does to singular values. */
export interface ScaleChange {
  /** Expected ratio of σ₁ once the weights have settled. */
  readonly ratio: number;
  readonly steps: number;
  /** Whether that has had time to happen: two averaging times. */
  readonly settled: boolean;
}

/** Ratio of singular values after a change from one setting to another, `stepsSince` steps ago. */
export function scaleChange(before: DecaySetting, after: DecaySetting, stepsSince: number): ScaleChange {
  const steps = averagingSteps(after);
  return { ratio: decayScale(after) / decayScale(before), steps, settled: stepsSince >= SETTLED_TIMES * steps };
}
