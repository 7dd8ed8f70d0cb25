import { annealedPower, annealingPriors, FIRST_OF_DROP, POWER_PARAMS, TYPICAL_POWER } from './annealedPower';
import { type Law, type LawInput, positive } from './law';
import { progressAt } from './lrPath';
import { logPrior } from './prior';
import { rateDrops } from './rateDrops';

const [C, BETA] = [FIRST_OF_DROP, FIRST_OF_DROP + 1];

/**
 * Functional scaling law with a power kernel, in intrinsic time t = S1 and normalised units e = lr / peak:
 *
 *     L(s) = L0 + A · t^-alpha + B · integral from 0 to t of e(u) · K(t - u) du,   K(z) = beta · C · (1 + C · z)^-(beta + 1)
 *
 * The integral is the noise that the rate keeps up, B at constant rate; by parts it is the sum over the changes of the
 * rate of (e_k - e_{k-1}) · (1 - (1 + C · age)^-beta), the warm-up's rise included. Source: Li et al., arXiv 2509.19189.
 */
export const functionalScaling: Law = {
  id: 'functionalScaling',
  title: 'Functional scaling',
  formula:
    'L(s) = L0 + A · t^-alpha + B · ∫ e(u) · K(t - u) du,  t = S1(s),  K(z) = beta · C · (1 + C · z)^-(beta + 1)',
  cite: {
    authors: 'Li et al.',
    year: 2025,
    title: 'Functional Scaling Laws in Kernel Regression: Loss Dynamics and Learning Rate Schedules',
    id: '2509.19189',
  },
  needsLr: true,
  params: [
    ...POWER_PARAMS.with(0, {
      ...POWER_PARAMS[0]!,
      meaning: 'loss that endless training and a full decay would approach',
    }),
    positive('B', 'nats', 'loss that noise adds at peak learning rate', true),
    positive('C', '1 / step', 'how fast noise is forgotten, per step at peak learning rate', false),
    { name: 'beta', unit: '1', meaning: 'how long forgetting goes on', low: 0.02, high: 3, linear: false },
  ],
  settings: [],
  priors: [
    ...annealingPriors('B', { ...TYPICAL_POWER, drop: { mean: Math.log(0.17), sd: 0.5 } }),
    logPrior('C', C, { mean: Math.log(0.1), sd: 1 }),
    logPrior('beta', BETA, { mean: Math.log(0.5), sd: 0.2 }),
  ],
  prepare(path, steps) {
    const { begins, weights, ages } = rateDrops(path, steps);
    const progress = steps.map((step) => Math.max(1e-3, progressAt(path, step)));
    return { rows: steps.length, columns: [progress, begins, weights, ages] };
  },
  ...annealedPower({ shapes: 2, fill: fillDrops }),
  starts: () => [0.5, 0.3, 0.7].map((alpha) => Float64Array.of(2.5, 0.7 * 1000 ** alpha, alpha, 0.17, 0.1, 0.5)),
};

function fillDrops(theta: Float64Array, { rows, columns }: LawInput, out: Float64Array): void {
  const [, begins, weights, ages] = columns;
  const [c, beta] = [theta[C]!, theta[BETA]!];
  for (let i = 0; i < rows; i++) {
    let [drop, byC, byBeta] = [0, 0, 0];
    const end = begins![i + 1]!;
    for (let k = begins![i]!; k < end; k++) {
      const [weight, age] = [weights![k]!, ages![k]!];
      const base = 1 + c * age;
      const log = Math.log(base);
      const kept = weight * Math.exp(-beta * log);
      drop += weight - kept;
      byC += (beta * kept * age) / base;
      byBeta += kept * log;
    }
    out.set([drop, byC, byBeta], 3 * i);
  }
}
