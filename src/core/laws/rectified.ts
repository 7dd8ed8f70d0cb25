import { type Law, positive } from './law';
import { logPrior } from './prior';

const [E, B, D0, BETA] = [0, 1, 2, 3];

/**
 * Rectified law of fine-tuning: L(s) = E + B / (D0 + s^beta). What pre-training has taught counts like D0 = d^beta for d
 * steps already done: the curve is flat until they are few beside the new ones, then a power law. The paper counts examples;
 * with a constant batch they are in proportion to steps. With all points in the flat part beta cannot be told, and the intervals
 * say so. Steps below 1 count as 1. Source: Lin et al., arXiv 2402.02314.
 */
export const rectified: Law = {
  id: 'rectified',
  title: 'Rectified law of fine-tuning',
  formula: 'L(s) = E + B / (D0 + s^beta)',
  cite: {
    authors: 'Lin et al.',
    year: 2024,
    title: 'Selecting Large Language Model to Fine-tune via Rectified Scaling Law',
    id: '2402.02314',
  },
  needsLr: false,
  window: 0,
  params: [
    positive('E', 'nats', 'loss that endless fine-tuning would approach', true),
    positive('B', 'nats · steps^beta', 'size of the fall that comes with fine-tuning', true),
    positive('D0', 'steps^beta', 'what pre-training has taught already', false),
    { name: 'beta', unit: '1', meaning: 'how fast the fall slows down', low: 0.05, high: 2, linear: false },
  ],
  settings: [],
  // Wide guesses, not learnt from runs: the parameters differ by orders of magnitude between tasks.
  priors: [logPrior('beta', BETA, { mean: Math.log(0.5), sd: 0.5 }), logPrior('D0', D0, { mean: Math.log(10), sd: 2 })],
  prepare: (_path, steps) => ({ rows: steps.length, columns: [steps.map((step) => Math.log(Math.max(1, step)))] }),
  predict(theta, { rows, columns: [logs] }, out) {
    for (let i = 0; i < rows; i++) {
      out[i] = theta[E]! + theta[B]! / (theta[D0]! + Math.exp(theta[BETA]! * logs![i]!));
    }
  },
  jacobian(theta, { rows, columns: [logs] }, out) {
    for (let i = 0; i < rows; i++) {
      const power = Math.exp(theta[BETA]! * logs![i]!);
      const share = 1 / (theta[D0]! + power);
      out[4 * i + E] = 1;
      out[4 * i + B] = share;
      out[4 * i + D0] = -theta[B]! * share * share;
      out[4 * i + BETA] = -theta[B]! * share * share * power * logs![i]!;
    }
  },
  starts: () => [Float64Array.of(1, 10, 10, 0.5), Float64Array.of(1, 20, 30, 0.8), Float64Array.of(1, 5, 3, 0.3)],
  remaining(theta, { columns: [logs] }, [from, to]) {
    const at = (row: number): number => theta[B]! / (theta[D0]! + Math.exp(theta[BETA]! * logs![row]!));
    return { progress: at(from) - at(to), annealing: 0 };
  },
};
