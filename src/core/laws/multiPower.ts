import { annealedPower, annealingPriors, FIRST_OF_DROP, POWER_PARAMS, TYPICAL_POWER } from './annealedPower';
import { type Law, type LawInput, positive } from './law';
import { progressAt } from './lrPath';
import { logPrior } from './prior';
import { rateDrops } from './rateDrops';

// Letters of the paper: C, beta, gamma.
const [C, BETA, GAMMA] = [FIRST_OF_DROP, FIRST_OF_DROP + 1, FIRST_OF_DROP + 2];

/**
 * Multi-power law, in normalised units e = lr / peak:
 *
 *     L(s) = L0 + A · S1(s)^-alpha - B · sum over k <= s of (e_{k-1} - e_k) · (1 - (1 + C · e_k^-gamma · S_k(s))^-beta)
 *
 * S_k(s) is the sum of e from step k to step s. As in the authors' program the rise of the warm-up is part of the sum, so L0
 * is lower than in laws without it by about B. Source: Luo et al., arXiv 2503.12811, equations 2 and 5.
 */
export const multiPower: Law = {
  id: 'multiPower',
  title: 'Multi-power',
  formula: 'L(s) = L0 + A · S1(s)^-alpha - B · Σ (e_{k-1} - e_k) · (1 - (1 + C · e_k^-gamma · S_k(s))^-beta)',
  cite: {
    authors: 'Luo et al.',
    year: 2025,
    title: 'A Multi-Power Law for Loss Curve Prediction Across Learning Rate Schedules',
    id: '2503.12811',
    where: 'equations 2 and 5',
  },
  needsLr: true,
  params: [
    ...POWER_PARAMS.with(0, {
      ...POWER_PARAMS[0]!,
      meaning: 'loss that endless training and a full decay would approach',
    }),
    positive('B', 'nats', 'loss that a full decay of the learning rate can release', true),
    positive('C', '1 / step', 'how fast it is released, per step at peak learning rate', false),
    { name: 'beta', unit: '1', meaning: 'how long the release goes on', low: 0.02, high: 3, linear: false },
    { name: 'gamma', unit: '1', meaning: 'how much sooner a low rate releases it', low: 0, high: 1.5, linear: false },
  ],
  settings: [],
  // The published constants of two models, in normalised units, with wide spreads.
  priors: [
    ...annealingPriors('B', { ...TYPICAL_POWER, drop: { mean: Math.log(0.13), sd: 0.5 } }),
    logPrior('C', C, { mean: Math.log(0.12), sd: 0.7 }),
    logPrior('beta', BETA, { mean: Math.log(0.59), sd: 0.2 }),
    logPrior('gamma', GAMMA, { mean: Math.log(0.65), sd: 0.2 }),
  ],
  prepare(path, steps) {
    const { begins, weights, ages, rates } = rateDrops(path, steps);
    // S_k counts the step of the change itself.
    const sums = ages.map((age, i) => age + rates[i]!);
    const progress = steps.map((step) => Math.max(1e-3, progressAt(path, step)));
    return { rows: steps.length, columns: [progress, begins, weights, sums, rates.map(Math.log)] };
  },
  ...annealedPower({ shapes: 3, fill: fillDrops }),
  starts: () =>
    [0.5, 0.3, 0.7].map((alpha) => Float64Array.of(2.5, 0.7 * 1000 ** alpha, alpha, 0.13, 0.12, 0.59, 0.65)),
};

/** The points of a block are the same in every row that lies behind it: their power of the rate is taken once. */
function fillDrops(theta: Float64Array, { rows, columns }: LawInput, out: Float64Array): void {
  const [, begins, weights, sums, logRates] = columns;
  const [c, beta, gamma] = [theta[C]!, theta[BETA]!, theta[GAMMA]!];
  const slowed = new Float64Array(greatestOf(begins!, rows));
  const known = new Float64Array(slowed.length).fill(Number.NaN);
  for (let i = 0; i < rows; i++) {
    let [drop, byC, byBeta, byGamma] = [0, 0, 0, 0];
    const from = begins![i]!;
    const end = begins![i + 1]!;
    for (let k = from; k < end; k++) {
      const [weight, logRate] = [weights![k]!, logRates![k]!];
      if (known[k - from] !== logRate) {
        known[k - from] = logRate;
        slowed[k - from] = Math.exp(-gamma * logRate);
      }
      const slow = sums![k]! * slowed[k - from]!;
      const base = 1 + c * slow;
      const log = Math.log(base);
      const kept = weight * Math.exp(-beta * log);
      const slope = (beta * kept * slow) / base;
      drop += weight - kept;
      byC += slope;
      byBeta += kept * log;
      byGamma -= slope * c * logRate;
    }
    out.set([drop, byC, byBeta, byGamma], 4 * i);
  }
}

/** Most points of one row. */
function greatestOf(begins: Float64Array, rows: number): number {
  let most = 0;
  for (let i = 0; i < rows; i++) most = Math.max(most, begins[i + 1]! - begins[i]!);
  return most;
}
