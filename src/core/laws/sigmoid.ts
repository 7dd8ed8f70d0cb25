import { type Law, positive } from './law';
import { logPrior } from './prior';

const [R0, GAIN, B, MID] = [0, 1, 2, 3];

/**
 * Sigmoid of a reward or pass rate over the logarithm of the steps: R(s) = R0 + G / (1 + (M / s)^B). It starts at R0, gains
 * G in the end and half of it by step M. The paper counts compute, which is in proportion to steps in one run. It rises, so
 * `remaining` is negative. Steps below 1 count as 1. Source: Khatri et al., arXiv 2510.13786, equation 1 with G = A - R0.
 */
export const sigmoid: Law = {
  id: 'sigmoid',
  title: 'Sigmoid of a reward',
  formula: 'R(s) = R0 + G / (1 + (M / s)^B)',
  cite: {
    authors: 'Khatri et al.',
    year: 2025,
    title: 'The Art of Scaling Reinforcement Learning Compute for LLMs',
    id: '2510.13786',
    where: 'equation 1',
  },
  needsLr: false,
  rises: true,
  params: [
    {
      name: 'R0',
      unit: '1',
      meaning: 'reward at the start',
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      linear: true,
    },
    positive('G', '1', 'gain that endless training would approach', true),
    { name: 'B', unit: '1', meaning: 'how steep the rise is', low: 0.1, high: 10, linear: false },
    positive('M', 'steps', 'step by which half of the gain has come', false),
  ],
  settings: [],
  // Wide guesses, not learnt from runs.
  priors: [logPrior('B', B, { mean: Math.log(1.5), sd: 0.5 }), logPrior('M', MID, { mean: Math.log(300), sd: 2 })],
  prepare: (_path, steps) => ({ rows: steps.length, columns: [steps.map((step) => Math.log(Math.max(1, step)))] }),
  predict(theta, { rows, columns: [logs] }, out) {
    for (let i = 0; i < rows; i++) out[i] = theta[R0]! + theta[GAIN]! * shareAt(theta, logs![i]!);
  },
  jacobian(theta, { rows, columns: [logs] }, out) {
    for (let i = 0; i < rows; i++) {
      const share = shareAt(theta, logs![i]!);
      const slope = theta[GAIN]! * share * (1 - share);
      out[4 * i + R0] = 1;
      out[4 * i + GAIN] = share;
      out[4 * i + B] = slope * (logs![i]! - Math.log(theta[MID]!));
      out[4 * i + MID] = (-slope * theta[B]!) / theta[MID]!;
    }
  },
  starts: () => [30, 300, 3000].map((mid) => Float64Array.of(0.1, 0.5, 1.5, mid)),
  remaining(theta, { columns: [logs] }, [from, to]) {
    const gain = theta[GAIN]! * (shareAt(theta, logs![to]!) - shareAt(theta, logs![from]!));
    return { progress: -gain, annealing: 0 };
  },
};

/** Share of the gain that has come by the step with logarithm `log`. */
function shareAt(theta: Float64Array, log: number): number {
  return 1 / (1 + Math.exp(-theta[B]! * (log - Math.log(theta[MID]!))));
}
