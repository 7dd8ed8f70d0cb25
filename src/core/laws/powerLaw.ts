import { type Law, positive } from './law';
import { logPrior, reachPrior } from './prior';

const [L0, A, ALPHA] = [0, 1, 2];

/**
 * Power law in steps: L(s) = L0 + A · s^-alpha. Knows nothing of the learning rate: right for a constant one, too high
 * before a decay. Steps below 1 count as 1. Source: Hoffmann et al., arXiv 2203.15556, equation 2 with the model size
 * held fixed.
 */
export const powerLaw: Law = {
  id: 'powerLaw',
  title: 'Power law in steps',
  formula: 'L(s) = L0 + A · s^-alpha',
  cite: {
    authors: 'Hoffmann et al.',
    year: 2022,
    title: 'Training Compute-Optimal Large Language Models',
    id: '2203.15556',
    where: 'equation 2, model size held fixed',
  },
  needsLr: false,
  params: [
    positive('L0', 'nats', 'loss that endless training would approach', true),
    positive('A', 'nats · steps^alpha', 'size of the fall that comes with more steps', true),
    { name: 'alpha', unit: '1', meaning: 'how fast that fall slows down', low: 0.05, high: 2, linear: false },
  ],
  settings: [],
  priors: [
    logPrior('alpha', ALPHA, { mean: Math.log(0.45), sd: 0.25 }),
    reachPrior(A, ALPHA, { mean: Math.log(0.85), sd: 0.25 }),
  ],
  prepare: (_path, steps) => ({ rows: steps.length, columns: [steps.map((step) => Math.max(1, step))] }),
  predict(theta, { rows, columns: [steps] }, out) {
    for (let i = 0; i < rows; i++) out[i] = theta[L0]! + theta[A]! * steps![i]! ** -theta[ALPHA]!;
  },
  jacobian(theta, { rows, columns: [steps] }, out) {
    for (let i = 0; i < rows; i++) {
      const power = steps![i]! ** -theta[ALPHA]!;
      out[3 * i + L0] = 1;
      out[3 * i + A] = power;
      out[3 * i + ALPHA] = -theta[A]! * power * Math.log(steps![i]!);
    }
  },
  starts: () => [0.2, 0.4, 0.7].map((alpha) => Float64Array.of(2.5, 0.7 * 1000 ** alpha, alpha)),
  remaining(theta, { columns: [steps] }, [from, to]) {
    const alpha = theta[ALPHA]!;
    return { progress: theta[A]! * (steps![from]! ** -alpha - steps![to]! ** -alpha), annealing: 0 };
  },
};
