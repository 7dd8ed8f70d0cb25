/** Peak learning rates of AdamW: outside, the unit is taken to be another one. */
const ADAMW_RATES = [1e-5, 1e-2] as const;

/** Learning rate to which constants are carried over. */
const REFERENCE_LR = 1e-3;

/**
 * Logarithm of the peak learning rate over 1e-3 when it can be one of AdamW, `undefined` for other units. The rate is
 * what the log says: 0.02 for Muon or 1 for a multiplier tell nothing of the size of an AdamW step.
 */
export function logRateOf(peakLr: number): number | undefined {
  const [low, high] = ADAMW_RATES;
  return peakLr >= low && peakLr <= high ? Math.log(peakLr / REFERENCE_LR) : undefined;
}
